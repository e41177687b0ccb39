/** Inputs of an evaluator graph beside weights: the values of all samples that no mask changes. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { countSamples } from '../../data/dataset.ts';
import type { Graph } from '../../network/graph.ts';
import { buildPrefixModel, nameOfValue } from '../../network/models/graph-evaluator-model.ts';
import { type CutGraph, splitAtMasks, uncut } from '../../network/models/graph-folding.ts';
import { sizeOf } from '../../network/tensor.ts';
import type { ScaledData } from '../evaluator.ts';
import { sessionOptions } from '../session.ts';
import { cutSamples, type SampleRange, widestNode } from './plan.ts';

/** Bytes that these values may take beyond the data; with more, they are computed anew for every mask. */
const MOST_BYTES = 256e6;

/** By the names of the model's inputs. */
type Values = ReadonlyMap<string, Float32Array>;

/** Values of all samples, by the names of the model's inputs: rows of their shapes. */
export type GraphData = Awaited<ReturnType<typeof graphData>>;

export async function graphData(graph: Graph, data: ScaledData) {
  const split = splitAtMasks(graph);
  const samples = countSamples(data);
  const shapeOf = (name: string) => graph.shapes.get(name) ?? [];
  const size = split.between.reduce((sum, name) => sum + 4 * samples * sizeOf(shapeOf(name)), 0);
  const parts = size <= Math.max(MOST_BYTES, data.x.byteLength) ? split : uncut(graph);
  // The data in another shape are the data.
  const same = new Set([graph.input]);
  for (const { op, inputs, output } of parts.before) {
    if (op === 'Reshape' && same.has(inputs[0] ?? '')) same.add(output);
  }
  const others = parts.between.filter((name) => !same.has(name));
  const computed = new Map(
    others.map((name) => [nameOfValue(name), new Float32Array(samples * sizeOf(shapeOf(name)))]),
  );
  if (computed.size > 0) await compute(graph, parts, data, computed);

  function tensors(count: number, take: (values: Float32Array, size: number) => Float32Array) {
    const named = parts.between.map((name) => {
      const [key, shape] = [nameOfValue(name), shapeOf(name)];
      const values = take(computed.get(key) ?? data.x, sizeOf(shape));
      return [key, new Tensor('float32', values, [count, ...shape])] as const;
    });
    return Object.fromEntries(named);
  }
  return {
    parts,
    samples,
    /** Bytes held beside the data themselves. */
    bytes: [...computed.values()].reduce((sum, { byteLength }) => sum + byteLength, 0),
    /** The values of a range of samples; they are not copied. */
    range: ({ start, samples: count }: SampleRange) =>
      tensors(count, (values, width) => values.subarray(start * width, (start + count) * width)),
    /** The values of some samples. */
    rows: (places: readonly number[]) =>
      tensors(places.length, (values, width) => {
        const rows = new Float32Array(places.length * width);
        for (const [row, place] of places.entries()) {
          rows.set(values.subarray(place * width, (place + 1) * width), row * width);
        }
        return rows;
      }),
  };
}

async function compute(graph: Graph, parts: CutGraph, data: ScaledData, values: Values): Promise<void> {
  const session = await InferenceSession.create(buildPrefixModel(graph, parts), sessionOptions());
  try {
    const samples = countSamples(data);
    for (const { start, samples: count } of cutSamples(samples, widestNode(graph, parts.before))) {
      const x = data.x.subarray(start * data.features, (start + count) * data.features);
      const input = new Tensor('float32', x, [count, ...graph.inputShape]);
      const outputs = await session.run({ [nameOfValue(graph.input)]: input }, [...values.keys()]);
      for (const [name, value] of values) {
        const found = outputs[name]?.data;
        if (!(found instanceof Float32Array)) throw new TypeError(`the graph gave no float32 ${name}`);
        value.set(found, (start * value.length) / samples);
      }
    }
  } finally {
    await session.release();
  }
}
