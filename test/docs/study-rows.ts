/** The rows of the tables in docs/studies, and how their figures are written. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { group, mean as meanOf } from 'd3-array';
import Papa from 'papaparse';
import { decimals, signed } from '../../lib/base/format.ts';
import { locate } from '../../lib/sweep/statistics.ts';
import { landscapeRows } from './landscape-rows.ts';

const STUDIES = fileURLToPath(new URL('../../docs/studies', import.meta.url));

/** A row of a study's table.csv, by column. */
export type Row = Readonly<Record<string, string>>;
export type Figure = (row: Row) => number;

export const column =
  (name: string): Figure =>
  (row) =>
    row[name] ? Number(row[name]) : Number.NaN;
export const mean = column('testAccuracyMean');
export const median = column('testAccuracyMedian');
/** Half the interval; towards 0 where 100 % cuts it off. */
export const half: Figure = (row) => mean(row) - column('testAccuracyLow')(row);
export const difference = column('difference');

export const share = (value: number) => decimals(100 * value, 1);
export const points = (value: number) => signed(100 * value, 2);

const cache = new Map<string, readonly Row[]>();

/** A row at one size: its sparsity is the task. */
function bySize(row: Row): Row {
  return row.keptShare === undefined
    ? row
    : { ...row, preset: `${decimals(100 * (1 - Number(row.keptShare)), 0)}%` };
}

/** Means of the figures of all runs of an algorithm on a task, from the rows of a sweep.csv. */
function averaged(runs: readonly Row[]): Row[] {
  const groups = group(runs, ({ preset, algorithm }) => `${preset}\n${algorithm}`);
  return [...groups.values()].map((rows) => {
    const [first = {}] = rows;
    const means = Object.keys(first).map((name) => {
      const values = rows.map(column(name));
      const isFigure = values.every((value) => !Number.isNaN(value)) && name !== 'preset';
      return [name, isFigure ? String(meanOf(values)) : first[name]];
    });
    return { ...Object.fromEntries(means), n: String(rows.length) };
  });
}

/** The rows of some studies, those of tasks and algorithms that have no run, and runs that failed, left out. */
export function rowsOf(studies: string): readonly Row[] {
  return studies.split(' ').flatMap((study) => {
    const rows = cache.get(study) ?? read(study);
    cache.set(study, rows);
    return rows.filter((row) => row.status === 'succeeded' || Number(row.n ?? row.pairs) > 0);
  });
}

/** Single runs of other programs as rows of a table. */
function located(runs: readonly Row[]): Row[] {
  const groups = group(runs, ({ preset, algorithm }) => `${preset}\n${algorithm}`);
  return [...groups.values()].map((rows) => {
    const found = locate(rows.map(column('testAccuracy')), [0, 1]);
    const [first = {}] = rows;
    return {
      ...first,
      n: String(found?.n),
      testAccuracyMean: String(found?.mean),
      testAccuracyMedian: String(found?.median),
      testAccuracyLow: String(found?.interval?.[0]),
    };
  });
}

function read(study: string): readonly Row[] {
  const [name = '', file = 'table'] = study.split('/');
  const source = file === 'runs' ? 'sweep' : file.replace(/-runs$/, '');
  const rows = parsed(join(STUDIES, name, `${source}.csv`));
  if (source === 'reference')
    return file === source ? located(rows) : rows.map((row) => ({ ...row, status: 'succeeded' }));
  return file === 'sweep' ? averaged(rows) : rows;
}

function parsed(path: string): readonly Row[] {
  const found = Papa.parse<Row>(readFileSync(path, 'utf8'), { header: true, skipEmptyLines: true });
  const { fields = [] } = found.meta;
  if (fields.includes('correlationLength'))
    return landscapeRows(found.data, /landscape-(\w+)/.exec(path)?.[1] ?? '');
  const grid = fields.slice(0, fields.indexOf('algorithm')).filter((field) => field !== 'cell');
  return found.data.map((row) => {
    const values = grid.flatMap((field) => row[field]?.replace(/\.csv\.gz$/, '') || []);
    return bySize({ ...row, preset: [values.join(', '), row.target].filter(Boolean).join(' ') });
  });
}
