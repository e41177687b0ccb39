/** How CSV files of other programs are read: delimiters, decimal commas, headers, lines above the table. */
import { describe, expect, test } from 'vitest';
import { describeFiles } from '../../lib/data/samples/description.ts';
import type { FileOptions } from '../../lib/data/samples/sample-file.ts';
import { bad, errorOf, filesInMemory } from './memory.ts';
import { readWhole } from './reading.ts';

const read = (text: string, options: FileOptions = {}, name = 'a.csv') =>
  readWhole(name, options, filesInMemory({ [name]: text }));
const formOf = async (text: string) =>
  (await describeFiles([{ part: 'train', source: 'a.csv' }], filesInMemory({ 'a.csv': text }))).parts[0]
    ?.form;

const range = (count: number) => [...Array(count).keys()];
/** Rows of two numbers and a class. */
const ROWS = ['0.5,1,no', '1.5,2,yes', '2.5,3,no', '3.5,4,yes'];
const SAMPLES = [
  [0.5, 1],
  [1.5, 2],
  [2.5, 3],
  [3.5, 4],
];
const LABELS = ['no', 'yes', 'no', 'yes'];

function text(header: string, rows: readonly string[] = ROWS): string {
  return `${[header, ...rows].join('\n')}\n`;
}

describe('the table is found', () => {
  const european = ROWS.map((row) => row.replaceAll(',', ';').replace('.', ','));
  const cases: [name: string, text: string, options?: FileOptions][] = [
    ['with decimal commas, as is said', text('a;b;label', european), { decimal: ',' }],
    ['with decimal commas and no header', `${european.join('\n')}\n`, { decimal: ',' }],
    ["below Excel's line of the delimiter", `sep=;\n${text('a,b,label').replaceAll(',', ';')}`],
    ['below comments', `# logger 7\n#\n# all in mm, at 20 degrees\n${text('a,b,label')}`],
    ['below comments without a header', `% of MATLAB\n${ROWS.join('\n')}\n`],
    [
      'with comments between the rows',
      text('a,b,label', [
        ...ROWS.slice(0, 2),
        '# the, second, half',
        '#3.0,9,no',
        '// ends',
        ...ROWS.slice(2),
        '#',
      ]),
    ],
    ['below names in a comment, as NumPy writes them', text('# a,b,label')],
    [
      'where rows end with a delimiter',
      text(
        'a,b,label',
        ROWS.map((row) => `${row},`),
      ),
    ],
    [
      'where all rows end with a delimiter',
      text(
        'a,b,label,',
        ROWS.map((row) => `${row},`),
      ),
    ],
    [
      'where rows without a header end with one',
      `${ROWS.map((row) => `${row};`.replaceAll(',', ';')).join('\n')}\n`,
    ],
    [
      'where spaces stand before quotes',
      text(
        '"a", "b", "label"',
        ROWS.map((row) => row.replaceAll(/,(\w+)/g, ', "$1"')),
      ),
    ],
    ['cut by single spaces', text('a b label').replaceAll(',', ' ')],
    ['cut by runs of spaces', ROWS.map((row) => `  ${row}`.replaceAll(',', '   ')).join('\n')],
    ['where a text holds another delimiter', text('a,b,label').replaceAll('yes', 'y;|es'), {}],
  ];

  test.each(cases)('%s', async (_, content, options = {}) => {
    const { rows, labels } = await read(content, options);
    expect(rows).toEqual(SAMPLES);
    expect(labels.map((label) => label.replace(';|', ''))).toEqual(LABELS);
  });

  test('with thousands in numbers, as is said', async () => {
    const wide = text('a,b,label', ['"1,022",1,no', '950,2,yes', '"1,234,567.5",3,no', '7,4,yes']);
    expect((await read(wide, { decimal: '.' })).rows.map(([a]) => a)).toEqual([1022, 950, 1234567.5, 7]);
    const points = text('a;label', ['500;no', '1.022;yes', '2.134;no', '7;yes']);
    expect((await read(points, { decimal: ',' })).rows.flat()).toEqual([500, 1022, 2134, 7]);
    const spread = text('a;label', ['500;no', '1.022;yes', '2.13;no', '7;yes']);
    expect((await read(spread)).rows.flat()).toEqual([500, 1.022, 2.13, 7].map(Math.fround));
    const european = text('a;label', ['1.022;no', '950;yes', '1.234.567,5;no', '0,5;yes']);
    expect((await read(european, { decimal: ',' })).rows.flat()).toEqual([1022, 950, 1234567.5, 0.5]);
  });

  test.each([
    ['spaces', ' ', ','],
    ['hard spaces', '\u00a0', ','],
    ['thin spaces', '\u2009', '.'],
    ['narrow hard spaces', '\u202f', ','],
    ['apostrophes', "'", '.'],
    ['apostrophes of typographers', '\u2019', '.'],
  ] as const)('with %s between thousands, as is said', async (_, mark, decimal) => {
    const cells = ['7_779_123|25', '-1_017', '1_950', '0|5'].map((cell) =>
      cell.replaceAll('_', mark).replace('|', decimal),
    );
    const content = text(
      'a;label',
      cells.map((cell, row) => `${cell};${LABELS[row]}`),
    );
    expect((await read(content, { decimal })).rows.flat()).toEqual(
      [7779123.25, -1017, 1950, 0.5].map(Math.fround),
    );
    // It is no label, and nothing that is left out.
    const numbered = text(
      'a;b',
      cells.map((cell, row) => `${cell};${row % 2}`),
    );
    expect(await errorOf(bad('', { train: 'a.csv' }, { 'a.csv': numbered }))).toContain(
      'expected numbers without separators of thousands: say what stands before fractions (--decimal ',
    );
    await expect(formOf(numbered)).rejects.toThrow('separators of thousands');
  });

  test('with a cell that holds the delimiter behind a space and a quote', async () => {
    const { labels } = await read(
      text(
        'a,b,label',
        ROWS.map((row) => row.replaceAll(/(no|yes)/g, ' "$1, ""so"""')),
      ),
    );
    expect(labels).toEqual(LABELS.map((label) => `${label}, "so"`));
  });

  test('and lines are counted from the top', async () => {
    const broken = `# one\n# two\n${text('a,b,label', [...ROWS, 'x,1,no'])}`;
    expect(await errorOf(bad('', { train: 'a.csv' }, { 'a.csv': broken }))).toContain(
      "line 8, column 1 ('a'): 'x'",
    );
  });

  test.each([
    ['marked rows among numbers', 'a,label\n1,x\n#2,y\n3,y\n', ['x', 'y']],
    ['a sample that is commented out', 'label,a\nx,1\n#x,2\ny,3\n', ['x', 'y']],
    ['a class that begins so', 'label,a\nx,1\n#z,2\ny,3\n', ['x', '#z', 'y']],
    ['colours', '#ff0000,1,x\n#00ff00,2,y\n', ['x', 'y']],
    ['an address in a quoted text', 'url,a,label\n"//x",1,x\n"//y",2,y\n', ['x', 'y']],
  ])('with or without comments between the rows: %s', async (_, content, labels) => {
    const options = { ignore: content.startsWith('#') ? ['0'] : content.startsWith('url') ? ['url'] : [] };
    expect((await read(content, options)).labels).toEqual(labels);
  });

  test("with a spreadsheet's errors, which are no comments", async () => {
    const content = 'a,label\n1,x\n#DIV/0!,y\n#N/A,y\n';
    const error = await errorOf(bad('', { train: 'a.csv' }, { 'a.csv': content }));
    expect(error).toContain("1 cell is not a number: line 3, column 1 ('a'): '#DIV/0!'");
    expect(error).toContain("1 cell is empty (a missing value): line 4, column 1 ('a'): '#N/A'");
  });

  test('and it is said how', async () => {
    expect(await formOf(`sep=;\n${text('a,b,label').replaceAll(',', ';')}`)).toBe(
      "CSV, separated by ';', with a header, the line 'sep=;' on top",
    );
    expect(await formOf('a,label\n1,x\n# then\n2,y\n')).toBe(
      "CSV, separated by ',', with a header, comments between the rows",
    );
    expect(await formOf(`# x\n${text('# a,b,label')}`)).toBe(
      "CSV, separated by ',', with a header, 1 line of comments on top, the header in a comment",
    );
    expect(await formOf(text('a b label').replaceAll(',', ' '))).toBe(
      'CSV, separated by spaces, with a header',
    );
  });
});

const REFUSED = [
  bad(
    'commas that may be of thousands or decimal',
    { train: 'a.csv' },
    { 'a.csv': text('a,label', ['"1,022",no', '"2,134",yes', '950,no']) },
    'line 2, column 1 (\'a\'): found \'1,022\', expected numbers without commas: say whether they stand between thousands (--decimal . or decimal: ".") or are decimal (--decimal , or decimal: ",")',
  ),
  bad(
    'points that may be of thousands or decimal',
    { train: 'a.csv' },
    { 'a.csv': text('a;label', ['500;no', '1.022;yes', '2.134;no', '950;yes']) },
    'line 3, column 1 (\'a\'): found \'1.022\' beside whole numbers, and no other fractions: say whether its point stands between thousands (--decimal , or decimal: ",") or before a fraction (--decimal . or decimal: ".")',
  ),
  bad(
    'a point among decimal commas',
    { train: 'a.csv', decimal: ',' },
    { 'a.csv': text('a;label', ['1,5;no', '2.5;yes', '3,5;no']) },
    "1 cell is not a number: line 3, column 1 ('a'): '2.5'",
  ),
  bad(
    'percent',
    { train: 'a.csv' },
    { 'a.csv': text('a,b,label', ['1.2%,$5,no', '3.4%,$6,yes', '5%,$7,no', '6%,$8,yes']) },
    "line 2, column 1 ('a'): found '1.2%', a number with a unit, expected plain numbers",
    "line 2, column 2 ('b'): found '$5', a number with a unit",
  ),
  ...['(5)', '\u22125', '5-', '=""5""', '1.5D+02', '0x1f', '1,23,456.5'].map((cell) =>
    bad(
      `the notation ${cell}`,
      { train: 'a.csv' },
      {
        'a.csv': text(
          'a,b,c',
          range(4).map((row) => `"${cell}",${row},${row % 2}`),
        ),
      },
      `line 2, column 1 ('a'): found '${cell.replaceAll('""', '"')}', a number in a notation that is not read, expected plain numbers: write them like -1234.5`,
    ),
  ),
  bad(
    'decimal commas that cut the rows below a header',
    { train: 'a.csv' },
    { 'a.csv': text('a,b,label', ['0,5,7,no', '1,5,8,yes', '1,2,9,no', '2,5,8,yes']) },
    "a.csv: its header has 3 cells, and its rows have 4 ('0,5,7,no'), the first of which are no names of rows: complete the header; where decimal commas cut the numbers, separate the cells by another character",
  ),
  bad(
    'fractions that have no name',
    { train: 'a.csv' },
    { 'a.csv': text('a,b,label', ['0.1,5,7,no', '1.2,5,8,yes', '1.3,2,9,no', '2.4,5,8,yes']) },
    "its header has 3 cells, and its rows have 4 ('0.1,5,7,no')",
  ),
  bad(
    'two delimiters that fit alike',
    { train: 'a.csv' },
    { 'a.csv': 'a;1|2;3|no\nb;2|3;4|yes\nc;5|6;7|no\n' },
    'a.csv: its rows can be split by \';\' into 3 cells and by \'|\' into 3: choose one (--delimiter, or in a spec delimiter: ";" or "|")',
  ),
  bad(
    'a title above the table',
    { train: 'a.csv' },
    { 'a.csv': `Report of May\n${text('a,b,label')}` },
    "line 1: found one cell ('Report of May'), expected the header or the first sample, 3 cells: remove what stands above the table",
  ),
  bad(
    'JSON lines',
    { train: 'a.txt' },
    { 'a.txt': '{"a":1,"label":"x"}\n{"a":2,"label":"y"}\n' },
    'a.txt: line 1: is JSON',
  ),
  bad('JSON', { train: 'a.csv' }, { 'a.csv': '[\n  {"a":1,"label":"x"}\n]\n' }, 'a.csv: line 1: is JSON'),
  bad(
    'ARFF',
    { train: 'a.data' },
    { 'a.data': '% of Weka\n@relation iris\n@data\n1,a\n' },
    'a.data: line 2: is ARFF (Weka)',
  ),
  bad('LIBSVM', { train: 'a.txt' }, { 'a.txt': '+1 1:0.5 3:1\n-1 2:1e-3\n' }, 'a.txt: line 1: is LIBSVM'),
];

describe('it is asked or refused', () => {
  test.each(REFUSED)('$name', async (data) => {
    const message = await errorOf(data);
    for (const part of data.parts) expect(message).toContain(part);
  });

  test('what numbers with commas are, also where features may be left out', async () => {
    const open = filesInMemory({ 'a.csv': text('a;b;label', ['1,5;2;no', '2,5;3;yes']) });
    await expect(describeFiles([{ part: 'train', source: 'a.csv' }], open)).rejects.toThrow('decimal: ","');
  });
});
