/** Improvements whose samples are drawn anew while they go on. */
import { describe, expect, it } from 'vitest';
import { randomGenome } from '../../lib/algorithms/parts/operators.ts';
import { random } from '../../lib/base/random.ts';
import { LayersPosition } from '../../lib/evaluation/flips/layers.ts';
import { uniformNetwork } from '../../lib/network/initializer.ts';
import type { ImprovingState } from '../../lib/search/improving.ts';
import { decodeImproving } from '../../lib/search/improving-checkpoint.ts';
import { improveAll } from '../../lib/steps/improvements.ts';
import { drawSamples } from '../evaluation/cases.ts';

const network = uniformNetwork([3, 8, 3], 1);
const BITS = 48;
const run = { spec: { seed: 1 }, manifest: { bits: BITS } };

/** Improves a mask in slices; gives the last state and the draws that were opened, in their order. */
function improved(method: object, slices: readonly number[], redrawnAfter: number | null) {
  const draws: number[] = [];
  let from: ImprovingState | Uint8Array = randomGenome(random(1, 'start'), BITS);
  let genome = from;
  const settings = { method: 'annealing', heat: 1, lambda: 0.1, flips: 230, ...method } as const;
  for (const flips of slices) {
    const positionOf = (draw: number) => {
      if (draws.at(-1) !== draw) draws.push(draw);
      const data = drawSamples(draw, 40, 3, 3);
      return new LayersPosition(network, data, new Uint8Array(6), { objective: 'cross-entropy' });
    };
    const tasks = [{ stream: 0, settings, flips, from }];
    const { states, genomes } = improveAll(positionOf, { tasks, redrawnAfter }, run);
    from = decodeImproving(states[0] ?? new Uint8Array(), BITS, 'state');
    genome = genomes[0] ?? genome;
  }
  return { state: from, genome, draws };
}

describe.each([{ method: 'annealing' }, { method: 'first-improvement', tail: 1.5 }])('$method', (method) => {
  it('is the same however it is cut', () => {
    const whole = improved(method, [230], 60);
    expect(whole.draws).toEqual([0, 1, 2, 3]);
    expect(improved(method, [60, 60, 60, 50], 60)).toEqual(whole);
    expect(improved(method, [1, 99, 21, 100, 9], 60)).toEqual(whole);
    expect(whole.state).toMatchObject({ flips: 230 });
  });

  it('has one draw where none is asked for', () => {
    const whole = improved(method, [230], null);
    expect(whole.draws).toEqual([0]);
    expect(improved(method, [99, 131], null)).toEqual(whole);
    expect(improved(method, [230], 60).genome).not.toEqual(whole.genome);
  });
});
