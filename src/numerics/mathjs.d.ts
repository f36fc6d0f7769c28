// mathjs has no type file for its prebuilt bundle, which loads ten times faster than its module
// tree.
declare module "mathjs/lib/browser/math.js" {
  const math: Pick<import("mathjs").MathJsInstance, "unit" | "parse" | "derivative">;
  export default math;
}
