/** Readouts of the general graph: one implementation for each of its heads. */
import { range } from 'd3-array';
import { Tensor } from 'onnxruntime-node';
import { countWeights } from '../network/architecture.ts';
import type { Score } from '../search/individual.ts';
import type { DoublePrecision } from './double/layers.ts';
import type { Tile } from './tiles.ts';

export interface Readout {
  /** Inputs and outputs of the head, by their names. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly fetches: Readonly<Record<string, Tensor>>;
  /** Sets ε by the error on `samples` under the mask `ones`, which keeps all weights; `run`: runs the graph with it. */
  calibrate(ones: Uint8Array, samples: readonly number[], run: () => Promise<unknown>): Promise<void>;
  /** The score of the individual at place `slot` of the last run, whose mask is `mask`, bytes 0 or 1. */
  score(slot: number, mask: Uint8Array): Score;
}

/** The purpose of a readout. */
export interface ReadoutPlan {
  readonly widths: readonly number[];
  readonly labels: Uint16Array;
  readonly double: DoublePrecision;
  readonly batch: number;
  readonly tiles: readonly Tile[];
}

/**
 * The error that counts as possible, as a multiple of the largest that is measured with nothing pruned, which is
 * where rounding errors are largest. What differs by less is settled in double precision.
 */
const SAFETY = 32;
/** Multiply-adds that the measurement may take. */
const CALIBRATION_WORK = 20e6;

/** Samples on which the error is measured, spread over all. */
export function calibrationSamples({ widths, labels }: Pick<ReadoutPlan, 'widths' | 'labels'>): number[] {
  const samples = Math.max(16, Math.floor(CALIBRATION_WORK / countWeights(widths)));
  const step = Math.max(1, Math.floor(labels.length / samples));
  return range(0, labels.length, step);
}

/** ε, from the largest error that was measured on values up to `largest`. */
export function errorBound(measured: number, largest: number, widths: readonly number[]): number {
  return Math.max(SAFETY * measured, largest * 2 ** -24 * Math.max(...widths), 1e-30);
}

/** The value of one individual and one sample in an output per tile, [batch, width] each. */
export function valueAt(outputs: readonly Float32Array[], tiles: readonly Tile[], sample: number): number {
  const index = tiles.findIndex(({ start, samples }) => sample < start + samples);
  return outputs[index]?.[sample - (tiles[index]?.start ?? 0)] ?? 0;
}

/** The tensors of an output per tile; `sizes` of all their axes but the last. */
export function outputsOf(
  name: string,
  outputs: readonly Float32Array[],
  sizes: readonly [batch: number, ...ones: number[]],
): Record<string, Tensor> {
  const [batch] = sizes;
  return Object.fromEntries(
    outputs.map((values, tile) => {
      return [`${name}.${tile}`, new Tensor('float32', values, [...sizes, values.length / batch])];
    }),
  );
}
