/** A made-up run of a small convolutional network, on data with names. */

import { random } from '../../lib/base/random.ts';
import { keptWeights } from '../../lib/landscape/kept-shares.ts';
import { type Constant, type Graph, type GraphNode, prunableBits } from '../../lib/network/graph.ts';
import { assembleGraph } from '../../lib/network/graph-assembly.ts';
import { sizeOf } from '../../lib/network/tensor.ts';
import type { ReportInput } from '../../lib/report/report.ts';
import { countOnes, pack } from '../../lib/search/genome.ts';
import { HALVING_POOL } from '../network/halving-pool.ts';
import { exampleInput } from './example.ts';

const CLASSES = ['T-shirt', 'trouser', 'pullover', 'dress', 'ankle boot with a long name', '<sneaker>'];

/** Two convolutions with a residual sum, pooling, a dense layer. */
export function exampleGraph(): Graph {
  const stream = random(9, 'weights');
  const constants = new Map<string, Constant>();
  const constant = (name: string, shape: readonly number[]) => {
    constants.set(name, { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => stream.normal()) });
    return name;
  };
  const conv = { op: 'Conv', strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 } as const;
  const nodes: GraphNode[] = [
    { ...conv, name: 'conv1', inputs: ['x', constant('conv1.weight', [16, 1, 3, 3])], output: 'a' },
    { op: 'Relu', name: 'relu1', inputs: ['a'], output: 'b' },
    { ...conv, name: 'conv2', inputs: ['b', constant('features.conv2.weight', [16, 16, 3, 3])], output: 'c' },
    { op: 'Add', name: 'sum', inputs: ['c', 'b'], output: 'd' },
    { op: 'Relu', name: 'relu2', inputs: ['d'], output: 'e' },
    { op: 'MaxPool', ...HALVING_POOL, name: 'pool', inputs: ['e'], output: 'f' },
    { op: 'Reshape', shape: [256], name: 'flatten', inputs: ['f'], output: 'g' },
    {
      op: 'Gemm',
      transB: true,
      name: 'fc',
      inputs: ['g', constant('fc.weight', [CLASSES.length, 256]), constant('fc.bias', [CLASSES.length])],
      output: 'logits',
    },
  ];
  return assembleGraph({ input: 'x', inputShape: [1, 8, 8], output: 'logits', nodes, constants });
}

/** A few filters of each layer keep nothing. */
export function exampleGraphInput(): ReportInput {
  const network = exampleGraph();
  const bits = prunableBits(network);
  const stream = random(7, 'start');
  const keep = network.prunable.flatMap(({ shape: [outputs = 0, ...rest] }) =>
    Array.from({ length: outputs }, (_, output) => ({
      share: output % 5 === 3 ? 0 : 0.2 + 0.6 * stream.uniform(),
      size: sizeOf(rest),
    })),
  );
  const drawMask = () =>
    pack(
      keep.flatMap(({ share, size }) => Array.from({ length: size }, () => Number(stream.uniform() < share))),
    );
  const ticket = drawMask();
  const kept = countOnes(ticket);
  const input = exampleInput({ widths: [64, 8, CLASSES.length] });
  return {
    ...input,
    summary: {
      ...input.summary,
      preset: null,
      layers: null,
      network: 'conv-small',
      keptWeights: kept,
      prunableWeights: bits,
      sparsity: 1 - kept / bits,
      validationAccuracy: 0.9812,
    },
    network,
    ticket,
    names: { classes: CLASSES },
    kept: keptWeights(network, Array.from({ length: 10 }, drawMask)),
  };
}
