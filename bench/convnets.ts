/** Convolutional networks: masks against plain onnxruntime on the same network, unmasked, its weights constants. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { random } from '../lib/base/random.ts';
import { IDENTITY, type Samples } from '../lib/data/dataset.ts';
import { createEvaluator } from '../lib/evaluation/evaluator-choice.ts';
import { sessionOptions } from '../lib/evaluation/session.ts';
import { convnet } from '../lib/network/convnets.ts';
import { type Graph, prunableBits } from '../lib/network/graph.ts';
import { redraw } from '../lib/network/initializer.ts';
import { GraphBuilder } from '../lib/network/onnx/graph-builder.ts';
import { addNode } from '../lib/network/onnx/nodes.ts';
import { sizeOf } from '../lib/network/tensor.ts';
import { evaluating } from './random-masks.ts';

export const CONVNETS = [
  { name: 'lenet-5', image: [1, 28, 28], individuals: 4 },
  { name: 'conv-2', image: [3, 32, 32], individuals: 1 },
] as const;

export const IMAGES = 1_000;
const CLASSES = 10;

/** Images a run of plain onnxruntime: all at once, and fewer, which stay in its caches. The best of them counts. */
export const BATCHES = [1_000, 250, 100, 50] as const;

export interface ConvnetWork {
  /** Index into CONVNETS. */
  readonly convnet: number;
  /** Images a run of plain onnxruntime; masks are evaluated if absent. */
  readonly batch?: number | undefined;
}

/** One repetition of the work; gives how often all images went through the network. */
export async function startConvnetWork({
  convnet: index,
  batch,
}: ConvnetWork): Promise<() => Promise<number>> {
  const chosen = CONVNETS[index] ?? CONVNETS[0];
  const graph = redraw(convnet(chosen.name, chosen.image, CLASSES), 'signed-kaiming-constant', 1);
  const features = sizeOf(chosen.image);
  const stream = random(1, 'dataset');
  const samples = {
    features,
    x: Float32Array.from({ length: IMAGES * features }, () => stream.uniform()),
    labels: Uint16Array.from({ length: IMAGES }, () => stream.below(CLASSES)),
  };
  return batch === undefined ? masked(graph, samples, chosen.individuals) : plain(graph, samples, batch);
}

async function masked(graph: Graph, samples: Samples, individuals: number): Promise<() => Promise<number>> {
  const evaluator = await createEvaluator(graph, samples, IDENTITY, { objective: 'accuracy' });
  return evaluating(evaluator, prunableBits(graph), individuals);
}

async function plain(graph: Graph, { x, features }: Samples, batch: number): Promise<() => Promise<number>> {
  const builder = new GraphBuilder();
  builder.input(graph.input, 'float32', ['N', ...graph.inputShape]);
  for (const [name, { shape, data }] of graph.constants) builder.floats(name, shape, data);
  for (const node of graph.nodes) addNode(builder, node, (name) => name);
  builder.output(graph.output, 'float32', ['N', CLASSES]);
  const session = await InferenceSession.create(builder.build('plain'), sessionOptions());
  const feeds = Array.from({ length: Math.ceil(IMAGES / batch) }, (_, index) => {
    const rows = x.subarray(index * batch * features, (index + 1) * batch * features);
    return { [graph.input]: new Tensor('float32', rows, [rows.length / features, ...graph.inputShape]) };
  });
  return async () => {
    for (const feed of feeds) await session.run(feed);
    return 1;
  };
}
