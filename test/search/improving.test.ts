import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomGenome } from '../../lib/algorithms/parts/operators.ts';
import { random } from '../../lib/base/random.ts';
import { LayersPosition } from '../../lib/evaluation/flips/layers.ts';
import { countWeights } from '../../lib/network/architecture.ts';
import { INITIALIZERS, uniformNetwork } from '../../lib/network/initializer.ts';
import {
  costWithWeights,
  type DrawStream,
  heavyTailed,
  type ImprovingSettings,
  type ImprovingState,
  improve,
  startImproving,
} from '../../lib/search/improving.ts';
import { decodeImproving, encodeImproving } from '../../lib/search/improving-checkpoint.ts';
import { drawSamples } from '../evaluation/cases.ts';

const WIDTHS = [5, 12, 3];
const BITS = 96;
const points = drawSamples(1, 300, 5, 3);
/** Three classes that a small network can tell apart: by the signs of two features. */
const data = {
  ...points,
  labels: points.labels.map((_, sample) => {
    const [a = 0, b = 0] = points.x.subarray(5 * sample);
    return a < 0 ? 0 : b < 0 ? 1 : 2;
  }),
};
const network = uniformNetwork(WIDTHS, 1);
const first = randomGenome(random(1, 'start'), BITS);
const draw: DrawStream = (purpose, index) => random(1, purpose, index);
const fresh = () => new LayersPosition(network, data, first, { objective: 'cross-entropy' });

const ANNEALING = { method: 'annealing', heat: 1, lambda: 0.2, flips: 3000 } as const;
const KICKS = { method: 'first-improvement', tail: 1.5, lambda: 0.2, flips: 3000 } as const;
/** The first layer's weights, as if their flips took long. */
const SLOW = [{ first: 0, end: 60, times: 60 }];
const slow = () => new LayersPosition(network, data, first, { objective: 'cross-entropy', slow: SLOW });
/** A position with slow bits, and the bits that are considered on it, in their order. */
function watched() {
  const position = slow();
  const considered: number[] = [];
  const change = position.change.bind(position);
  position.change = (bit, limit) => {
    if (limit !== undefined) considered.push(bit);
    return change(bit, limit);
  };
  return { position, considered };
}
/** The share of slow bits. */
const slowShare = (bits: readonly number[]) => bits.filter((bit) => bit < 60).length / bits.length;
const SETTINGS: readonly (readonly [string, ImprovingSettings])[] = [
  ['annealing', ANNEALING],
  ['first improvement', KICKS],
];

describe.each(SETTINGS)('%s', (_, settings) => {
  it('is the same however it is cut into slices, each on a position and a checkpoint of its own', () => {
    const whole = improve(fresh(), startImproving(fresh(), first), settings, draw, settings.flips);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 4, maxLength: 9 }), (slices) => {
        let state = startImproving(fresh(), first);
        for (let slice = 0; state.flips < settings.flips; slice++) {
          const next = improve(fresh(), state, settings, draw, slices[slice % slices.length] ?? 1);
          state = decodeImproving(encodeImproving(next, BITS), BITS, 'checkpoint');
        }
        expect(state).toEqual(whole);
      }),
      { numRuns: 5 },
    );
  });

  it('considers bits with slow flips more and more often, however it is cut', () => {
    const { position, considered } = watched();
    const whole = improve(position, startImproving(position, first), settings, draw, settings.flips);
    let state = startImproving(slow(), first);
    while (state.flips < settings.flips) state = improve(slow(), state, settings, draw, 271);
    expect(state).toEqual(whole);
    // A bit of 60 in the first pass, two in the second: 37 and about 20 in the first twenty.
    expect(slowShare(considered.slice(0, 37 * 4))).toBeLessThan(0.15);
    expect(slowShare(considered.slice(-500))).toBeGreaterThan(2 * slowShare(considered.slice(0, 500)));
  });

  it('does not go on in another order than it began with', () => {
    const begun = startImproving(fresh(), first);
    expect(() => improve(slow(), begun, settings, draw, 1)).toThrow(
      /was written by build [0-9a-f]{16} of the kernel of flips, and this is build [0-9a-f]{16}-order-3: continue/,
    );
  });

  it('considers all bits where none is drawn', () => {
    const all = [{ first: 0, end: BITS, times: 1e12 }];
    const position = new LayersPosition(network, data, first, { objective: 'cross-entropy', slow: all });
    const state = improve(position, startImproving(position, first), settings, draw, 500);
    expect(state.flips).toBe(500);
    expect(costWithWeights(position, settings.lambda)).toBeLessThan(
      costWithWeights(fresh(), settings.lambda),
    );
  });

  it('considers each bit once in a pass, where that is asked for', () => {
    const { position, considered } = watched();
    const once = { ...settings, flips: BITS, slowBits: 'all' as const };
    improve(position, startImproving(position, first), once, draw, BITS);
    expect(considered.toSorted((a, b) => a - b)).toEqual(Array.from({ length: BITS }, (_, bit) => bit));
  });

  it('counts passes that are cut short by their flips, where that is asked for', () => {
    const sharesOf = (own: ImprovingSettings) => {
      const { position, considered } = watched();
      let state = startImproving(position, first);
      for (let turn = 0; turn < 40; turn++) {
        state = improve(position, { ...state, pass: turn, place: 0 }, own, draw, 10);
      }
      return slowShare(considered);
    };
    // Four passes of 96 bits: slow ones are up to 5 of 41 in them, after forty passes 40 of 76.
    expect(sharesOf({ ...settings, slowBits: 'by-flips' })).toBeLessThan(0.15);
    expect(sharesOf(settings)).toBeGreaterThan(0.25);
  });

  it('finds a better mask, within its budget', () => {
    const position = fresh();
    const before = costWithWeights(position, settings.lambda);
    const state = improve(
      position,
      startImproving(position, first),
      settings,
      draw,
      Number.POSITIVE_INFINITY,
    );
    expect(state.flips).toBe(settings.flips);
    expect(position.genome()).toEqual(state.genome);
    expect(costWithWeights(position, settings.lambda)).toBeLessThan(before / 2);
    const again = improve(position, state, settings, draw, 100);
    expect(again).toEqual(state);
  });

  it('takes other ways by other streams', () => {
    const other: DrawStream = (purpose, index) => random(2, purpose, index);
    const start = startImproving(fresh(), first);
    const [a, b] = [draw, other].map((streams) => improve(fresh(), start, settings, streams, 500));
    expect(a?.genome).not.toEqual(b?.genome);
  });
});

it('gives the bits that it gave on every processor, in every thread and version so far', () => {
  const found = SETTINGS.map(([, settings]) => {
    const position = fresh();
    const state = improve(position, startImproving(position, first), settings, draw, settings.flips);
    return [Buffer.from(state.genome).toString('hex'), position.cost, state.made];
  });
  expect(found).toEqual([
    ['c313194380003b0c63b000a3', 0.6132914625767929, 912],
    ['c013194300002b0863b000a1', 0.619883537972346, 142],
  ]);
});

describe('first improvement', () => {
  it('leaves a mask by a kick only when no flip improves it, and ends with the best one', () => {
    const position = fresh();
    let state: ImprovingState = startImproving(position, first);
    let optima = 0;
    while (state.flips < KICKS.flips) {
      const next = improve(position, state, KICKS, draw, BITS - (state.place % BITS));
      // A pass has ended. Without an improvement in it, nothing improves the mask.
      if (!next.improved && next.place === BITS) {
        optima++;
        const cost = costWithWeights(position, KICKS.lambda);
        for (let bit = 0; bit < BITS; bit++) {
          position.flip(bit);
          expect(costWithWeights(position, KICKS.lambda)).toBeGreaterThan(cost - 1e-6);
          position.flip(bit);
        }
      }
      if (state.best && next.best) expect(next.best.cost).toBeLessThanOrEqual(state.best.cost);
      state = next;
    }
    expect(optima).toBeGreaterThan(2);
    expect(state.kicks).toBeGreaterThan(2);
    expect(costWithWeights(position, KICKS.lambda)).toBe(state.best?.cost);
  });

  it('begins anew where it is stuck at chance, from which small kicks do not lead away', () => {
    // Without biases, what a mask with no path from input to output predicts does not depend on single bits.
    const deep = INITIALIZERS['kaiming-normal']([5, 12, 12, 3], 1);
    const bits = countWeights(deep.widths);
    const nothing = new Uint8Array(Math.ceil(bits / 8));
    const position = new LayersPosition(deep, data, nothing, { objective: 'cross-entropy' });
    const chance = costWithWeights(position, KICKS.lambda);
    const settings = { ...KICKS, flips: 5 * bits };
    const state = improve(position, startImproving(position, nothing), settings, draw, settings.flips);
    expect(state.kicks).toBeGreaterThan(0);
    expect(costWithWeights(position, KICKS.lambda)).toBeLessThan(0.9 * chance);
  });

  it('kicks few bits mostly, and many now and then', () => {
    const stream = random(1, 'noise');
    const sizes = Array.from({ length: 10_000 }, () => heavyTailed(stream.uniform(), 1.5, 1000));
    const share = (of: (size: number) => boolean) => sizes.filter(of).length / sizes.length;
    expect(share((size) => size === 1)).toBeCloseTo(0.393, 1);
    expect(share((size) => size > 100)).toBeCloseTo(0.053, 1);
    expect(Math.min(...sizes)).toBe(1);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1000);
    expect(heavyTailed(1 - 2 ** -53, 1.5, 7)).toBe(7);
  });
});

describe('a checkpoint', () => {
  const state = improve(fresh(), startImproving(fresh(), first), KICKS, draw, 2000);
  const bytes = encodeImproving(state, BITS);

  it('of another build of the kernel is refused, and says what to do', () => {
    expect(() => improve(fresh(), { ...state, build: 'abc' }, KICKS, draw, 10)).toThrow(
      /checkpoint of the search was written by build abc of the kernel of flips, and this is build [0-9a-f]{16}: continue/,
    );
  });

  it.each([
    ['cut short', bytes.subarray(0, bytes.length - 1), /bytes of masks, where/],
    ['without masks', bytes.subarray(0, 40), /not a checkpoint of a search, or changed/],
    ['empty', new Uint8Array(), /not a checkpoint/],
    ['of other text', Buffer.from('{"flips":1}\n'), /not a checkpoint/],
    ['of another network', encodeImproving(state, 97), /masks of 97 bits, where the network has 96 weights/],
  ])('that is %s is refused', (_, damaged, message) => {
    expect(() => decodeImproving(damaged, BITS, 'chunk-3')).toThrow(message);
  });
});
