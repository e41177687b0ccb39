/** How annealing accepts flips, on a position whose every flip changes the cost by as much. */
import { expect, test } from 'vitest';
import { random } from '../../lib/base/random.ts';
import { type DrawStream, improve, startImproving } from '../../lib/search/improving.ts';
import type { Position } from '../../lib/search/position.ts';

const BITS = 80;
const CHANGE = 0.01;

/** `made`: the flips that were made. */
function uphill(): { readonly position: Position; readonly made: number[] } {
  const kept = new Uint8Array(BITS).fill(1);
  const made: number[] = [];
  const flip = (bit: number) => {
    kept[bit] = 1 - (kept[bit] ?? 0);
    made.push(bit);
  };
  const position: Position = {
    build: 'uphill',
    bits: BITS,
    samples: 1,
    firstQuick: 0,
    slow: [],
    bytes: 0,
    cost: 0,
    get kept() {
      return kept.reduce((sum, bit) => sum + bit, 0);
    },
    has: (bit) => kept[bit] === 1,
    genome: () => new Uint8Array(BITS / 8),
    score: () => ({ correct: 0, loss: 0, macroAverage: 0 }),
    change: () => CHANGE,
    changeOf: () => CHANGE,
    flip,
    flipAll: (bits) => Array.from(bits).forEach(flip),
    moveTo: () => undefined,
  };
  return { position, made };
}

const draw: DrawStream = (purpose, index) => random(1, purpose, index);
const FLIPS = 40_000;

/** The share of the flips that are accepted in each tenth of an annealing. */
function accepted(heat: number): number[] {
  const { position, made } = uphill();
  const settings = { method: 'annealing', heat, lambda: 0, flips: FLIPS } as const;
  let state = startImproving(position, position.genome());
  return Array.from({ length: 10 }, () => {
    const before = made.length;
    state = improve(position, state, settings, draw, FLIPS / 10);
    return (made.length - before) / (FLIPS / 10);
  });
}

test.each([1, 3])(
  'a flip is accepted with probability e^(−Δ/T), T falling from %d typical changes to 0',
  (heat) => {
    const found = accepted(heat);
    for (const [tenth, share] of found.entries()) {
      const temperature = heat * CHANGE * (1 - (tenth + 0.5) / 10);
      // Five standard errors of 4,000 draws, and what the curve bends within a tenth.
      expect(Math.abs(share - Math.exp(-CHANGE / temperature))).toBeLessThan(0.045);
    }
    expect(found[9]).toBeLessThan(0.01);
  },
);
