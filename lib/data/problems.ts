/** Problems in data files, gathered while reading: all are reported together, with their number and first places. */

import { UserError } from '../base/errors.ts';
import { memo } from '../base/memo.ts';

/** A place in a file: whatever is known of it. Lines and columns are counted from 1, as editors do. */
export interface Place {
  readonly line?: number;
  /** In files without lines: the sample's number, from 0. */
  readonly row?: number;
  /** Index from 0; `columnNames` give it its name. */
  readonly column?: number;
  /** The value found. */
  readonly found?: string;
}

/** Problems that many places of a file may have, and their wording: for one place, for several, what to do. */
const KINDS = {
  text: [
    '1 cell is not a number',
    'cells are not numbers',
    'correct them (for numbers with commas or separators of thousands, set --decimal or decimal), or leave their columns out (ignore)',
  ],
  missing: [
    '1 cell is empty (a missing value)',
    'cells are empty (missing values)',
    'fill them in, drop their rows, or leave their columns out (ignore)',
  ],
  infinite: [
    '1 value is NaN or infinite',
    'values are NaN or infinite',
    'expected finite numbers: fill them in, or drop their rows',
  ],
  range: [
    '1 value is too large for float32',
    'values are too large for float32',
    'at most 3.4e38: scale the column down',
  ],
  ragged: ['1 row has another number of cells than the others', 'rows have another number of cells', ''],
  label: ['1 row has no label', 'rows have no label', 'fill them in, or drop the rows'],
  unseen: [
    '1 label never occurs in the training data',
    'labels never occur in the training data',
    'drop their rows, or add such samples to the training data',
  ],
} as const satisfies Record<string, readonly [string, string, string]>;

export type ProblemKind = keyof typeof KINDS;

/** Places that are named for each kind. */
const TOLD = 3;
/** Columns that are counted: more than any message shows. */
const MOST_COLUMNS = 1000;

interface Gathered {
  count: number;
  readonly places: Place[];
  readonly columns: Map<number, number>;
  /** Rows of the last place, so that rows are counted once. */
  lastRow: number;
  rows: number;
}

/** A cell's text as messages show it: short, in quotes. */
export function quoted(found: string): string {
  const text = found.length > 40 ? `${found.slice(0, 37)}…` : found;
  return `'${text.replaceAll(/\s/g, ' ')}'`;
}

/** "column 5 ('petal width')", or with its index where it has no name. */
export function columnWords(index: number, name: string | undefined): string {
  return `column ${index + 1} (${name === undefined ? `index ${index}` : `'${name}'`})`;
}

export class Problems {
  readonly file: string;
  readonly #names: readonly string[] | undefined;
  readonly #kinds = new Map<ProblemKind, Gathered>();
  readonly #others = new Map<string, Problems>();

  /** `names`: of the columns, where the file has them. */
  constructor(file: string, names?: readonly string[]) {
    this.file = file;
    this.#names = names;
  }

  /** Problems of another file that is read together with this one. */
  of(file: string, names?: readonly string[]): Problems {
    if (file === this.file) return this;
    return memo(this.#others, file, () => new Problems(file, names));
  }

  add(kind: ProblemKind, place: Place): void {
    const gathered = memo(this.#kinds, kind, (): Gathered => {
      return { count: 0, places: [], columns: new Map(), lastRow: -1, rows: 0 };
    });
    gathered.count++;
    const row = place.line ?? place.row ?? -1;
    if (row !== gathered.lastRow) {
      gathered.rows++;
      gathered.lastRow = row;
    }
    if (gathered.places.length < TOLD) gathered.places.push(place);
    if (place.column !== undefined) {
      const before = gathered.columns.get(place.column);
      if (before !== undefined || gathered.columns.size < MOST_COLUMNS) {
        gathered.columns.set(place.column, (before ?? 0) + 1);
      }
    }
  }

  count(kind: ProblemKind): number {
    return this.#kinds.get(kind)?.count ?? 0;
  }

  get total(): number {
    let total = 0;
    for (const { count } of this.#kinds.values()) total += count;
    for (const other of this.#others.values()) total += other.total;
    return total;
  }

  /** How often in each column, by its index. */
  byColumn(kind: ProblemKind): ReadonlyMap<number, number> {
    return this.#kinds.get(kind)?.columns ?? new Map();
  }

  /** The first places of a kind, each as a phrase. */
  places(kind: ProblemKind): string[] {
    return (this.#kinds.get(kind)?.places ?? []).map((place) => this.#words(place));
  }

  /** One line per kind of problem. */
  lines(): string[] {
    const own = [...this.#kinds].map(([kind, { count, rows, columns }]) => {
      const [one, several, todo] = KINDS[kind];
      const inRows = rows > 1 && rows < count ? ` in ${rows} rows` : '';
      const inColumns = columns.size > 1 ? ` of ${columns.size} columns` : '';
      const what = count === 1 ? one : `${count} ${several}${inRows}${inColumns}`;
      const more = count > TOLD ? '; …' : '';
      return `${this.file}: ${what}: ${this.places(kind).join('; ')}${more}${todo && `; ${todo}`}`;
    });
    return [...own, ...[...this.#others.values()].flatMap((other) => other.lines())];
  }

  #words({ line, row, column, found }: Place): string {
    const words = [
      ...(line === undefined ? [] : [`line ${line}`]),
      ...(row === undefined ? [] : [`row ${row}`]),
      ...(column === undefined ? [] : [columnWords(column, this.#names?.[column])]),
    ].join(', ');
    if (found === undefined) return words;
    return words ? `${words}: ${found}` : found;
  }
}

/** Throws UserError if anything is wrong in any of these files. */
export function throwProblems(all: readonly Problems[]): void {
  const lines = all.flatMap((problems) => problems.lines());
  if (lines.length > 0) throw new UserError(lines.join('\n'));
}
