/** What is told of bad data: the file, the place in it, what was found, what to do. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readTable } from '../../lib/data/samples/network-data.ts';
import { bad, csv, errorOf, filesInMemory } from './memory.ts';

const good = csv(
  Array.from({ length: 12 }, (_, row) => [row / 2, row, 'abc'[row % 3] ?? '']),
  ['p', 'q', 'species'],
);

const CASES = [
  bad(
    'text among numbers',
    { train: 'a.csv' },
    { 'a.csv': 'p,q,species\n1,2,a\n3,abc,b\n4,5,a\n1,2,b\n' },
    "a.csv: 1 cell is not a number: line 3, column 2 ('q'): 'abc'",
  ),
  bad(
    'decimal commas',
    { train: 'a.csv' },
    { 'a.csv': 'p;q;species\n1,5;2;a\n3;1;b\n4;5;a\n' },
    "line 2, column 1 ('p'): '1,5'",
  ),
  bad(
    'text without a header',
    { train: 'a.csv', header: false },
    { 'a.csv': '1,2,a\n3,x,b\n4,5,a\n1,2,b\n' },
    "line 2, column 2 (index 1): 'x'",
  ),
  bad(
    'a column of text',
    { train: 'a.csv', label: 'species' },
    { 'a.csv': 'p,city,species\n1,Bern,a\n3,Linz,b\n' },
    "a.csv, line 2, column 2 ('city') holds text: found 'Bern'",
    'ignore: ["city"]',
  ),
  bad(
    'empty cells',
    { train: 'a.csv' },
    { 'a.csv': 'p,q,species\n1,,a\n,NA,b\n4,5,a\n1,,b\n' },
    "a.csv: 4 cells are empty (missing values) in 3 rows of 2 columns: line 2, column 2 ('q'); line 3, column 1 ('p'); line 3, column 2 ('q'): 'NA'; …",
  ),
  bad(
    'NaN and infinity',
    { train: 'a.csv' },
    { 'a.csv': 'p,q,species\n1,NaN,a\n-Infinity,2,b\n4,5,a\n' },
    '2 values are NaN or infinite',
    "line 2, column 2 ('q'): 'NaN'; line 3, column 1 ('p'): '-Infinity'",
  ),
  bad(
    'too large for float32',
    { train: 'a.csv' },
    { 'a.csv': 'p,q,species\n1,1e39,a\n1,2,b\n4,5,a\n' },
    "1 value is too large for float32: line 2, column 2 ('q'): '1e39'",
  ),
  bad(
    'several kinds at once',
    { train: 'a.csv' },
    { 'a.csv': 'p,q,species\n1,,a\n1,x,b\n4,5\n1,2,\n1,1,c\n' },
    'is empty',
    'is not a number',
    'line 4: found 2 cells, expected 3',
    "has no label: line 5, column 3 ('species')",
  ),
  bad(
    'line numbers behind quoted line ends',
    { train: 'a.csv' },
    { 'a.csv': 'p,species\n1,"a\nb"\n\n2,"a\nb"\nx,c\n3,c\n' },
    "line 7, column 1 ('p'): 'x'",
  ),
  bad(
    'one class',
    { train: 'a.csv' },
    { 'a.csv': 'p,label\n1,a\n2,a\n' },
    "column 2 ('label'): all 2 samples have the label 'a'; at least two classes",
  ),
  bad('no rows', { train: 'a.csv', header: false }, { 'a.csv': '\n' }, 'a.csv: has no rows'),
  bad(
    'a header alone',
    { train: 'a.csv', header: true },
    { 'a.csv': 'p,label\n' },
    'has a header, and no rows below it',
  ),
  bad('nothing', { train: 'a.csv' }, { 'a.csv': '' }, 'a.csv: is empty (0 bytes)'),
  bad('blank lines alone', { train: 'a.csv' }, { 'a.csv': '\n\n' }, 'has no rows'),
  bad(
    'one column',
    { train: 'a.csv' },
    { 'a.csv': 'label\na\nb\na\n' },
    "has no features, only column 1 ('label'), its label; check the delimiter: it was read as CSV, separated by ','",
  ),
  bad(
    'decimal commas',
    { train: 'a.csv' },
    { 'a.csv': 'p;q;label\n1,5;2;a\n2,5;3;b\n' },
    "a.csv, line 2, column 1 ('p'): found '1,5', expected numbers with a decimal point",
  ),
  bad(
    'decimal commas alone below a header',
    { train: 'a.csv' },
    { 'a.csv': 'p;label\n1,5;a\n2,5;b\n' },
    "a.csv, line 2, column 1 ('p'): found '1,5', expected numbers with a decimal point",
  ),
  bad(
    'columns of one name',
    { train: 'a.csv' },
    { 'a.csv': 'p,p,label\n1,2,a\n2,3,b\n' },
    "columns 1 and 2 are both called 'p'",
  ),
  bad(
    'an unclosed quote',
    { train: 'a.csv' },
    { 'a.csv': 'p,label\n1,a\n2,"b\n3,a\n4,b\n' },
    'a.csv: line 3: a quote is opened and never closed',
  ),
  bad(
    'text behind a quote',
    { train: 'a.csv' },
    { 'a.csv': 'p,label\n1,a\n2,"b" c\n3,a\n4,b\n' },
    'a.csv: line 3: text follows a closing quote',
  ),
  bad(
    'Latin-1',
    { train: 'a.csv' },
    { 'a.csv': Buffer.from('p,label\n1,größe\n', 'latin1') },
    'a.csv: is not UTF-8 text, near byte 12; save it in the encoding UTF-8 (in spreadsheets: CSV UTF-8)',
  ),
  bad(
    'UTF-16',
    { train: 'a.csv' },
    { 'a.csv': Buffer.from('\ufeffp,label\n1,a\n', 'utf16le') },
    'found UTF-16 text; save it as UTF-8',
  ),
  bad(
    'an unknown ending',
    { train: 'a.xlsx' },
    { 'a.xlsx': 'PK\x03\x04…' },
    'a.xlsx: its ending does not tell its format (its content looks like zip',
    'export it as one of these, or rename it: CSV (.csv',
  ),
  bad('gzip without the ending', { train: 'a.csv' }, { 'a.csv': gzipSync(good) }, 'expected CSV, found gzip'),
  bad(
    'CSV with the ending of gzip',
    { train: 'a.csv.gz' },
    { 'a.csv.gz': good },
    'expected gzip, found something else',
  ),
  bad(
    'HDF5',
    { train: 'a.parquet' },
    { 'a.parquet': Buffer.from('\x89HDF\r\n\x1a\n', 'latin1') },
    'expected Parquet, found HDF5',
  ),
  bad(
    'a truncated gzip file',
    { train: 'a.csv.gz' },
    { 'a.csv.gz': gzipSync(good.repeat(500)).subarray(0, -30) },
    'a.csv.gz: the gzip file is cut short',
  ),
  bad(
    'a gzip file with wrong bits',
    { train: 'a.csv.gz' },
    { 'a.csv.gz': gzipSync(good).fill(0xff, 30, 60) },
    'a.csv.gz: the gzip file is damaged',
  ),
  bad(
    'gzipped Parquet',
    { train: 'a.parquet.gz' },
    { 'a.parquet.gz': gzipSync('PAR1') },
    "unpack it with 'gunzip' first",
  ),
  bad(
    'a truncated Parquet file',
    { train: 'a.parquet' },
    { 'a.parquet': 'PAR1 and so on' },
    'a.parquet: is damaged, cut short, or uses a part of Parquet that is not supported',
  ),
  bad(
    'a label never seen',
    { train: 'a.csv', test: 'b.csv' },
    {
      'a.csv': good,
      'b.csv': csv(
        [
          [1, 2, 'd'],
          [1, 2, 'a'],
        ],
        ['p', 'q', 'species'],
      ),
    },
    "b.csv: 1 label never occurs in the training data: line 2, column 3 ('species'): 'd'",
  ),
  bad(
    'other columns',
    { train: 'a.csv', test: 'b.csv' },
    { 'a.csv': good, 'b.csv': csv([[1, 2, 'a']], ['p', 'r', 'species']) },
    "b.csv: lacks 'q', which the training data a.csv has",
    "has 'r', which the training data a.csv does not have",
  ),
  bad(
    'another number of features',
    { train: 'a.csv', test: 'b.csv' },
    { 'a.csv': good, 'b.csv': csv([[1, 2, 3, 'a']]) },
    'b.csv: has 3 features, the training data a.csv has 2',
  ),
  bad(
    'too small a class',
    { train: 'a.csv' },
    { 'a.csv': `${good}1,2,rare\n` },
    "a.csv: too few samples of class 'rare' (1) to split",
  ),
  bad(
    'a regression target',
    { train: 'a.csv', label: -1 },
    { 'a.csv': csv(Array.from({ length: 300 }, (_, row) => [row, row / 7])) },
    '300 different numbers, fractions such as',
    'regression',
  ),
  bad(
    'too many classes',
    { train: 'a.csv', label: 0 },
    { 'a.csv': csv(Array.from({ length: 140_000 }, (_, row) => [row, 1])) },
    'more than 65535 different labels',
  ),
  bad(
    'a label column that is not there',
    { train: 'a.csv', label: 'specie' },
    { 'a.csv': good },
    "there is no column 'specie'; its columns are 'p', 'q', 'species'; did you mean 'species'?",
  ),
  bad(
    'a label column that is not there, and no name like it',
    { train: 'a.csv', label: 'outcome' },
    { 'a.csv': good },
    "there is no column 'outcome'; its columns are 'p', 'q', 'species'",
  ),
  bad(
    'an index that is not there',
    { train: 'a.csv', label: 7 },
    { 'a.csv': good },
    'found index 7, expected 0 to 2',
  ),
  bad(
    'a label to be ignored',
    { train: 'a.csv', label: 'q', ignore: ['q'] },
    { 'a.csv': good },
    "column 2 ('q') is both the label and to be ignored",
  ),
  bad(
    'an image of another size',
    { train: 'a.csv', image: [1, 2, 2] },
    { 'a.csv': good },
    'task.image: found 1 × 2 × 2 = 4 values, expected 2',
  ),
];

describe('bad data', () => {
  test.each(CASES)('$name', async (data) => {
    const message = await errorOf(data);
    for (const part of data.parts) expect(message).toContain(part);
  });

  test('a file to score on without labels', async () => {
    const known = { what: 'the ticket', features: 2, featureNames: ['p', 'q'], classNames: ['a', 'b'] };
    const reading = readTable('a.csv', filesInMemory({ 'a.csv': 'p,q\n1,2\n3,4\n' }), known);
    await expect(reading).rejects.toThrow(
      'a.csv: has no label column beside the features of the ticket; scores need',
    );
  });
});
