/** history.csv: a header and a row per generation, or per epoch and kept share. */
import { stringify } from 'csv-stringify/sync';
import type { History } from '../algorithms/algorithm.ts';
import { EPOCH_COLUMNS } from '../algorithms/parts/epoch-row.ts';
import { historyColumns } from '../algorithms/parts/history-row.ts';

export function historyCsv(history: History): string {
  return history.by === 'generation'
    ? csvOf(historyColumns(history.rows), history.rows)
    : csvOf(EPOCH_COLUMNS, history.rows);
}

function csvOf<Column extends string>(
  columns: readonly Column[],
  rows: readonly Readonly<Partial<Record<Column, unknown>>>[],
): string {
  return stringify(
    rows.map((row) => columns.map((column) => row[column])),
    { header: true, columns: [...columns] },
  );
}
