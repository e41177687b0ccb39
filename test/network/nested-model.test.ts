/** The nested ticket in onnxruntime: at every share the answers of the ordinary ticket of that mask. */
import { describe, expect, test } from 'vitest';
import { randomChain } from '../../lib/algorithms/nested/chain.ts';
import { random } from '../../lib/base/random.ts';
import { shuffle } from '../../lib/base/shuffle.ts';
import { TicketSession } from '../../lib/evaluation/ticket.ts';
import { convnet } from '../../lib/network/convnets.ts';
import { prunableBits } from '../../lib/network/graph.ts';
import { redraw, uniformNetwork } from '../../lib/network/initializer.ts';
import { readTicketInfo } from '../../lib/network/models/ticket-info.ts';
import { buildNestedModel, buildTicketModel } from '../../lib/network/models/ticket-model.ts';
import { isGraph } from '../../lib/network/network.ts';
import { pack } from '../../lib/search/genome.ts';
import { keptAt } from '../../lib/search/nested-order.ts';

const SCALING = { scale: [2], offset: [-1] };

describe.each([
  ['a multilayer perceptron', uniformNetwork([6, 14, 9, 4], 3), 6],
  ['a convolutional network', redraw(convnet('conv-small', [1, 8, 8], 4), 'kaiming-normal', 3), 64],
])('%s', (_, network, features) => {
  const bits = isGraph(network) ? prunableBits(network) : 6 * 14 + 14 * 9 + 9 * 4;
  const all = shuffle(
    random(2, 'start'),
    Uint32Array.from({ length: bits }, (__, bit) => bit),
  );
  const order = all.subarray(0, Math.round(bits * 0.6));
  const nested = buildNestedModel(network, { bits: order, pauses: [] }, SCALING, { seed: '7' });
  const x = Float32Array.from({ length: 40 * features }, (__, index) => Math.sin(index * 1.7));
  const answers = async (session: TicketSession) => {
    for await (const { logits } of session.answers(x, features)) return [...logits];
    return [];
  };

  test('answers at every share as the ticket of that mask does', async () => {
    await using session = await TicketSession.open(nested);
    for (const share of [0.6, 0.5, 0.31, 0.1, 1 / bits, 0.95]) {
      const mask = new Uint8Array(bits);
      for (const bit of order.subarray(0, Math.round(share * bits))) mask[bit] = 1;
      await using ticket = await TicketSession.open(buildTicketModel(network, pack(mask), SCALING));
      // A constant convolution is laid out in another way, which rounds otherwise.
      const expected = (await answers(ticket)).map((logit) => expect.closeTo(logit, 4));
      expect(await answers(session.keeping(share))).toEqual(expected);
    }
  });

  test('says of itself how many weights it can keep', () => {
    const info = readTicketInfo(nested, 'ticket.nested.onnx');
    expect(info).toMatchObject({ features, classes: 4, nested: { weights: bits, ranked: order.length } });
  });

  test('pauses where a beginning stands for more weights', async () => {
    const [from, to] = [Math.round(0.2 * bits), Math.round(0.3 * bits)];
    const facts = { weights: bits, ranked: order.length, pauses: [{ from, to }] };
    await using paused = await TicketSession.open(
      buildNestedModel(network, { bits: order, pauses: facts.pauses }, SCALING),
    );
    await using steady = await TicketSession.open(nested);
    const shares = [from - 1, from, from + 1, to - 1, to, to + 1, order.length];
    for (const wanted of shares) {
      const kept = keptAt(wanted / bits, facts);
      expect(kept).toBe(wanted >= from && wanted <= to ? from : wanted);
      expect(await answers(paused.keeping(wanted / bits))).toEqual(
        await answers(steady.keeping(kept / bits)),
      );
    }
  });
});

test('the number of kept weights is that of the model where rounding decides on one', async () => {
  // In double precision 0.7 · 45 is less than 31.5.
  const network = uniformNetwork([3, 9, 2], 1);
  const order = Uint32Array.from({ length: 45 }, (_, bit) => bit);
  const kept = keptAt(0.7, { weights: 45, ranked: 45, pauses: [] });
  const mask = pack(Uint8Array.from({ length: 45 }, (_, bit) => Number(bit < kept)));
  const nested = buildNestedModel(network, { bits: order, pauses: [] }, SCALING);
  await using session = await TicketSession.open(nested, 0.7);
  await using ticket = await TicketSession.open(buildTicketModel(network, mask, SCALING));
  const x = Float32Array.of(0.3, -0.4, 0.9);
  for await (const { logits } of session.answers(x, 3))
    for await (const { logits: expected } of ticket.answers(x, 3))
      expect([...logits]).toEqual([...expected].map((logit) => expect.closeTo(logit, 5)));
});

test('an order of some of the weights never brings back the others', async () => {
  const network = uniformNetwork([3, 8, 2], 1);
  const [half = new Uint8Array()] = randomChain(random(1, 'start'), [0.5], 40);
  const order = Uint32Array.from({ length: 40 }, (_, bit) => bit).filter(
    (bit) => ((half[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0,
  );
  await using nested = await TicketSession.open(
    buildNestedModel(network, { bits: order, pauses: [] }, SCALING),
    1,
  );
  await using ticket = await TicketSession.open(buildTicketModel(network, half, SCALING));
  const x = new Float32Array(30).fill(0.3);
  expect(await nested.predict(x, 3)).toEqual(await ticket.predict(x, 3));
});
