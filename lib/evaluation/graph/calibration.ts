/** How far single precision may be from double precision on a graph network. */
import type { Graph } from '../../network/graph.ts';
import type { GraphDouble } from '../double/graph.ts';

/** The possible error, in multiples of the largest measured; what differs by less is settled in double precision. */
const SAFETY = 32;
/** Multiply-adds in double precision that the measurement may take for a mask; it takes at least FEWEST samples … */
const CALIBRATION_WORK = 20e6;
const FEWEST = 2;
/** … and with more multiply-adds a sample than these, which take half a second, one sample and fewer masks. */
const LARGE = 200e6;
/** Single precision ends at 3.4e38; activations may be that large where logits are this. */
const OVERFLOWING = 1e30;
const MOST = 64;

/** Samples on which the error is measured, spread over all. */
export function calibrationPlaces(samples: number, multiplyAdds: number): number[] {
  const fewest = multiplyAdds > LARGE ? 1 : FEWEST;
  const wanted = Math.max(fewest, Math.min(MOST, Math.floor(CALIBRATION_WORK / Math.max(1, multiplyAdds))));
  const count = Math.min(samples, wanted);
  return Array.from({ length: count }, (_, index) => Math.floor((index * samples) / count));
}

/**
 * Masks on which it is measured. Keeping positive weights alone makes the largest activations, and errors, that there are
 * after ReLU, and the smallest for their size; the others are those of a search: everything, half, a tenth.
 */
const KINDS: readonly ((weight: number, byte: number) => boolean)[] = [
  () => true,
  (_, byte) => byte < 26,
  (weight) => weight > 0,
  (_, byte) => byte < 128,
  (weight, byte) => weight > 0 || byte < 128,
];
/** For large networks the extremes, whose sums hold all of a search's between them. */
const FEWEST_KINDS = 3;

/** The same masks one after another, each in the same bytes. `multiplyAdds`: of the graph. */
export function* calibrationMasks(graph: Graph, multiplyAdds: number, mask: Uint8Array): Generator<void> {
  // Xorshift (Marsaglia 2003): millions of bits whose only duty is to be mixed.
  let state = 0x9e3779b9;
  for (const keeps of multiplyAdds > LARGE ? KINDS.slice(0, FEWEST_KINDS) : KINDS) {
    for (const { name, offset, size } of graph.prunable) {
      const weights = graph.constants.get(name)?.data;
      for (let index = 0; index < size; index++) {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        mask[offset + index] = keeps(weights?.[index] ?? 0, state & 255) ? 1 : 0;
      }
    }
    yield;
  }
}

/**
 * Of `logits`, a row for each of the samples `places`: the largest error of a finite one as a share of the largest, and
 * whether one is not finite (`broken`) that is far from overflowing in double precision.
 */
export function deviationOf(double: GraphDouble, mask: Uint8Array, places: number[], logits: Float32Array) {
  let error = 0;
  let largest = 0;
  let broken = false;
  for (const [row, sample] of places.entries()) {
    const exact = double.logits(mask, sample);
    for (const [label, logit] of exact.entries()) {
      const found = logits[row * exact.length + label] ?? 0;
      if (!Number.isFinite(found)) {
        if (Math.abs(logit) < OVERFLOWING) broken = true;
      } else if (Number.isFinite(logit)) {
        error = Math.max(error, Math.abs(found - logit));
        largest = Math.max(largest, Math.abs(logit));
      }
    }
  }
  return { error: largest > 0 ? error / largest : 0, broken };
}

/**
 * ε as a share of the largest logit, from the largest share that was measured: the difference of two logits errs by up to
 * twice as much. A share, since the scale of the logits changes with the weights that are kept, by orders of magnitude in a
 * deep network, and all errors change with it.
 *
 * Not proven: a mask whose logits are small differences of activations far larger than those measured here would err by
 * more. Of a sum of n terms the error is bounded by n · 2⁻²⁴ of their magnitudes (Higham 2002, section 3.1) and is about
 * the root of that; the root is taken as the least.
 */
export function tolerance(measured: number, longestSum: number): number {
  return Math.max(2 * SAFETY * measured, 2 ** -24 * Math.sqrt(longestSum));
}

/** Terms of the longest sum in a graph. */
export function longestSum(graph: Graph): number {
  return graph.prunable.reduce((most, { fanIn }) => Math.max(most, fanIn), 1);
}
