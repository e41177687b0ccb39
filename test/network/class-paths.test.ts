import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at } from '../../lib/base/at.ts';
import { random } from '../../lib/base/random.ts';
import { TicketSession } from '../../lib/evaluation/ticket.ts';
import { pathsOfClasses } from '../../lib/network/class-paths.ts';
import { prunableBits } from '../../lib/network/graph.ts';
import { graphOfLayers } from '../../lib/network/layers-graph.ts';
import { buildTicketModel } from '../../lib/network/models/ticket-model.ts';
import type { AnyNetwork } from '../../lib/network/network.ts';
import { isGraph } from '../../lib/network/network.ts';
import { oneAgainstRest } from '../../lib/network/one-against-rest.ts';
import { countOnes, pack, unpack } from '../../lib/search/genome.ts';
import { randomGraph } from './channel-graph.ts';
import { drawGraph } from './drawn-graph.ts';
import '../properties.ts';

/** [2, 3, 2]: the third unit has no input and a bias of 0, the second feeds the second class alone. */
const NETWORK = {
  widths: [2, 3, 2],
  weights: [Float32Array.of(1, 2, 3, 4, 5, 6), Float32Array.of(1, -1, 2, -2, 1, 3)],
  biases: [Float32Array.of(0, 0.5, 0), Float32Array.of(0.25, -0.5)],
};

test('a path is what leads to the logit, without units that always emit zero', () => {
  const ticket = pack([1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0]);
  expect(pathsOfClasses(NETWORK, ticket).map((path) => unpack(path, 12).join(''))).toEqual([
    '100000100000',
    '101100000110',
  ]);
});

test('the threshold and the logit of the class are what is left of the outputs', async () => {
  const { network, over } = oneAgainstRest(NETWORK, 1, 1.5);
  const ticket = pack([1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0]);
  const genome = over(at(pathsOfClasses(NETWORK, ticket), 1));
  expect(unpack(genome, 12).join('')).toBe('101100000110');
  const model = buildTicketModel(network, genome, { scale: [1], offset: [0] });
  await using session = await TicketSession.open(model);
  for await (const { logits, label } of session.answers(Float32Array.of(1, 1, -1, 0), 2)) {
    // Units 1 and 7.5, then 0 and 0: −2 · 1 + 1 · 7.5 − 0.5, and −0.5.
    expect([...logits]).toEqual([1.5, 5, 1.5, -0.5]);
    expect([...label].map(Number)).toEqual([1, 0]);
  }
});

/** Networks that end in a dense layer, stored either way, and in other operators. */
function networkOf(seed: number): AnyNetwork {
  if (seed % 4 === 0) return NETWORK;
  if (seed % 4 === 1) return graphOfLayers(NETWORK);
  return seed % 4 === 2 ? randomGraph(seed) : drawGraph(seed, seed % 10);
}

test('under its path alone, the class has the logit that it has in the ticket', async () => {
  let sliced = 0;
  const cases = fc.record({ seed: fc.nat(1_000_000), keep: fc.constantFrom(0.1, 0.3, 0.6, 1) });
  await fc.assert(
    fc.asyncProperty(cases, async ({ seed, keep }) => {
      const network = networkOf(seed);
      const bits = isGraph(network) ? prunableBits(network) : 12;
      const stream = random(seed, 'mutate');
      const ticket = pack(Array.from({ length: bits }, () => Number(stream.uniform() < keep)));
      const width = isGraph(network) ? network.inputShape.reduce((size, one) => size * one, 1) : 2;
      const x = Float32Array.from({ length: 8 * width }, () => 2 * stream.normal());
      const scaling = { scale: [1], offset: [0] };
      const whole = await logitsOf(buildTicketModel(network, ticket, scaling), x, width);
      const paths = pathsOfClasses(network, ticket);
      const classes = paths.length;
      const label = stream.below(classes);
      const binary = oneAgainstRest(network, label, 0.25);
      const genome = binary.over(at(paths, label));
      expect(countOnes(genome)).toBe(countOnes(at(paths, label)));
      const own = await logitsOf(buildTicketModel(binary.network, genome, scaling), x, width);
      const expected = Array.from({ length: 8 }, (_, row) => at(whole, row * classes + label));
      if (!expected.every(Number.isFinite)) return;
      const scale = Math.max(1, ...expected.map(Math.abs));
      for (const [row, logit] of expected.entries()) {
        expect(own[2 * row]).toBe(0.25);
        expect(Math.abs(at(own, 2 * row + 1) - logit) / scale).toBeLessThan(1e-5);
      }
      if (countOnes(genome) < countOnes(ticket)) sliced++;
    }),
    { numRuns: 100 },
  );
  expect(sliced).toBeGreaterThan(30);
});

async function logitsOf(model: Uint8Array, x: Float32Array, width: number): Promise<Float32Array> {
  await using session = await TicketSession.open(model);
  for await (const { logits } of session.answers(x, width)) return logits;
  return new Float32Array();
}
