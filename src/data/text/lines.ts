/** On which lines rows begin: as a rule each a line behind the one before it. */
interface LineMap {
  /** The next row begins on this line. */
  add(line: number): void;
  /** The line of a row, from 0. */
  lineOf(row: number): number;
}

/** Keeps what breaks the rule: the rows behind blank lines and behind line ends in quotes. */
export function lineMap(): LineMap {
  const rows: number[] = [];
  const ahead: number[] = [];
  let count = 0;
  return {
    add(line) {
      const distance = line - count;
      if (ahead.at(-1) !== distance) {
        rows.push(count);
        ahead.push(distance);
      }
      count++;
    },
    lineOf(row) {
      let low = 0;
      let high = rows.length;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (rows[middle] <= row) low = middle;
        else high = middle;
      }
      return row + ahead[low];
    },
  };
}
