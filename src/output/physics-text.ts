import { topicNames, topics, valueText, type Answer } from "../circuit/physics/index.ts";

/**
 * Physical answers for a terminal: what is known in rows, what is not with its reason, and what all
 * of it assumes.
 */
export function answersText(answers: readonly Answer[]): string {
  const known = answers.filter((a) => a.value !== null);
  const unknown = answers.filter((a) => a.value === null);
  const wide = Math.max(...known.map((a) => a.quantity.length));
  const values = Math.max(...known.map((a) => valueText(a).length));
  const groups = topics.flatMap((topic) => {
    const rows = known.filter((a) => a.topic === topic);
    return rows.length === 0
      ? []
      : [
          topicNames[topic],
          ...rows.map(
            (a) =>
              `  ${a.quantity.padEnd(wide)}  ${valueText(a).padStart(values)}  ${a.formula}` +
              (a.restsOn === undefined ? "" : `  [rests on ${a.restsOn}]`),
          ),
          "",
        ];
  });
  const notes = [...new Set(known.flatMap((a) => a.assumes))];
  return [
    ...groups,
    "Assumed",
    ...notes.map((note) => `  ${note}`),
    ...(unknown.length === 0
      ? []
      : [
          "",
          "Unknown",
          ...byReason(unknown).map(([reason, of]) => `  ${of.join("; ")}\n    ${reason}`),
        ]),
  ].join("\n");
}

function byReason(
  answers: readonly Answer[],
): readonly (readonly [reason: string, of: readonly string[]])[] {
  const reasons = new Map<string, string[]>();
  for (const { unknown = "", quantity } of answers)
    reasons.set(unknown, [...(reasons.get(unknown) ?? []), quantity]);
  return [...reasons];
}
