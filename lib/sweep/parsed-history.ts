/** A history.csv as numbers: the columns of it that curves and tables of a sweep need. */

const COLUMNS = [
  'evaluations',
  'flips',
  'bestCost',
  'bestAccuracy',
  'bestLoss',
  'bestMacroAverage',
  'trainAccuracy',
  'trainLoss',
  'validationAccuracy',
  'validationLoss',
] as const;
export type HistoryColumn = (typeof COLUMNS)[number];

export interface ParsedHistory {
  /** Generations, with the start; or epochs. */
  readonly rows: number;
  /** A number for each row, NaN where the cell is empty. A search and a training have different columns. */
  readonly columns: Readonly<Partial<Record<HistoryColumn, Float64Array>>>;
}

export function parseHistory(text: string): ParsedHistory {
  // Tombola's own file, nothing but numbers: it needs no quoting rules, and there may be millions of rows.
  const [head = '', ...lines] = text.trimEnd().split('\n');
  const names = head.trimEnd().split(',');
  const placed = COLUMNS.flatMap((column) => {
    const place = names.indexOf(column);
    return place < 0 ? [] : [{ column, place, values: new Float64Array(lines.length) }];
  });
  for (const [row, line] of lines.entries()) {
    const cells = line.trimEnd().split(',');
    for (const { values, place } of placed) {
      const cell = cells[place] ?? '';
      values[row] = cell === '' ? Number.NaN : Number(cell);
    }
  }
  return {
    rows: lines.length,
    columns: Object.fromEntries(placed.map(({ column, values }) => [column, values])),
  };
}
