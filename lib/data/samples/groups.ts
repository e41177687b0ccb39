/** Groups of samples: a column of a table, or an array, that says which group each sample is of. */
import { UserError } from '../../base/errors.ts';
import { columnNames, type Table } from '../formats/table.ts';
import { type Classes, LabelCodes } from '../labels.ts';
import { Problems, quoted } from '../problems.ts';
import type { ColumnOptions } from './columns.ts';
import { columnAt, nameOfColumn } from './naming.ts';
import type { LabelSide, SampleFile } from './sample-file.ts';
import { concatenated } from './sides.ts';

/** More are no groups to compare: a number of people or a place, rather. */
const MOST_GROUPS = 20;

/** The column of groups of a table, and the options that keep it from the features. Throws UserError. */
export function groupColumn(table: Table, options: ColumnOptions) {
  const { group } = options;
  if (!group) return { options };
  const column = columnAt(table, group.column, 'group');
  const where = `${table.name}: ${nameOfColumn(table, column)}`;
  if (options.label !== undefined && columnAt(table, options.label, 'label') === column)
    throw new UserError(
      `${where} is both the label and the group (task.group): name another column as one of them`,
    );
  const name = table.columns[column]?.name ?? String(column);
  const side: LabelSide = {
    name: table.name,
    rows: table.rows,
    place: { where, name, found: 'given' },
    columnNames: columnNames(table),
    async codes(codes, problems) {
      const parts: Uint32Array[] = [];
      const choice = { features: [], label: column };
      for await (const { labels } of table.blocks(choice, codes, problems)) if (labels) parts.push(labels);
      return concatenated(parts);
    },
  };
  return {
    side,
    options: group.feature ? options : { ...options, ignore: [...(options.ignore ?? []), name] },
  };
}

/** The group of each sample of a file, in its order; `known`: those of the training data. Throws UserError. */
export async function readGroups(
  { groups }: SampleFile,
  count: number,
  known?: Classes,
): Promise<{ readonly codes: Uint16Array; readonly groups: Classes } | undefined> {
  if (!groups) return undefined;
  const { where } = groups.place;
  const met = new LabelCodes(where);
  const problems = new Problems(groups.name, groups.columnNames);
  const codes = await groups.codes(met, problems);
  if (problems.total > 0)
    throw new UserError(
      `${where}: ${problems.total} of ${count} samples have no group: ${problems.places('label').join('; ')}; fill them in, or drop the rows`,
    );
  if (codes.length !== count)
    throw new UserError(
      `${where}: has ${codes.length} groups for ${count} samples; both must have as many, in the same order`,
    );
  const all = known ?? groupsMet(met, where);
  const numbers = met.texts.map((text) => numberOf(all, text, where));
  return { codes: Uint16Array.from(codes, (code) => numbers[code] ?? 0), groups: all };
}

function groupsMet(met: LabelCodes, where: string): Classes {
  const groups = met.classes();
  const { names } = groups;
  if (names.length === 1)
    throw new UserError(
      `${where}: all samples are of the group ${quoted(names[0] ?? '')}; expected at least two groups to measure gaps between`,
    );
  if (names.length > MOST_GROUPS)
    throw new UserError(
      `${where}: found ${names.length} different values, such as ${names.slice(0, 3).map(quoted).join(', ')}, expected at most ${MOST_GROUPS} groups: name the column of groups, or write one with fewer, such as ranges of ages`,
    );
  return groups;
}

function numberOf(groups: Classes, text: string, where: string): number {
  const number = groups.code(text);
  if (number < groups.names.length) return number;
  throw new UserError(
    `${where}: found the group ${quoted(text)}, which never occurs in the training data, whose groups are ${groups.names.map(quoted).join(', ')}; drop its rows, or add such samples to the training data`,
  );
}
