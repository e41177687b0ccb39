/** ONNX models of other libraries with wrong bytes, sizes and names, through the commands that read them; and tickets. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SEAL } from '../../lib/base/seal.ts';
import { drawSamples } from '../../lib/cli/network-rate.ts';
import { IDENTITY } from '../../lib/data/dataset.ts';
import { createEvaluator } from '../../lib/evaluation/evaluator-choice.ts';
import { prunableBits } from '../../lib/network/graph.ts';
import { uniformNetwork } from '../../lib/network/initializer.ts';
import { buildTicketModel } from '../../lib/network/models/ticket-model.ts';
import { sizeOfGraph } from '../../lib/network/network.ts';
import { ModelProto } from '../../lib/network/onnx/schema.ts';
import { readGraph } from '../../lib/network/reading/graph-reader.ts';
import { UnusableModel } from '../../lib/network/unusable-model.ts';
import { pack, packGenomes } from '../../lib/search/genome.ts';
import { temporaryFolder } from '../steps/small-run.ts';
import { answered, bounded, damagedBytes, HOSTILE_TEXTS, PATIENT } from './answers.ts';

const FILES = [
  'keras-convnet',
  'keras-functional',
  'sklearn-multiclass',
  'sklearn-pipeline',
  'torch-mlp',
  'torch-opset-9',
  'torch-residual',
  'torch-residual-dynamo',
  'torch-varied',
];
const bytesOf = (name: string) =>
  new Uint8Array(readFileSync(fileURLToPath(new URL(`../network/models/${name}.onnx`, import.meta.url))));

/** Integers that sizes, axes, paddings and types should not be. */
const NUMBERS = [
  -(2 ** 53),
  -(2 ** 31),
  -2,
  -1,
  0,
  1,
  2,
  3,
  7,
  8,
  100,
  65_537,
  2 ** 31 - 1,
  2 ** 40,
  2 ** 53,
];

type Leaf = { readonly holder: Record<string, unknown>; readonly key: string };

/** The numbers and texts of a message; lists of numbers count as one, weights as none. */
function leavesIn(value: unknown): Leaf[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  const holder: Record<string, unknown> = Object.assign(value);
  return Object.entries(value).flatMap(([key, inner]) => {
    const isLeaf = typeof inner === 'number' || typeof inner === 'string';
    return isLeaf ? [{ holder, key }] : leavesIn(inner);
  });
}

/** The model with one to three of its numbers and texts replaced. */
function damagedModel(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const plain = () => ModelProto.toObject(ModelProto.decode(bytes), { longs: Number });
  const count = leavesIn(plain()).length;
  const change = fc.tuple(
    fc.nat(count - 1),
    fc.constantFrom(...NUMBERS),
    fc.constantFrom(...HOSTILE_TEXTS, 'Relu', 'Reshape', 'x'),
  );
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    const model = plain();
    const leaves = leavesIn(model);
    for (const [at, number, text] of changes) {
      const { holder, key } = leaves[at] ?? { holder: {}, key: '' };
      holder[key] = typeof holder[key] === 'number' ? number : text;
    }
    return ModelProto.encode(ModelProto.fromObject(model)).finish();
  });
}

/** Multiply-adds of a sample above which a model is not evaluated here. */
const MOST_WORK = 1e6;

describe('models', PATIENT, () => {
  test.each(FILES)('%s', async (name) => {
    const bytes = bytesOf(name);
    await fc.assert(
      fc.asyncProperty(fc.oneof(damagedBytes(bytes), damagedModel(bytes)), async (model) => {
        try {
          const graph = readGraph(model, name);
          const { multiplyAdds, units } = sizeOfGraph(graph);
          if (multiplyAdds + units > MOST_WORK) return;
          const evaluator = await createEvaluator(graph, drawSamples(graph, 3), IDENTITY, {
            objective: 'cross-entropy',
          });
          try {
            const mask = pack(Array.from({ length: prunableBits(graph) }, () => 1));
            const { correct } = await evaluator.evaluate(packGenomes([mask], prunableBits(graph)));
            expect(correct[0]).toBeLessThanOrEqual(3);
          } finally {
            await evaluator.release();
          }
        } catch (error) {
          if (!(error instanceof UnusableModel)) throw error;
          expect(error.message).not.toMatch(/^\s*$/);
        }
      }),
      bounded(0.25),
    );
  });

  test('from files, by the command line', async () => {
    const file = join(await temporaryFolder(), 'model.onnx');
    const model = fc
      .constantFrom(...FILES)
      .chain((name) => fc.oneof(damagedBytes(bytesOf(name)), damagedModel(bytesOf(name))));
    await fc.assert(
      fc.asyncProperty(model, async (bytes) => {
        await writeFile(file, bytes);
        await answered('network', file, '--no-measure', '--json');
      }),
      bounded(),
    );
  });
});

test('tickets, with their checksum and without', PATIENT, async () => {
  const network = uniformNetwork([2, 3, 2], 1);
  const ticket = buildTicketModel(
    network,
    pack(Array.from({ length: 12 }, (_, bit) => bit % 2)),
    IDENTITY,
    {},
  );
  const unsealed = Buffer.from(Uint8Array.from(ticket));
  unsealed.write('x', unsealed.lastIndexOf(SEAL));
  const folder = await temporaryFolder();
  const [file, data] = [join(folder, 'ticket.onnx'), join(folder, 'data.csv')];
  await writeFile(data, 'a,b,label\n1,2,0\n3,4,1\n');
  const model = fc.oneof(damagedBytes(ticket), damagedBytes(unsealed), damagedModel(unsealed));
  await fc.assert(
    fc.asyncProperty(model, async (bytes) => {
      await writeFile(file, bytes);
      await answered('evaluate', file, '--data', data, '--json');
    }),
    bounded(),
  );
});
