/** Files made to harm, with the exact answer: names that are code elsewhere, and sizes that are not there. */
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../steps/small-run.ts';
import { runMainIn } from './main.ts';

/** As they are in the file; as a terminal shows them; as the report writes them in HTML. */
const FEATURES = [
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ['=HYPERLINK("http://x")', '=HYPERLINK("http://x")'],
  ['\u001b[31mred\u001b[0m', '\\u001b[31mred\\u001b[0m'],
  ['__proto__', '__proto__'],
] as const;
const CLASSES = [
  ['../../etc/passwd', '../../etc/passwd', '../../etc/passwd'],
  ['<script>alert(1)</script>', '<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
  ['=1+1', '=1+1', '=1+1'],
  ['\u001b]8;;http://x\u0007link', '\\u001b]8;;http://x\\u0007link', '\\u001b]8;;http://x\\u0007link'],
] as const;

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const TABLE = [
  [...FEATURES.map(([name]) => name), 'label'],
  ...Array.from({ length: 80 }, (_, row) => [
    ...FEATURES.map((__, column) => String((row * (2 * column + 3)) % 11)),
    CLASSES[row % 4]?.[0] ?? '',
  ]),
]
  .map((cells) => `${cells.map(quoted).join(',')}\n`)
  .join('');

describe('names', () => {
  test('are data in the terminal, the report and the ticket, never code', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'names.csv'), TABLE);
    const { code, stdout } = await runMainIn(folder, 'data', 'names.csv');
    expect(code).toBe(0);
    for (const [, shown] of [...FEATURES, ...CLASSES]) expect(stdout).toContain(`\n${shown} `);
    const spec = {
      task: { train: 'names.csv' },
      network: { hidden: [3] },
      search: { population: 4 },
      stop: { minGenerations: 0, maxGenerations: 1 },
    };
    await writeFile(join(folder, 'spec.json'), JSON.stringify(spec));
    const ran = await runMainIn(folder, 'run', 'spec.json', '--out', 'run', '--workers', '1');
    expect(ran.code).toBe(0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
    expect(stdout + ran.stdout + ran.stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
    const report = await readFile(join(folder, 'run/report.html'), 'utf8');
    // Of features the report has the first letters only.
    for (const [, , written] of CLASSES) expect(report).toContain(`>${written}<`);
    for (const code of ['<img', '<script', '\u001b']) expect(report).not.toContain(code);
    const ticket = await readFile(join(folder, 'run/ticket.onnx'), 'latin1');
    for (const [name] of CLASSES) expect(ticket).toContain(JSON.stringify(name));
  });

  test('that lead out of the folder name no run', async () => {
    const folder = await temporaryFolder();
    const outside = relative(folder, '/etc');
    expect(await runMainIn(folder, 'report', outside)).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^error: \S*\/etc: holds no run .*\n$/),
    });
  });
});

/** `dims` as IDX has them, bytes each. */
function idx(...dims: number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * dims.length);
  bytes.set([0, 0, 8, dims.length]);
  for (const [axis, size] of dims.entries()) bytes.writeUInt32BE(size, 4 + 4 * axis);
  return bytes;
}

function safetensors(header: string, declared = header.length): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(declared));
  return Buffer.concat([length, Buffer.from(header)]);
}

const HUGE = '{"x":{"dtype":"F32","shape":[1000000000000,8],"data_offsets":[0,32000000000000]}}';

describe('sizes', () => {
  test.each<[string, string, Buffer | string, string]>([
    [
      'zeros that were a thousandth',
      'a.csv.gz',
      gzipSync(Buffer.alloc(50_000_000)),
      'error: a.csv.gz: is not text: it holds a zero byte near byte',
    ],
    [
      'one line without end',
      'a.csv.gz',
      gzipSync(Buffer.alloc(20_000_000, '1,')),
      'error: a.csv.gz: has no rows\n',
    ],
    [
      'a header longer than any file',
      'a.safetensors',
      safetensors('{', 2 ** 53),
      'error: a.safetensors: is not a complete safetensors file: its header should have 9007199254740992 bytes, 1 are there; fetch or save it again\n',
    ],
    [
      'a tensor larger than its file',
      'a.safetensors',
      safetensors(HUGE),
      "error: a.safetensors: is not a complete safetensors file: tensor 'x' extends past the end of the file; fetch or save it again\n",
    ],
    ['images that are not there', 'a.ubyte', idx(4_000_000_000, 4_000_000_000, 4), 'error: a.ubyte: '],
  ])('%s', async (_, name, bytes, message) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, name), bytes);
    await writeFile(join(folder, 'y.ubyte'), idx(4_000_000_000));
    const labels = name.endsWith('.ubyte') ? ['y.ubyte'] : [];
    const { code, stderr } = await runMainIn(folder, 'data', name, ...labels);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });

  test.each(['{"task":', '['])('JSON nested 20,000 deep: %s…', async (open) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'spec.json'), open.repeat(20_000));
    const { code, stderr } = await runMainIn(folder, 'run', 'spec.json');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(
        /^error: spec\.json: found more than 100 objects and lists within each other at line 1, column \d+, expected a spec, which has a few\n$/,
      ),
    });
  });
});
