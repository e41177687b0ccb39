/** Models whose tensors are in files beside them. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openFile } from '../../lib/base/file-source.ts';
import { readGraph } from '../../lib/network/reading/graph-reader.ts';
import { readModel } from '../../lib/runs/model-file.ts';
import { resolveSpec } from '../../lib/runs/spec-resolution.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';
import { csv, filesInMemory } from '../data/memory.ts';
import { splitModel } from '../network/split-model.ts';
import { temporaryFolder } from '../steps/small-run.ts';

const stored = (name: string) => readFile(new URL(`../network/models/${name}.onnx`, import.meta.url));
const WHOLE = await stored('torch-residual');

test.each(['net.onnx.data', 'weights/of the net.bin'])('the data are in %s', async (location) => {
  const folder = await temporaryFolder();
  const { model, data } = splitModel(WHOLE, location);
  await mkdir(dirname(join(folder, location)), { recursive: true });
  await writeFile(join(folder, 'net.onnx'), model);
  await writeFile(join(folder, location), data);
  const file = join(folder, 'net.onnx');
  const read = await readModel(file, openFile);
  expect(read.external).toBe(true);
  expect(readGraph(read.bytes, 'net')).toEqual(readGraph(WHOLE, 'net'));
  const byUri = await readModel(pathToFileURL(file).href, openFile);
  expect(Buffer.compare(byUri.bytes, read.bytes)).toBe(0);
  // What is in one file already stays as it is.
  await writeFile(file, read.bytes);
  expect(await readModel(file, openFile)).toMatchObject({ bytes: Buffer.from(read.bytes), external: false });
});

test('data without a length go to the end of their file, in S3 as elsewhere', async () => {
  const { model, data } = splitModel(await stored('torch-mlp'), 'w', {});
  const open = filesInMemory({ 's3://bucket/in/net.onnx': model, 's3://bucket/in/w': data });
  // The file is that of several tensors, so each gets too much.
  const { bytes, name } = await readModel('s3://bucket/in/net.onnx', open);
  expect(() => readGraph(bytes, name)).toThrow(/it holds \d+ values, its shape .* needs \d+/);
});

describe('what cannot be read is refused', () => {
  const { model, data } = splitModel(WHOLE, 'net.onnx.data');
  const problem = async (files: Readonly<Record<string, Uint8Array>>) => {
    const spec = parseSpec({ task: { train: 'data.csv' }, network: { model: 'net.onnx' } });
    const rows = csv(Array.from({ length: 20 }, (_, row) => [row, row % 2]));
    return resolveSpec(spec, filesInMemory({ 'data.csv': rows, ...files })).then(
      () => 'resolved',
      (error) => `${error.name}: ${error.message}`,
    );
  };

  test('a file that is missing, or not whole', async () => {
    expect(await problem({ 'net.onnx': model })).toMatch(
      /^InvalidSpec: .*network\.model: net\.onnx: tensor ".*": its data are in the file 'net\.onnx\.data' beside the model, which cannot be read \(net\.onnx\.data: there is no such file\)\. Keep both in one folder, or export with external_data=False/s,
    );
    expect(await problem({ 'net.onnx': model, 'net.onnx.data': data.subarray(0, 100) })).toMatch(
      /the bytes \d+ to \d+ of 'net\.onnx\.data', which has 100: it is not whole, or of another model/,
    );
    expect(await problem({ 'net.onnx': await stored('refused-external') })).toMatch(
      /tensor "weight": its data are in the file 'refused-external\.onnx\.data' beside the model/,
    );
  });

  test.each(['../net.onnx.data', '/etc/passwd', 'C:\\net.data', 'a/../../b', ''])(
    'a file at %j',
    async (place) => {
      const other = splitModel(WHOLE, place);
      expect(await problem({ 'net.onnx': other.model })).toMatch(
        /only files beside the model, or in folders there/,
      );
    },
  );

  test.each([{ offset: 'x' }, { offset: '-1' }, { offset: '0', length: '1e400' }])('%j', async (entries) => {
    const { model: damaged } = splitModel(WHOLE, 'net.onnx.data', entries);
    expect(await problem({ 'net.onnx': damaged, 'net.onnx.data': data })).toMatch(
      /is damaged\. Export the model again/,
    );
  });
});
