/** history.csv: a header and a row per generation, or per epoch and kept share. */
import type { History } from '../algorithms/algorithm.ts';
import { EPOCH_COLUMNS } from '../algorithms/parts/epoch-row.ts';
import { historyColumns } from '../algorithms/parts/history-row.ts';
import { csvText } from '../base/csv.ts';

export function historyCsv(history: History): string {
  return history.by === 'generation'
    ? csvOf(historyColumns(history.rows), history.rows)
    : csvOf(EPOCH_COLUMNS, history.rows);
}

function csvOf<Column extends string>(
  columns: readonly Column[],
  rows: readonly Readonly<Partial<Record<Column, number | null | undefined>>>[],
): string {
  return csvText(
    columns,
    rows.map((row) => columns.map((column) => row[column])),
  );
}
