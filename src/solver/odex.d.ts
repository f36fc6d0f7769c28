/**
 * What we use of odex 2.0.4, which is shipped as source that strict settings refuse; `paths` in
 * tsconfig.json leads here.
 */
export declare class Solver {
  constructor(n: number);
  maxSteps: number;
  denseOutput: boolean;
  relativeTolerance: number;
  absoluteTolerance: number;
  /**
   * `f` returns a fresh array; `y0` has to be an Array: a typed one gives NaN without a word. Is
   * told of the start, without `dense`, and of each accepted step; returning false ends the run.
   */
  solve(
    f: (x: number, y: number[]) => number[],
    x: number,
    y0: number[],
    xEnd: number,
    told?: (
      nr: number,
      xold: number,
      x: number,
      y: number[],
      dense: ((component: number, x: number) => number) | undefined,
    ) => boolean,
  ): {
    y: number[];
    outcome: number;
    nStep: number;
    nAccept: number;
    nReject: number;
    nEval: number;
  };
}
