/**
 * gem-miner: keeps the weights whose score is above ½, and closes the smallest for good from time to time, until the wanted
 * share is left (Sreenivasan et al. 2022, arXiv 2202.12002, before its fine-tuning).
 */
import { z } from 'zod';
import { random } from '../../base/random.ts';
import { countWeights, type Widths } from '../../network/architecture.ts';
import { ELEMENT_TYPES } from '../../network/onnx/types.ts';
import { byGates, descentFields, openMask } from './gated.ts';
import { type Gates, splitLayers } from './gates.ts';
import { keptCount, largestOf } from './largest.ts';

const gemMinerSchema = z.strictObject({
  keep: z.number().gt(0).max(1).default(0.5).meta({
    description: 'Share of the weights that are not closed in the end; the mask keeps those above ½ of them',
  }),
  every: z.int().min(1).max(10_000).default(5).meta({
    description: 'Epochs after which the smallest scores of the whole network are closed',
  }),
  lambda: z.number().min(0).max(1_000).default(1e-4).meta({
    description: 'Price of the squares of the scores',
  }),
  ...descentFields({ learningRate: 0.1, momentum: 0.9, weightDecay: 0 }),
});

interface GemMinerPart {
  readonly seed: number;
  readonly gemMiner: z.output<typeof gemMinerSchema>;
}

export const gemMiner = byGates({
  summary: 'trains scores that open gates above ½, and closes the smallest for good',
  section: { key: 'gemMiner', schema: gemMinerSchema },
  sectionOf: ({ gemMiner }: GemMinerPart) => gemMiner,
  problems({ gemMiner: { every, epochs } }) {
    return every <= epochs
      ? []
      : [`gemMiner.every: found ${every}, expected at most as many as gemMiner.epochs, ${epochs}`];
  },
  gating({ keep, every, epochs, lambda }, { widths }, seed) {
    const bits = countWeights(widths);
    const rounds = Math.floor(epochs / every);
    return {
      gates: () => roundedGates(widths, lambda),
      start() {
        const scores = random(seed, 'scores').uniforms(new Float32Array(bits));
        return { scores, alive: new Float32Array(bits).fill(1) };
      },
      mask: (scores) => openMask(scores, (score) => score > 0.5),
      after({ epoch }, state) {
        const round = (epoch + 1) / every;
        if (!Number.isInteger(round) || round > rounds) return state;
        return closed(state.scores, state.alive, keptCount(bits, keep ** (round / rounds)), state);
      },
      isFinal: (epoch) => epoch + 1 >= rounds * every,
    };
  },
});

/** The state in which the `count` largest scores of those alive stay so, and the others are 0 for good. */
function closed(
  scores: Float32Array = new Float32Array(),
  alive: Float32Array = new Float32Array(),
  count: number,
  state: Readonly<Record<string, Float32Array>>,
) {
  const left = new Float32Array(scores.length);
  // Those that are closed already come last: scores of the others are not below 0.
  const ranks = scores.map((score, index) => (alive[index] === 1 ? score : -1));
  for (const index of largestOf(ranks, count)) if (alive[index] === 1) left[index] = 1;
  return { ...state, alive: left, scores: scores.map((score, index) => score * (left[index] ?? 0)) };
}

/** Fixed: `alive`, 0 where a gate is closed for good. Straight through the rounding; the loss grows by λ · the sum of squares. */
export function roundedGates(widths: Widths, lambda: number): Gates {
  const bits = countWeights(widths);
  return {
    scores: bits,
    fixed: { alive: bits },
    open(step) {
      const above = step.node('Greater', ['scores', step.floats('half', [], [0.5])], 'above');
      const gates = step.node('Cast', [above], 'gates', { to: ELEMENT_TYPES.float32 });
      return splitLayers(step, widths, gates, 'mask');
    },
    slope(step, ofGates) {
      const price = step.node('Mul', ['scores', step.floats('price', [], [2 * lambda])], 'price.gradient');
      return step.node('Add', [ofGates, price], 'scores.gradient');
    },
    within(step, scores) {
      const limits = [step.floats('least', [], [0]), step.floats('most', [], [1])];
      const clipped = step.node('Clip', [scores, ...limits], 'scores.clipped');
      return step.node('Mul', [clipped, 'alive'], 'scores.alive');
    },
  };
}
