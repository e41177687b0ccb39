import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { random } from '../../lib/base/random.ts';
import { type Graph, prunableBits } from '../../lib/network/graph.ts';
import { hasLivePath, withoutDeadWeights } from '../../lib/network/minimising/liveness.ts';
import { countParameters, minimise } from '../../lib/network/minimising/minimisation.ts';
import { buildMinimisedModel, buildTicketModel } from '../../lib/network/models/ticket-model.ts';
import { sizeOf } from '../../lib/network/tensor.ts';
import { countOnes, pack } from '../../lib/search/genome.ts';
import { randomGraph } from './channel-graph.ts';
import { drawGraph } from './drawn-graph.ts';
import '../properties.ts';

const SAMPLES = 16;
const RUNS = Number(process.env.RUNS ?? 150);

/** Of two kinds: channels that are joined, tied and mixed; and all operations. */
const graphOf = (seed: number) => (seed % 3 === 0 ? drawGraph(seed, seed % 10) : randomGraph(seed));

const cases = fc.record({
  seed: fc.nat(1_000_000),
  keep: fc.constantFrom(0, 0.02, 0.1, 0.3, 0.5, 0.9, 1),
});

function maskOf(graph: Graph, seed: number, keep: number): Uint8Array {
  const stream = random(seed, 'mutate');
  return pack(Array.from({ length: prunableBits(graph) }, () => Number(stream.uniform() < keep)));
}

function samplesOf(graph: Graph, seed: number): Float32Array {
  const stream = random(seed, 'noise');
  return Float32Array.from({ length: SAMPLES * sizeOf(graph.inputShape) }, () => 2 * stream.normal());
}

async function run(model: Uint8Array, x: Float32Array, width: number) {
  const session = await InferenceSession.create(model, { logSeverityLevel: 4 });
  const outputs = await session.run({ x: new Tensor('float32', x, [SAMPLES, width]) });
  await session.release();
  return { logits: outputs.logits?.data as Float32Array, label: outputs.label?.data as BigInt64Array };
}

test('the minimised network answers as the masked one does', async () => {
  let smaller = 0;
  await fc.assert(
    fc.asyncProperty(cases, async ({ seed, keep }) => {
      const graph = graphOf(seed);
      const width = sizeOf(graph.inputShape);
      const genome = maskOf(graph, seed, keep);
      const x = samplesOf(graph, seed);
      const live = hasLivePath(graph, genome);
      const scaling = { scale: [0.5], offset: [0.25] };
      const minimised = minimise(graph, genome);
      const before = await run(buildTicketModel(graph, genome, scaling), x, width);
      const after = await run(buildMinimisedModel(minimised, width, scaling), x, width);
      // A window of a maximum may lie on padding alone.
      if (!before.logits.every(Number.isFinite)) return;
      // Without a path the answer is the same for all samples.
      if (!live)
        expect(before.logits).toEqual(
          Float32Array.from(before.logits, (_, index) => before.logits[index % graph.classes] ?? 0),
        );
      const largest = before.logits.reduce((most, one) => Math.max(most, Math.abs(one)), 1e-3);
      for (const [index, logit] of before.logits.entries()) {
        expect(Math.abs(logit - (after.logits[index] ?? Number.NaN)) / largest).toBeLessThan(1e-5);
      }
      expect(after.label).toEqual(before.label);
      expect(countParameters(minimised.graph)).toBeLessThanOrEqual(countParameters(graph));
      if (countParameters(minimised.graph) < countParameters(graph)) smaller++;
    }),
    { numRuns: RUNS },
  );
  expect(smaller).toBeGreaterThan(RUNS / 3);
}, 120_000);

test('removing dead weights changes no output', async () => {
  let fewer = 0;
  await fc.assert(
    fc.asyncProperty(cases, async ({ seed, keep }) => {
      const graph = graphOf(seed);
      const width = sizeOf(graph.inputShape);
      const genome = maskOf(graph, seed, keep);
      const cleaned = withoutDeadWeights(graph, genome);
      expect(withoutDeadWeights(graph, cleaned)).toBe(cleaned);
      if (cleaned === genome) return;
      fewer++;
      expect(countOnes(cleaned)).toBeLessThan(countOnes(genome));
      const x = samplesOf(graph, seed);
      const model = (mask: Uint8Array) =>
        run(buildTicketModel(graph, mask, { scale: [1], offset: [0] }), x, width);
      expect((await model(cleaned)).logits).toEqual((await model(genome)).logits);
    }),
    { numRuns: RUNS },
  );
  expect(fewer).toBeGreaterThan(RUNS / 6);
}, 120_000);
