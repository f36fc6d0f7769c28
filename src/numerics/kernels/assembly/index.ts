export { listNonzeros, listBytes, transposeLists, appendColumns, addSparse } from "./lists";
export { stepLayer, driftRows, residualRows, energyRows } from "./relax";
export { scale, copyReals, fillRows, clipRows, addScaled, scaledDifference, multiply, addRowSums, transpose, addDots, activate, timesSlope, largest } from "./rows";
