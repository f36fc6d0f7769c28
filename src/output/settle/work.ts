import type { SolverKind } from "../../solver/solver.ts";
import { axis, figureLayout, logAxis, type Figure } from "../report/figure.ts";
import { drawable } from "../report/format.ts";
import type { SettleData } from "./data.ts";
import { colorOf, escapePlotly, positiveOrNaN } from "./scope.ts";

const symbols = { flow: "circle", minimiser: "diamond" } as const satisfies Record<
  SolverKind,
  string
>;

/** Residual against evaluations of F: what flows and minimisers have in common. */
export function work(data: SettleData): Figure | null {
  const traces = data.traces.filter((t) => t.evaluations.length > 0);
  if (traces.length < 2) return null;
  // Those that do not settle may go on for very long.
  const settled = traces.filter((t) => t.outcome === "settled");
  const most = Math.max(
    ...(settled.length > 0 ? settled : traces).map((t) => t.evaluations.at(-1) ?? 1),
  );
  const range: [number, number] = [0, Math.log10(Math.max(most, 10)) + 0.08];
  return {
    id: "work",
    label: `Residual against evaluations of the force, ${traces.map((t) => t.solver).join(", ")}`,
    data: traces.map((t) => {
      // Dense output costs nothing: one point an evaluation count.
      const points = t.evaluations
        .map((e, i) => [Math.max(e, 1), t.residual[i]] as const)
        .filter(([e], i, all) => i === all.length - 1 || all[i + 1][0] !== e);
      const color = colorOf(data, t);
      return {
        type: "scatter",
        name: escapePlotly(t.solver),
        mode: points.length <= 60 ? "lines+markers" : "lines",
        line: { color, width: 2.2 },
        marker: { size: 4, color, symbol: symbols[t.kind] },
        x: drawable(points.map(([e]) => e)),
        y: drawable(positiveOrNaN(points.map(([, r]) => r))),
        hovertemplate: "%{y:.2~e} after %{x} evaluations",
      };
    }),
    layout: figureLayout({
      hovermode: "closest",
      showlegend: true,
      xaxis: axis("evaluations of F (a sweep, or a product with the Jacobian, counts as one)", {
        type: "log",
        dtick: 1,
        range,
      }),
      yaxis: logAxis(
        "natural residual",
        traces.flatMap((t) => t.residual),
      ),
    }),
  };
}
