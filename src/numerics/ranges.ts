/** The whole numbers in `1-3, 7`, as they are written. */
export function numbersIn(text: string): readonly number[] {
  return text.split(",").flatMap((part) => {
    const [first, last = first] = part.split("-").map(Number);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  });
}
