/** Models that name their classes, in an order of their own. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ModelProto } from '../../lib/network/onnx/schema.ts';
import { readGraph } from '../../lib/network/reading/graph-reader.ts';
import { resolveSpec } from '../../lib/runs/spec-resolution.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';
import { csv, filesInMemory } from '../data/memory.ts';

const stored = (name: string) => readFileSync(new URL(`../network/models/${name}.onnx`, import.meta.url));
const STORED = stored('sklearn-multiclass');
/** AttributeProto.AttributeType of a list of texts, and TensorProto.DataType of texts. */
const STRINGS = 8;

interface Node {
  readonly opType: string;
  readonly input: readonly string[];
  attribute: object[];
}

/** The model of scikit-learn with other labels for its ZipMap, or one that has none, with others to pick from. */
function modelWith(labels: readonly string[], zipped = true): Uint8Array {
  const bytes = zipped ? STORED : stored('sklearn-pipeline');
  const model = ModelProto.toObject(ModelProto.decode(bytes));
  const texts = labels.map((label) => Buffer.from(label));
  const nodes: Node[] = model.graph.node;
  const zip = nodes.find(({ opType }) => opType === 'ZipMap');
  if (zip) zip.attribute = [{ name: 'classlabels_strings', strings: texts, type: STRINGS }];
  const picker = nodes.find(({ opType }) => opType === 'ArrayFeatureExtractor');
  for (const tensor of model.graph.initializer) {
    if (zip || tensor.name !== picker?.input[0]) continue;
    Object.assign(tensor, { dataType: STRINGS, stringData: texts, int64Data: [], int32Data: [] });
    delete tensor.rawData;
  }
  return ModelProto.encode(ModelProto.create(model)).finish();
}

/** Four features and a label a row, each label in turn. */
const dataWith = (labels: readonly string[]) =>
  csv(
    Array.from({ length: 60 }, (_, row) => [row, row % 7, 1, 2, labels[row % labels.length] ?? '']),
    ['a', 'b', 'c', 'd', 'label'],
  );

const resolved = (model: Uint8Array, labels: readonly string[], network: object = {}) =>
  resolveSpec(
    parseSpec({ task: { train: 'data.csv' }, network: { model: 'net.onnx', ...network } }),
    filesInMemory({ 'data.csv': dataWith(labels), 'net.onnx': model }),
  );

test('are read from a ZipMap, or from the constant that labels are picked from', () => {
  for (const zipped of [true, false])
    expect(readGraph(modelWith(['1', '10', '2'], zipped), 'net').classNames).toEqual(['1', '10', '2']);
  // Numbers in order name nothing.
  expect(readGraph(STORED, 'net').classNames).toBeUndefined();
});

test('give their order to the data', async () => {
  const own = await resolved(modelWith(['1', '2', '10']), ['10', '1', '2']);
  expect(own.dataset.classNames).toEqual(['1', '2', '10']);
  expect(own.spec.network).not.toHaveProperty('found.classNames');

  const other = await resolved(modelWith(['1', '10', '2']), ['10', '1', '2']);
  expect(other.dataset.classNames).toEqual(['1', '10', '2']);
  expect(other.spec.network).toMatchObject({ found: { classNames: ['1', '10', '2'] } });
  for (const part of ['train', 'test'] as const) {
    expect(other.dataset[part].x).toEqual(own.dataset[part].x);
    expect([...other.dataset[part].labels]).toEqual(
      Array.from(own.dataset[part].labels, (label) => [0, 2, 1][label]),
    );
  }
});

test('keep out of the way where the weights are drawn anew, or where they are numbers alone', async () => {
  const drawn = await resolved(modelWith(['1', '10', '2']), ['10', '1', '2'], { weights: 'redrawn' });
  expect(drawn.dataset.classNames).toEqual(['1', '2', '10']);
  const numbered = await resolved(STORED, ['setosa', 'versicolor', 'virginica']);
  expect(numbered.dataset.classNames).toEqual(['setosa', 'versicolor', 'virginica']);
});

test('must be those of the data', async () => {
  await expect(resolved(modelWith(['cat', 'dog', 'owl']), ['cat', 'dog', 'fox'])).rejects.toThrow(
    'network.model: net.onnx has the classes "cat", "dog", "owl", the data have "cat", "dog", "fox"; they must be the same',
  );
});
