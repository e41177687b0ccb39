/** A small convolutional network, and its forward pass in double precision. */
import { random } from '../../lib/base/random.ts';
import type { Constant, Graph, GraphNode } from '../../lib/network/graph.ts';
import { assembleGraph } from '../../lib/network/graph-assembly.ts';
import { trainableOf } from '../../lib/network/trainable.ts';
import { forwardGraph } from '../evaluation/forward-graph.ts';
import { HALVING_POOL } from '../network/halving-pool.ts';
import type { Pass } from './reference.ts';

/** Two convolutions with a pool between them that leaves a row over, and a dense layer; for images of 2 × 5 × 4. */
export function smallGraph(seed: number, biases: boolean): Graph {
  const stream = random(seed, 'weights');
  const constants = new Map<string, Constant>();
  const drawn = (name: string, ...shape: number[]) => {
    const size = shape.reduce((all, one) => all * one, 1);
    constants.set(name, { shape, data: Float32Array.from({ length: size }, () => stream.normal()) });
    return name;
  };
  const weights = (layer: string, ...shape: number[]) => [
    drawn(`${layer}.weight`, ...shape),
    ...(biases ? [drawn(`${layer}.bias`, shape[0] ?? 0)] : []),
  ];
  const window = { strides: [1, 1], dilations: [1, 1], group: 1 };
  const nodes: GraphNode[] = [
    {
      op: 'Conv',
      ...window,
      pads: [1, 1, 1, 1],
      name: 'a',
      inputs: ['x', ...weights('a', 3, 2, 3, 3)],
      output: 'a',
    },
    { op: 'Relu', name: 'b', inputs: ['a'], output: 'b' },
    { op: 'MaxPool', ...HALVING_POOL, name: 'c', inputs: ['b'], output: 'c' },
    {
      op: 'Conv',
      ...window,
      pads: [0, 0, 0, 0],
      name: 'd',
      inputs: ['c', ...weights('d', 2, 3, 2, 1)],
      output: 'd',
    },
    { op: 'Relu', name: 'e', inputs: ['d'], output: 'e' },
    { op: 'Reshape', shape: [4], name: 'f', inputs: ['e'], output: 'f' },
    { op: 'Gemm', transB: true, name: 'g', inputs: ['f', ...weights('g', 3, 4)], output: 'g' },
  ];
  return assembleGraph({ input: 'x', inputShape: [2, 5, 4], output: 'g', nodes, constants });
}

/** The forward pass of the network with these parameters, flat, over some samples; kinks are not looked for. */
export function passOf(
  graph: Graph,
  flat: Float64Array,
  x: Float32Array,
  labels: readonly number[],
  rows: readonly number[] = [...labels.keys()],
): Pass {
  // In double precision: the constants' type does not say so.
  const { weights, biases } = trainableOf(graph);
  let offset = 0;
  const own = [...weights, ...biases].map(({ length }) => {
    offset += length;
    return flat.slice(offset - length, offset);
  });
  const constants = new Map<string, Constant>(graph.constants);
  for (const [index, { name, shape, bias }] of graph.prunable.entries()) {
    constants.set(name, { shape, data: own[index] as unknown as Float32Array });
    const data = own[weights.length + index] as unknown as Float32Array;
    if (bias !== undefined) constants.set(bias, { shape: [data.length], data });
  }
  const ones = new Uint8Array(weights.reduce((sum, { length }) => sum + length, 0)).fill(1);
  const logitsOf = forwardGraph({ ...graph, constants }, ones);
  let [loss, correct] = [0, 0];
  for (const row of rows) {
    const logits = [...logitsOf(x.subarray(row * 40, (row + 1) * 40))];
    const own = logits[labels[row] ?? 0] ?? 0;
    loss += (Math.log(logits.reduce((all, logit) => all + Math.exp(logit), 0)) - own) / rows.length;
    if (logits.indexOf(Math.max(...logits)) === labels[row]) correct++;
  }
  return { loss, correct, kink: Number.POSITIVE_INFINITY };
}
