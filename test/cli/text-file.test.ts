/** What commands may write, and what they may not. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refuseArtifact } from '../../lib/cli/text-file.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tombola-'));
  const files = [
    'run/spec.json',
    'run/run.json',
    'sweep/sweep.json',
    'sweep/sweep.csv',
    'sweep/cells/a/note',
  ];
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), '');
  }
});
afterAll(() => rm(folder, { recursive: true }));

describe('a file of a run or of a sweep is never written over', () => {
  test.each([
    ['run/ticket.onnx', 'run'],
    ['run/front/01.onnx', 'run'],
    ['run/model/prior.safetensors', 'run'],
    ['sweep/table.csv', 'sweep'],
    ['sweep/cells/a/report.html', 'sweep'],
  ])('%s', (file, kind) => {
    expect(() => refuseArtifact(join(folder, file))).toThrow(
      new RegExp(`${file}: is a file of the ${kind} .*/${kind}, which would lose it`),
    );
  });
});

test.each([
  'run/notes.csv',
  'run/classes/mine.onnx',
  'run/spec.json/summary.json',
  'sweep/cells/a/notes.csv',
  'ticket.onnx',
])('%s may be written', (file) => {
  expect(() => refuseArtifact(join(folder, file))).not.toThrow();
});
