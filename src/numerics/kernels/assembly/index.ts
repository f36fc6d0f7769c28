export { listNonzeros, listBytes, transposeLists, appendColumns, packRows, addSparse } from "./lists";
export { stepLayer, forceRows, residualRows, energyRows } from "./relax";
export { scale, copyReals, fillRows, clipRows, addScaled, scaledDifference, multiplyPacked, addRowSums, transpose, addDots, activate, timesSlope, largest } from "./rows";
export { gaussianRows } from "./noise";
export { minimiseLayer, minimiseUnits } from "./sweep";
export { realise, realiseMirror } from "./synapses";
export { pulseDevices, pulsePairs, writeDevices } from "./memory";
export { reachRows, holdLinear, holdDiodes, moveRows, gapRows } from "./clamps";
export { saturateRows, timesSaturationSlope, saturateMoves } from "./saturation";
