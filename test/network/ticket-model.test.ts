/** The ticket is an ONNX file that a stock runtime reads; what evaluator graphs compute is checked in test/evaluation. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { uniformNetwork } from '../../lib/network/initializer.ts';
import { maskedWeights } from '../../lib/network/masked-weights.ts';
import { buildTicketModel } from '../../lib/network/models/ticket-model.ts';
import { readGraph } from '../../lib/network/reading/graph-reader.ts';
import { pack } from '../../lib/search/genome.ts';
import { forward } from '../evaluation/forward.ts';

const network = uniformNetwork([3, 6, 4, 5], 2);
const mask = Array.from({ length: 3 * 6 + 6 * 4 + 4 * 5 }, (_, bit) => Number(bit % 3 !== 1));
const scaling = { scale: [2], offset: [-1] };

describe('the ticket model', () => {
  const model = buildTicketModel(network, pack(mask), scaling, { seed: '7', run: 'an evening in March' });

  test('has the promised inputs and outputs', async () => {
    const session = await InferenceSession.create(model);
    expect(session.inputMetadata).toEqual([{ name: 'x', isTensor: true, type: 'float32', shape: ['N', 3] }]);
    expect(session.outputMetadata).toEqual([
      { name: 'logits', isTensor: true, type: 'float32', shape: ['N', 5] },
      { name: 'label', isTensor: true, type: 'int64', shape: ['N'] },
    ]);
    await session.release();
  });

  test('computes the masked network on raw units, any number of rows at a time', async () => {
    const session = await InferenceSession.create(model);
    for (const rows of [1, 2, 17]) {
      const x = Float32Array.from({ length: rows * 3 }, (_, index) => Math.sin(index));
      const { logits, label } = await session.run({ x: new Tensor('float32', x, [rows, 3]) });
      for (let row = 0; row < rows; row++) {
        const point = Array.from(x.subarray(row * 3, row * 3 + 3), (value) => value * 2 - 1);
        const expected = forward(network, mask, point);
        const found = Array.from(logits?.data.slice(row * 5, row * 5 + 5) ?? [], Number);
        for (const [index, value] of found.entries()) expect(value).toBeCloseTo(expected[index] ?? 0, 4);
        expect(Number(label?.data[row])).toBe(found.indexOf(Math.max(...found)));
      }
    }
    await session.release();
  });

  test('has zeros where the mask prunes, and the frozen weights elsewhere', () => {
    const weights = maskedWeights(network, pack(mask)).flatMap((layer) => [...layer]);
    const frozen = network.weights.flatMap((layer) => [...layer]);
    expect(weights).toEqual(frozen.map((weight, bit) => (mask[bit] === 1 ? weight : 0)));
  });

  test('is the same bytes for the same ticket', () => {
    const again = buildTicketModel(network, pack(mask), scaling, { seed: '7', run: 'an evening in March' });
    expect(again).toEqual(model);
  });

  test('may be a network itself, and its ticket again', async () => {
    const ones = pack(mask.map(() => 1));
    const plain = { scale: [1], offset: [0] };
    let again = model;
    for (const _ of [1, 2, 3]) again = buildTicketModel(readGraph(again, 'a ticket'), ones, plain);
    const x = new Tensor('float32', Float32Array.from([0.3, -1, 2]), [1, 3]);
    const [first, last] = await Promise.all(
      [model, again].map(
        async (bytes) => (await (await InferenceSession.create(bytes)).run({ x })).logits?.data,
      ),
    );
    expect(last).toEqual(first);
  });
});
