/** Parquet files, row group by row group. */
import { range } from 'd3-array';
import { type FileMetaData, parquetMetadataAsync, parquetSchema, type SchemaTree } from 'hyparquet';
import { getTreePath } from 'hyparquet/src/schema.js';
import { UserError } from '../../base/errors.ts';
import { counted } from '../../base/format.ts';
import type { Source } from '../../base/source.ts';
import { numberIn } from '../cells.ts';
import { codeLabel, type LabelReader } from '../labels.ts';
import { type Problems, quoted } from '../problems.ts';
import type { Format } from './format.ts';
import { type ColumnForm, codecProblem, type PageValues, pagesOf } from './parquet-pages.ts';
import { BLOCK_VALUES, type Block, type Choice, type Column, type Table } from './table.ts';

/** Columns that are decoded before they are written to the rows: as many float32 as a cache line holds. */
const TOGETHER = 16;
/** Rows of a group: writers make them of a million or less. */
const MOST_ROWS = 1 << 27;

type RowGroup = FileMetaData['row_groups'][number];

function damaged(name: string, cause: unknown): unknown {
  if (cause instanceof UserError) return cause;
  const reason = cause instanceof Error ? cause.message.replace(/^parquet /, '') : String(cause);
  return new UserError(
    `${name}: is damaged, cut short, or uses a part of Parquet that is not supported (${reason}); write it again`,
    { cause },
  );
}

export const parquet: Format = {
  name: 'Parquet',
  endings: ['.parquet', '.pq'],
  magic: 'PAR1',
  open: async (source) => ({ table: await openParquet(source) }),
};

async function openParquet(source: Source): Promise<Table> {
  const { name } = source;
  try {
    const metadata = await parquetMetadataAsync(
      {
        byteLength: source.size,
        slice: async (from, to = source.size) => new Uint8Array(await source.read(from, to)).buffer,
      },
      { geoparquet: false },
    );
    const tree = parquetSchema(metadata);
    const rows = metadata.row_groups.map((group) => Number(group.num_rows));
    const total = rows.reduce((all, count) => all + count, 0);
    if (total !== Number(metadata.num_rows) || rows.some((count) => !(count >= 0 && count <= MOST_ROWS)))
      throw new Error(`${metadata.num_rows} rows, ${total} in its row groups`);
    const columns = tree.children.map(columnOf);
    return {
      name,
      columns,
      named: true,
      rows: total,
      form: `Parquet, ${counted(rows.length, 'row group')}`,
      blocks: (...reading) => reader(source, tree, ...reading)(metadata.row_groups),
    };
  } catch (cause) {
    throw damaged(name, cause);
  }
}

/** A column of the schema; what holds no numbers is text. */
function columnOf({ element, children }: SchemaTree): Column {
  const { name, type, converted_type: converted, logical_type: logical } = element;
  const meaning = logical?.type ?? converted ?? type ?? '';
  const leftOut = /^__index_level_\d+__$/.test(name) ? { leftOut: "it is pandas' index" } : {};
  if (children.length > 0 || element.repetition_type === 'REPEATED') {
    return { name, kind: 'text', nested: true, example: { found: 'lists or structures' }, ...leftOut };
  }
  const number =
    !/DATE|TIME|STRING|UTF8|ENUM|UUID|JSON|BSON|INTERVAL|GEO|VARIANT/.test(meaning) &&
    (type !== 'BYTE_ARRAY' || meaning === 'DECIMAL') &&
    (type !== 'FIXED_LEN_BYTE_ARRAY' || meaning === 'DECIMAL' || meaning === 'FLOAT16') &&
    type !== 'INT96';
  return number
    ? { name, kind: 'number', ...leftOut }
    : { name, kind: 'text', example: { found: `values of type ${meaning}` }, ...leftOut };
}

/** Reads the chosen columns of one row group after the other. */
function reader(source: Source, tree: SchemaTree, choice: Choice, codes: LabelReader, problems: Problems) {
  const { features, label } = choice;

  async function* blocks(groups: readonly RowGroup[]): AsyncGenerator<Block> {
    let first = 0;
    for (const group of groups) {
      const rows = Number(group.num_rows);
      if (rows === 0) continue;
      try {
        yield* await blocksOf(group, rows, first);
      } catch (cause) {
        throw damaged(source.name, cause);
      }
      first += rows;
    }
  }

  async function blocksOf(group: RowGroup, rows: number, first: number): Promise<Block[]> {
    const capacity = Math.max(1, Math.floor(BLOCK_VALUES / Math.max(1, features.length)));
    const labels = label === undefined ? undefined : await labelsOf(group, rows, first, label);
    const read = range(0, rows, capacity).map((from): Block => {
      const x = new Float32Array(Math.min(capacity, rows - from) * features.length);
      return labels ? { x, labels: labels.slice(from, from + capacity) } : { x };
    });
    for (let from = 0; from < features.length; from += TOGETHER) {
      const columns: Float32Array[] = [];
      for (const column of features.slice(from, from + TOGETHER)) {
        columns.push(await numbersOf(group, rows, first, column));
      }
      for (const [index, { x }] of read.entries()) {
        const start = index * capacity;
        for (let row = 0; row * features.length < x.length; row++) {
          const at = row * features.length + from;
          for (let column = 0; column < columns.length; column++) {
            x[at + column] = columns[column]?.[start + row] ?? 0;
          }
        }
      }
    }
    return read;
  }

  async function pages(group: RowGroup, rows: number, column: number): Promise<Iterable<PageValues>> {
    const node = tree.children[column];
    const chunk = group.columns.find(({ meta_data: meta }) => meta?.path_in_schema[0] === node?.element.name);
    const meta = chunk?.meta_data;
    if (!node || !meta) throw new Error('a row group lacks a column');
    const problem = codecProblem(meta.codec);
    if (problem) throw new UserError(`${source.name}: is compressed with ${meta.codec}, ${problem}`);
    const from = Number(meta.dictionary_page_offset || meta.data_page_offset);
    const to = from + Number(meta.total_compressed_size);
    if (!(from >= 4 && to >= from && to <= source.size)) throw new Error('a column outside of the file');
    const { path_in_schema: path, type, codec } = meta;
    const form: ColumnForm = { path, schemaPath: getTreePath(tree, path), type, codec };
    return pagesOf(await source.read(from, to), form, rows);
  }

  async function numbersOf(group: RowGroup, rows: number, first: number, column: number) {
    const numbers = new Float32Array(rows);
    let at = 0;
    for (const { values, present, rows: count } of await pages(group, rows, column)) {
      if (!present && isNumbers(values) && allFinite(values, count)) {
        numbers.set(values.length > count ? values.subarray(0, count) : values, at);
        at += count;
        continue;
      }
      for (let row = 0, next = 0; row < count; row++, at++) {
        const value = present && !present[row] ? null : values[next++];
        const number = typeof value === 'number' ? Math.fround(value) : numberOf(value);
        numbers[at] = number;
        if (number - number !== 0) numbers[at] = tell(value, first + at, column);
      }
    }
    return numbers;
  }

  function tell(value: unknown, row: number, column: number): number {
    if (value === null) problems.add('missing', { row, column });
    else if (typeof value === 'string') problems.add('text', { row, column, found: quoted(value) });
    else {
      const finite = typeof value === 'number' && Number.isFinite(value);
      problems.add(finite ? 'range' : 'infinite', { row, column, found: String(value) });
    }
    return Number.NaN;
  }

  async function labelsOf(group: RowGroup, rows: number, first: number, column: number) {
    const labels = new Uint32Array(rows);
    let at = 0;
    for (const { values, present, rows: count } of await pages(group, rows, column)) {
      for (let row = 0, next = 0; row < count; row++, at++) {
        const text = labelOf(present && !present[row] ? null : values[next++]);
        labels[at] = codeLabel(text, codes, problems, () => ({ row: first + at, column }));
      }
    }
    return labels;
  }
  return blocks;
}

/** The usual type of columns, copied at once. */
function isNumbers(values: ArrayLike<unknown>): values is Float64Array | Float32Array | Int32Array {
  return values instanceof Float64Array || values instanceof Float32Array || values instanceof Int32Array;
}

/** Whether the first `count` are finite as float32. */
function allFinite(values: Float64Array | Float32Array | Int32Array, count: number): boolean {
  for (let index = 0; index < count; index++) {
    const value = Math.fround(values[index] ?? 0);
    if (value - value !== 0) return false;
  }
  return true;
}

function numberOf(value: unknown): number {
  if (typeof value === 'bigint') return Math.fround(Number(value));
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === null || typeof value === 'object') return Number.NaN;
  if (typeof value === 'string') return numberIn(value);
  throw new Error('an index outside of its dictionary');
}

/** A label as text; none is empty. */
function labelOf(value: unknown): string {
  if (value === null) return '';
  if (value === undefined) throw new Error('an index outside of its dictionary');
  // A day is written as a day, as in text.
  return value instanceof Date ? value.toISOString().replace('T00:00:00.000Z', '') : String(value);
}
