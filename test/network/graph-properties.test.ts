/** What holds for any graph network: models are read back as they were written, and damage is told or does no harm. */
import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { convnet } from '../../lib/network/convnets.ts';
import { type Graph, prunableBits } from '../../lib/network/graph.ts';
import { redraw, uniformNetwork } from '../../lib/network/initializer.ts';
import { graphOfLayers, layersOfGraph } from '../../lib/network/layers-graph.ts';
import { buildTicketModel } from '../../lib/network/models/ticket-model.ts';
import { encodeGraph } from '../../lib/network/onnx/graph-encoder.ts';
import { readGraph } from '../../lib/network/reading/graph-reader.ts';
import { sizeOf } from '../../lib/network/tensor.ts';
import { UnusableModel } from '../../lib/network/unusable-model.ts';
import { drawGraph, graphs } from './drawn-graph.ts';

async function run(model: Uint8Array, input: string, shape: readonly number[], samples: number) {
  const session = await InferenceSession.create(model, { logSeverityLevel: 3 });
  const x = Float32Array.from({ length: samples * sizeOf(shape) }, (_, index) => Math.sin(1.7 * index));
  const outputs = await session.run({ [input]: new Tensor('float32', x, [samples, ...shape]) });
  const [name = ''] = session.outputNames;
  await session.release();
  const { dims, data } = outputs[name] ?? { dims: [], data: [] };
  return { dims: [...dims], data: Array.from(data, Number) };
}

describe('a graph', () => {
  test('is read back as it was written', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        expect(readGraph(encodeGraph(graph), 'graph')).toEqual(graph);
      }),
      { numRuns: 500 },
    );
  });

  test('computes what its shapes say, for any number of samples, and its ticket the same', async () => {
    const operators = new Set<string>();
    await fc.assert(
      fc.asyncProperty(graphs, async (graph) => {
        for (const { op } of graph.nodes) operators.add(op);
        const all = new Uint8Array(Math.ceil(prunableBits(graph) / 8)).fill(255);
        const ticket = buildTicketModel(graph, all, { scale: [1], offset: [0] });
        for (const samples of [1, 3]) {
          const logits = await run(encodeGraph(graph), graph.input, graph.inputShape, samples);
          expect(logits.dims).toEqual([samples, graph.classes]);
          const flat = await run(ticket, 'x', [sizeOf(graph.inputShape)], samples);
          expect(flat.dims).toEqual(logits.dims);
          const size = Math.max(1, ...logits.data.map(Math.abs));
          for (const [index, value] of flat.data.entries())
            expect(Math.abs(value - (logits.data[index] ?? 0)) / size).toBeLessThan(1e-4);
        }
      }),
      { numRuns: 80 },
    );
    expect(operators.size).toBeGreaterThan(30);
  });

  test('has a genome that covers its weights once, in the order of their use', () => {
    fc.assert(
      fc.property(graphs, ({ prunable, nodes, constants }) => {
        let offset = 0;
        for (const tensor of prunable) {
          expect(tensor.offset).toBe(offset);
          offset += tensor.size;
          expect(constants.get(tensor.name)?.data.length).toBe(tensor.size);
        }
        const used = nodes.filter(({ op }) => /^(Conv|Gemm|MatMul)$/.test(op)).map(({ inputs }) => inputs[1]);
        expect(prunable.map(({ name }) => name)).toEqual([...new Set(used)]);
      }),
    );
  });
});

describe('a multilayer perceptron', () => {
  const widths = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 5 });

  test('is a graph and back', () => {
    fc.assert(
      fc.property(widths, fc.nat(1_000), (sizes, seed) => {
        const network = uniformNetwork([...sizes, 2], seed);
        const graph = graphOfLayers(network);
        expect(layersOfGraph(graph)).toEqual(network);
        expect(layersOfGraph(readGraph(encodeGraph(graph), 'layers'))).toEqual(network);
      }),
    );
  });

  test('draws the same weights as a graph', () => {
    const graph = graphOfLayers(uniformNetwork([5, 4, 3], 0));
    expect(layersOfGraph(redraw(graph, 'uniform', 7))).toEqual(uniformNetwork([5, 4, 3], 7));
  });

  test('is none where weights are kept out of the mask, stored otherwise, or more than ReLU stands between', () => {
    const bytes = encodeGraph(graphOfLayers(uniformNetwork([3, 4, 2], 0)));
    expect(layersOfGraph(readGraph(bytes, 'x', { exclude: ['layers.1.*'] }))).toBeUndefined();
    expect(layersOfGraph(convnet('conv-small', [1, 8, 8], 10))).toBeUndefined();
  });
});

/** Whatever the bytes: a graph that can be written and read, or a refusal. */
function readOrRefused(bytes: Uint8Array): Graph | undefined {
  try {
    const graph = readGraph(bytes, 'damaged.onnx');
    expect(readGraph(encodeGraph(graph), 'again')).toEqual(graph);
    return graph;
  } catch (error) {
    if (!(error instanceof UnusableModel)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    for (const problem of error.problems) expect(problem).not.toMatch(/undefined|\[object/);
    return undefined;
  }
}

describe('damaged models', () => {
  const models = [3, 8, 21, 34].map((seed) => encodeGraph(drawGraph(seed, 8)));
  const model = fc.constantFrom(...models);

  test('that are cut short are refused', () => {
    fc.assert(
      fc.property(model, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (bytes, share) => {
        expect(readOrRefused(bytes.subarray(0, Math.floor(share * bytes.length)))).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test('with flipped bits are refused, or still networks', () => {
    let refused = 0;
    fc.assert(
      fc.property(
        model,
        fc.array(fc.tuple(fc.nat(1_000_000), fc.integer({ min: 0, max: 7 })), { minLength: 1, maxLength: 4 }),
        (bytes, flips) => {
          const damaged = Uint8Array.from(bytes);
          for (const [place, bit] of flips) {
            const at = place % damaged.length;
            damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
          }
          if (readOrRefused(damaged) === undefined) refused++;
        },
      ),
      { numRuns: 1_000 },
    );
    expect(refused).toBeGreaterThan(250);
  });

  test('of random bytes are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(readOrRefused(bytes)).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });
});
