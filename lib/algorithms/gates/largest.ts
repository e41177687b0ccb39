/**
 * Gates of the weights with the largest |score|: per layer, in the whole network, or among decoys. The scores learn as if
 * all gates were open (Ramanujan et al. 2020, arXiv 1911.13299, section 3.1).
 */
import { countWeights, denseLayers, type Widths } from '../../network/architecture.ts';
import type { GraphBuilder } from '../../network/onnx/graph-builder.ts';
import { ELEMENT_TYPES } from '../../network/onnx/types.ts';
import { type Gates, splitLayers } from './gates.ts';

/** Where the largest scores compete: in each layer, or in the whole network. */
export const SCOPES = ['layer', 'network'] as const;
export type Scope = (typeof SCOPES)[number];

/** Weights that are kept of so many: all but ⌊(1 − keep) · weights⌋, as in the authors' code; so one at least, unless `keep` is 0. */
export function keptCount(weights: number, keep: number): number {
  // A rounding error of the product is not a weight: (1 − 0.9) · 10 is one.
  const kept = weights - Math.floor((1 - keep) * weights + 1e-9);
  return keep > 0 ? Math.max(1, kept) : kept;
}

/** How many weights each layer keeps, or the whole network. */
export function keptCounts(widths: Widths, scope: Scope, keep: number): number[] {
  const sizes =
    scope === 'network'
      ? [countWeights(widths)]
      : denseLayers(widths).map(({ inputs, outputs }) => inputs * outputs);
  return sizes.map((size) => keptCount(size, keep));
}

/** The rates that tell a step how many weights are kept, where that changes. */
export function keptRates(widths: Widths, scope: Scope): string[] {
  return keptCounts(widths, scope, 1).map((_, index) => `kept.${index}`);
}

/** `keep`: the share that is kept; undefined: the rates of `keptRates` tell the numbers. */
export function largestGates(widths: Widths, scope: Scope, keep: number | undefined): Gates {
  const bits = countWeights(widths);
  const counts = keep === undefined ? undefined : keptCounts(widths, scope, keep);

  const keptOf = (step: GraphBuilder, index: number) =>
    counts ? step.ints(`kept.${index}`, [counts[index] ?? 0]) : keptByRate(step, index);

  return {
    scores: bits,
    rates: counts ? [] : keptRates(widths, scope),
    open(step) {
      const ranks = step.node('Abs', ['scores'], 'ranks');
      if (scope === 'network') {
        const factors = step.floats('ranks.factors', [bits], rankFactors(widths));
        const compared = step.node('Mul', [ranks, factors], 'ranks.compared');
        return splitLayers(step, widths, chosen(step, compared, bits, keptOf(step, 0), 'all'), 'mask');
      }
      const parts = splitLayers(step, widths, ranks, 'ranks');
      return denseLayers(widths).map(({ name, inputs, outputs }, index) =>
        chosen(step, parts[index] ?? '', inputs * outputs, keptOf(step, index), name),
      );
    },
    // Straight through the choice of the largest, but not through |score|, whose gradient is the score's sign.
    slope: (step, ofGates) =>
      step.node('Mul', [ofGates, step.node('Sign', ['scores'], 'scores.sign')], 'scores.gradient'),
  };
}

/** The number that a rate of `keptRates` tells, as int64 [1]. */
export function keptByRate(step: GraphBuilder, index: number): string {
  const whole = step.node('Cast', [`kept.${index}`], `kept.${index}.whole`, { to: ELEMENT_TYPES.int64 });
  return step.node('Reshape', [whole, step.ints(`kept.${index}.shape`, [1])], `kept.${index}.vector`);
}

/** 1 for the `kept` largest of `size` ranks, else 0. The first of equal ranks wins: the operator's standard says so. */
export function chosen(step: GraphBuilder, ranks: string, size: number, kept: string, name: string): string {
  const none = step.floats(`${name}.none`, [size], new Float32Array(size));
  const one = step.floats(`${name}.one`, [1], [1]);
  const ones = step.node('Expand', [one, kept], `${name}.ones`);
  const places = `${name}.chosen`;
  step.nodes('TopK', [ranks, kept], [`${name}.largest`, places], { axis: 0, largest: 1, sorted: 0 });
  return step.node('ScatterElements', [none, places, ones], `${name}.mask`, { axis: 0 });
}

/** √fan-in of each weight: scores are drawn in proportion to 1/√fan-in, and without it wide layers would close first. */
function rankFactors(widths: Widths): Float32Array {
  const factors = new Float32Array(countWeights(widths));
  for (const { inputs, outputs, offset } of denseLayers(widths))
    factors.fill(Math.sqrt(inputs), offset, offset + inputs * outputs);
  return factors;
}

/** The mask of the same gates. `factors`: what |score| is multiplied by where all layers compete. */
export function largestMask(
  widths: Widths,
  scores: Float32Array,
  scope: Scope,
  keep: number,
  factors = rankFactors(widths),
): Uint8Array {
  const mask = new Uint8Array(scores.length);
  const counts = keptCounts(widths, scope, keep);
  if (scope === 'network') {
    // Single precision, as the graph computes it.
    const ranks = scores.map((score, index) => Math.abs(score) * (factors[index] ?? 0));
    for (const index of largestOf(ranks, counts[0] ?? 0)) mask[index] = 1;
    return mask;
  }
  for (const [place, { inputs, outputs, offset }] of denseLayers(widths).entries()) {
    const ranks = scores.subarray(offset, offset + inputs * outputs).map(Math.abs);
    for (const index of largestOf(ranks, counts[place] ?? 0)) mask[offset + index] = 1;
  }
  return mask;
}

/** The indices of the `count` largest, of equal ones the first. */
export function largestOf(ranks: Float32Array, count: number): Uint32Array {
  const order = Uint32Array.from(ranks.keys()).sort((a, b) => (ranks[b] ?? 0) - (ranks[a] ?? 0) || a - b);
  return order.subarray(0, count);
}

/**
 * Each layer's weights compete with as many decoys for half of the gates, so that how many it keeps is learned too
 * (double scoring: Jackpot). Scores: of all weights, then of all decoys.
 */
export function doubledGates(widths: Widths): Gates {
  const bits = countWeights(widths);
  return {
    scores: 2 * bits,
    open(step) {
      const ranks = step.node('Abs', ['scores'], 'ranks');
      step.nodes('Split', [ranks, step.ints('halves', [bits, bits])], ['ranks.own', 'ranks.others'], {
        axis: 0,
      });
      const own = splitLayers(step, widths, 'ranks.own', 'ranks');
      const others = splitLayers(step, widths, 'ranks.others', 'decoys');
      return denseLayers(widths).map(({ name, inputs, outputs }, index) => {
        const size = inputs * outputs;
        const both = step.node('Concat', [own[index] ?? '', others[index] ?? ''], `${name}.both`, {
          axis: 0,
        });
        const mask = chosen(step, both, 2 * size, step.ints(`${name}.kept`, [size]), name);
        const [from, to] = [step.ints(`${name}.from`, [0]), step.ints(`${name}.to`, [size])];
        return step.node('Slice', [mask, from, to], `${name}.mask.own`);
      });
    },
    slope(step, ofGates) {
      // Of decoys the loss knows nothing.
      const none = step.floats('decoys.gradient', [bits], new Float32Array(bits));
      const all = step.node('Concat', [ofGates, none], 'ranks.gradient', { axis: 0 });
      return step.node('Mul', [all, step.node('Sign', ['scores'], 'scores.sign')], 'scores.gradient');
    },
  };
}

export function doubledMask(widths: Widths, scores: Float32Array): Uint8Array {
  const bits = countWeights(widths);
  const mask = new Uint8Array(bits);
  for (const { inputs, outputs, offset } of denseLayers(widths)) {
    const size = inputs * outputs;
    const ranks = new Float32Array(2 * size);
    ranks.set(scores.subarray(offset, offset + size).map(Math.abs));
    ranks.set(scores.subarray(bits + offset, bits + offset + size).map(Math.abs), size);
    for (const index of largestOf(ranks, size)) if (index < size) mask[offset + index] = 1;
  }
  return mask;
}
