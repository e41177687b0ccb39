import { expect, test } from 'vitest';
import { prunableBits } from '../../../lib/network/graph.ts';
import { withoutDeadWeights } from '../../../lib/network/minimising/liveness.ts';
import type { GraphBuilder } from '../../../lib/network/onnx/graph-builder.ts';
import { encodeGraph } from '../../../lib/network/onnx/graph-encoder.ts';
import { readGraph } from '../../../lib/network/reading/graph-reader.ts';
import { pack, unpack } from '../../../lib/search/genome.ts';
import { type Attributes, constant, dense, read } from '../forms.ts';

/** Four channels of one pixel, made by a convolution without bias, normalised over three. */
const graphOf = (attributes: Attributes) =>
  read({
    input: ['N', 1, 1, 1],
    nodes: (model: GraphBuilder, x: string) => {
      const channels = model.node('Conv', [x, constant(model, 'w', 4, 1, 1, 1)], 'channels');
      const value = model.node('LRN', [channels], 'value', attributes);
      return dense(model, model.node('Flatten', [value], 'flat'), 4);
    },
  });

test('is read with its defaults, written and read back', () => {
  const graph = graphOf({ size: 3, alpha: { float: 0.5 } });
  expect(graph.nodes[1]).toMatchObject({ op: 'LRN', size: 3, alpha: 0.5, beta: 0.75, bias: 1 });
  expect(readGraph(encodeGraph(graph), 'again')).toEqual(graph);
});

test('a channel that is zero stays zero; one that is not read itself still matters to its neighbours', () => {
  const graph = graphOf({ size: 3 });
  expect(prunableBits(graph)).toBe(12);
  // Filters 0, 1 and 3 are kept; the first class reads channels 2 and 3, the second none.
  const mask = Uint8Array.of(1, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0);
  // Channel 2 is zero, so nothing reads it; channel 0 is no neighbour of channel 3, nor is channel 1.
  expect([...unpack(withoutDeadWeights(graph, pack(mask)), 12)]).toEqual([
    0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0,
  ]);
  const neighbour = Uint8Array.of(0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0);
  expect([...unpack(withoutDeadWeights(graph, pack(neighbour)), 12)]).toEqual([...neighbour]);
});

test.each([
  [{}, 'its size, alpha, beta and bias are 0, '],
  [{ size: 4 }, 'an odd size'],
  [{ size: 3, bias: { float: 0 } }, 'numbers above 0 are needed'],
] as const)('is refused: %j', (attributes, problem) => {
  expect(() => graphOf(attributes)).toThrow(problem);
});

test('is refused on anything but images', () => {
  const nodes = (model: GraphBuilder, x: string) => dense(model, model.node('LRN', [x], 'y', { size: 3 }), 4);
  expect(() => read({ nodes })).toThrow('an input [N, 4], not [N, channels, height, width]');
});
