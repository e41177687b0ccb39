/** The machine that a benchmark ran on, and how fast onnxruntime multiplies matrices there. */
import { cpus, totalmem } from 'node:os';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { sessionOptions } from '../lib/evaluation/session.ts';
import { GraphBuilder } from '../lib/network/onnx/graph-builder.ts';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly platform: string;
  readonly node: string;
}

export function describeMachine(): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}/${process.arch}`,
    node: process.version,
  };
}

const SIZE = 1024;

/** A run of one SIZE³ product on one thread; gives its operations, 2 · SIZE³. */
export async function matrixProduct(): Promise<() => Promise<number>> {
  const graph = new GraphBuilder();
  graph.node(
    'MatMul',
    [graph.input('a', 'float32', [SIZE, SIZE]), graph.input('b', 'float32', [SIZE, SIZE])],
    'c',
  );
  graph.output('c', 'float32', [SIZE, SIZE]);
  const session = await InferenceSession.create(graph.build('product'), sessionOptions());
  const values = Float32Array.from(
    { length: SIZE * SIZE },
    (_, index) => ((index * 7919) % 1000) / 1000 - 0.5,
  );
  const operand = new Tensor('float32', values, [SIZE, SIZE]);
  const result = { c: new Tensor('float32', new Float32Array(SIZE * SIZE), [SIZE, SIZE]) };
  return async () => {
    await session.run({ a: operand, b: operand }, result);
    return 2 * SIZE ** 3;
  };
}
