/** What an evaluator graph is fed with beside weights: the values that no mask changes, of all samples. */
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

/** Values of all samples, by the names of the model's inputs: rows of `shape`. */
export class GraphData {
  readonly parts: CutGraph;
  readonly samples: number;
  /** What is held beside the data themselves. */
  readonly bytes: number;
  readonly #values: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;

  static async create(graph: Graph, data: ScaledData): Promise<GraphData> {
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
    const computed = new Map(
      parts.between
        .filter((name) => !same.has(name))
        .map((name) => [nameOfValue(name), new Float32Array(samples * sizeOf(shapeOf(name)))]),
    );
    const values = new Map(
      parts.between.map((name) => {
        const key = nameOfValue(name);
        return [key, { shape: shapeOf(name), data: computed.get(key) ?? data.x }];
      }),
    );
    if (computed.size > 0) await compute(graph, parts, data, computed);
    const bytes = [...computed.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    return new GraphData(parts, samples, values, bytes);
  }

  private constructor(
    parts: CutGraph,
    samples: number,
    values: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>,
    bytes: number,
  ) {
    this.parts = parts;
    this.samples = samples;
    this.#values = values;
    this.bytes = bytes;
  }

  /** The values of a range of samples; they are not copied. */
  range({ start, samples }: SampleRange): Record<string, Tensor> {
    return this.#tensors(samples, (data, size) => data.subarray(start * size, (start + samples) * size));
  }

  /** The values of some samples. */
  rows(places: readonly number[]): Record<string, Tensor> {
    return this.#tensors(places.length, (data, size) => {
      const rows = new Float32Array(places.length * size);
      for (const [row, place] of places.entries()) {
        rows.set(data.subarray(place * size, (place + 1) * size), row * size);
      }
      return rows;
    });
  }

  #tensors(count: number, take: (data: Float32Array, size: number) => Float32Array): Record<string, Tensor> {
    return Object.fromEntries(
      Array.from(this.#values, ([name, { shape, data }]) => {
        return [name, new Tensor('float32', take(data, sizeOf(shape)), [count, ...shape])];
      }),
    );
  }
}

async function compute(
  graph: Graph,
  parts: CutGraph,
  data: ScaledData,
  values: ReadonlyMap<string, Float32Array>,
): Promise<void> {
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
