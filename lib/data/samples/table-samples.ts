/** Samples, features or labels from tables: CSV and Parquet. */
import { defined } from '../../base/defined.ts';
import { columnNames, type Table } from '../formats/table.ts';
import { NO_LABELS } from '../labels.ts';
import { Problems } from '../problems.ts';
import {
  type Chosen,
  type ColumnOptions,
  chooseColumns,
  chooseLabelOnly,
  type Known,
  matchColumns,
  TEXT,
} from './columns.ts';
import { groupColumn } from './groups.ts';
import { nameOfColumn, splitIgnored } from './naming.ts';
import type { LabelPlace, LabelSide, SampleFile } from './sample-file.ts';
import { concatenated, type FeatureSide } from './sides.ts';

/** Columns of a table as features, and one as the label. Throws UserError. */
export function tableSamples(table: Table, given: ColumnOptions, known?: Known): SampleFile {
  const [ignore, lacking] = splitIgnored(table, given.ignore);
  const { side: groups, options } = groupColumn(table, { ...given, ignore });
  const chosen = known ? matchColumns(table, known, options) : chooseColumns(table, options);
  const { features, label, leftOut } = chosen;
  const nameAt = (index: number) => table.columns[index]?.name;
  return {
    name: table.name,
    form: table.form,
    features: features.length,
    columns: features,
    ...defined({ featureNames: namesOf(table, features), rows: table.rows, groups }),
    label: placeOf(table, chosen),
    leftOut: leftOutOf(table, chosen),
    lacking,
    parts: [],
    agreed: {
      label: label === undefined ? undefined : (nameAt(label) ?? label),
      labelIndex: label,
      columns: table.columns.length,
      leftOut: leftOut.flatMap(({ column }) => nameAt(column) ?? []),
    },
    blocks: (codes, problems) => table.blocks(chosen, codes, problems),
    problems: () => new Problems(table.name, columnNames(table)),
  };
}

export function tableFeatures(table: Table, options: ColumnOptions, known?: Known): FeatureSide {
  const [ignore, lacking] = splitIgnored(table, options.ignore);
  const { side: groups, options: own } = groupColumn(table, { ignore, group: options.group });
  const { features } = known ? matchColumns(table, known, own, false) : chooseColumns(table, own, false);
  return {
    name: table.name,
    features: features.length,
    featureNames: namesOf(table, features),
    columnNames: columnNames(table),
    rows: table.rows,
    groups,
    lacking,
    async *blocks(problems) {
      for await (const { x } of table.blocks({ features }, NO_LABELS, problems)) yield x;
    },
  };
}

export function tableLabels(table: Table, options: ColumnOptions): LabelSide {
  const chosen = chooseLabelOnly(table, options);
  return {
    name: table.name,
    rows: table.rows,
    place: { where: placeOf(table, chosen).where, name: null, found: 'array' },
    columnNames: columnNames(table),
    async codes(codes, problems) {
      const parts: Uint32Array[] = [];
      for await (const { labels } of table.blocks(chosen, codes, problems)) if (labels) parts.push(labels);
      return concatenated(parts);
    },
  };
}

function namesOf(table: Table, indexes: readonly number[]): string[] | undefined {
  const names = columnNames(table);
  return names && indexes.map((index) => names[index] ?? '');
}

function placeOf(table: Table, { label = 0, found = 'given' }: Chosen): LabelPlace {
  const where = `${table.name}: ${nameOfColumn(table, label)}`;
  return { where, name: table.columns[label]?.name ?? label, found };
}

function leftOutOf(table: Table, { leftOut }: Chosen): SampleFile['leftOut'] {
  return leftOut.map(({ column, why }) => {
    const { name = String(column), example } = table.columns[column] ?? {};
    if (why !== TEXT || !example) return { name, why };
    // In a Parquet file the type decides.
    const held =
      example.line === undefined ? `it holds ${example.found}` : `${why}, such as '${example.found}'`;
    return { name, why: held };
  });
}
