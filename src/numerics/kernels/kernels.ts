/**
 * What the compiled kernels export (their source and doc lines: `assembly/`). Addresses are bytes,
 * strides and counts are elements; rows and columns of reals are padded to multiples of four.
 */
export interface Kernels {
  listNonzeros(src: number, srcStride: number, rows: number, cols: number, scale: number, index: number, value: number, listStride: number, count: number, countStride: number): void;
  listBytes(src: number, rows: number, cols: number, scale: number, index: number, value: number, listStride: number, count: number): void;
  transposeLists(index: number, value: number, listStride: number, count: number, rows: number, first: number, last: number, toIndex: number, toValue: number, toStride: number, toCount: number): void;
  appendColumns(src: number, srcStride: number, rows: number, first: number, last: number, scale: number, base: number, index: number, value: number, listStride: number, count: number): void;
  packRows(src: number, srcStride: number, rows: number, cols: number, to: number, toRows: number, first: number): void;
  addSparse(out: number, outStride: number, outPacked: number, first: number, last: number, index: number, value: number, listStride: number, count: number, countStride: number, matrix: number, matrixStride: number, matrixPacked: number, cols: number, afresh?: number): void;
  stepLayer(state: number, drive: number, change: number, stride: number, rows: number, cols: number, constants: number, kick: number, active: number, index: number, value: number, listStride: number, count: number, countStride: number): void;
  gaussianRows(out: number, stride: number, first: number, rows: number, cols: number, amplitude: number, key: number, moment: number, step: number): void;
  minimiseLayer(state: number, drive: number, stride: number, rows: number, cols: number, curvature: number, low: number, high: number, active: number, index: number, value: number, listStride: number, count: number, countStride: number): void;
  minimiseUnits(state: number, drive: number, stride: number, rows: number, cols: number, curvature: number, low: number, high: number, active: number, index: number, value: number, listStride: number, count: number, countStride: number, matrix: number, units: number): void;
  reachRows(out: number, state: number, drive: number, change: number, stride: number, rows: number, cols: number, keep: number, rate: number, kick: number, active: number): void;
  holdLinear(x: number, stride: number, rows: number, cols: number, law: number, plane: number, active: number): void;
  holdDiodes(x: number, stride: number, rows: number, cols: number, law: number, plane: number, turns: number, active: number): void;
  holdDiode(x: number, stride: number, rows: number, cols: number, law: number, plane: number, active: number): void;
  moveRows(state: number, next: number, stride: number, rows: number, cols: number, low: number, high: number, active: number, index: number, value: number, listStride: number, count: number, countStride: number): void;
  saturateRows(out: number, s: number, stride: number, rows: number, cols: number, l: number): void;
  timesSaturationSlope(v: number, s: number, stride: number, rows: number, cols: number, l: number): void;
  saturateMoves(state: number, was: number, stride: number, rows: number, cols: number, l: number, index: number, value: number, listStride: number, count: number, countStride: number): void;
  gapRows(gap: number, a: number, b: number, stride: number, rows: number, cols: number): void;
  squaresDifference(out: number, a: number, b: number, stride: number, rows: number, cols: number, k: number): void;
  restrain(matrix: number, rows: number, stride: number, first: number, last: number, ofRow: number, ofColumn: number, low: number, high: number, mask: number): void;
  realise(out: number, a: number, gain: number, rows: number, stride: number, first: number, last: number, touched: number): void;
  realiseMirror(to: number, toStride: number, a: number, gain: number, rows: number, cols: number, stride: number, first: number, last: number): void;
  addPackedSums(above: number, all: number, a: number, rows: number, stride: number): void;
  quantiseRows(out: number, a: number, stride: number, rows: number, cols: number, low: number, span: number, top: number): void;
  pulseDevices(slot: number, held: number, seen: number, conducted: number, traits: number, rows: number, stride: number, first: number, last: number, touched: number, law: number, kind: number, key: number, moment: number, room: number): void;
  pulsePairs(slot: number, plus: number, minus: number, seen: number, conducted: number, traits: number, rows: number, stride: number, first: number, last: number, touched: number, law: number, kind: number, polynomial: number, terms: number, key: number, moment: number, room: number): void;
  writeDevices(out: number, slot: number, held: number, traits: number, many: number, rows: number, stride: number, first: number, last: number, touched: number, law: number, polynomial: number, terms: number, key: number, moment: number): void;
  readDevices(out: number, a: number, z: number, n: number, rest: number, pair: number): void;
  drawWords(out: number, n: number, key: number, moment: number): void;
  dimSynapses(out: number, a: number, bits: number, height: number, width: number, stride: number, cols: number, way: number, keep: number): void;
  pickSwitches(list: number, count: number, bits: number, first: number, last: number, scale: number, key: number, moment: number, step: number): void;
  applySwitches(list: number, n: number, out: number, a: number, height: number, stride: number, cols: number, way: number, keep: number, from: number, fromStride: number, to: number, also: number, toStride: number, samples: number): void;
  switchResistors(list: number, n: number, out: number, a: number, back: number, height: number, stride: number, cols: number, backStride: number, keep: number, low: number, lowStride: number, toHigh: number, also: number, high: number, toLow: number, size: number, samples: number, loadHigh: number, loadLow: number): void;
  writeCodes(out: number, slot: number, gain: number, conducted: number, rows: number, stride: number, first: number, last: number, touched: number, law: number): void;
  forceRows(out: number, state: number, drive: number, stride: number, rows: number, cols: number, curvature: number): void;
  residualRows(residual: number, state: number, drive: number, stride: number, rows: number, cols: number, curvature: number, low: number, high: number): void;
  energyRows(energy: number, state: number, drive: number, still: number, stride: number, rows: number, cols: number, curvature: number): void;
  scale(a: number, stride: number, rows: number, cols: number, k: number): void;
  copyReals(out: number, a: number, n: number): void;
  fillRows(out: number, stride: number, rows: number, cols: number, row: number): void;
  clipRows(out: number, a: number, stride: number, rows: number, cols: number, low: number, high: number): void;
  addScaled(out: number, outStride: number, a: number, aStride: number, rows: number, cols: number, k: number): void;
  scaledDifference(out: number, a: number, b: number, stride: number, rows: number, cols: number, k: number): void;
  multiplyPacked(out: number, a: number, rows: number, stride: number, first: number, last: number): void;
  addPacked(out: number, a: number, rows: number, stride: number, first: number, last: number): void;
  addRowSums(out: number, a: number, stride: number, rows: number, cols: number): void;
  transpose(from: number, fromStride: number, rows: number, cols: number, to: number, toStride: number, first: number, last: number): void;
  addDots(out: number, outStride: number, a: number, aStride: number, rows: number, matrix: number, matrixStride: number, matrixRows: number): void;
  activate(out: number, u: number, stride: number, rows: number, cols: number, kind: number, low: number, high: number): void;
  timesSlope(error: number, u: number, s: number, stride: number, rows: number, cols: number, kind: number, low: number, high: number): void;
  largest(src: number, stride: number, rows: number, n: number, out: number): void;
}
