/** How long a search will take on this computer, about: it may be over sooner, and guesses of the work are rough. */
import { availableParallelism } from 'node:os';
import { algorithmNamed } from '../algorithms/registry.ts';
import { about } from '../base/format.ts';
import { estimateCost } from '../cost/estimate.ts';
import type { RunSpec } from '../runspec/schema.ts';
import { secondsOf } from './sweep/expectation.ts';

/** Seconds from which a search is long. */
const LONG = 10 * 60;

export function expectedSeconds(spec: RunSpec, workers = availableParallelism()): number {
  const { low, high } = estimateCost(spec);
  return Math.sqrt(secondsOf(spec, low, 'shortest') * secondsOf(spec, high, 'longest')) / workers;
}

/** The notice before a long search; undefined before a short one, or one whose budget ends it. */
export function longSearchNotice(spec: RunSpec, workers: number): string | undefined {
  const seconds = expectedSeconds(spec, workers);
  if (seconds < LONG || spec.budget?.minutes !== undefined) return undefined;
  const { heeds } = algorithmNamed(spec.algorithm);
  const ends = heeds.includes('stop')
    ? '--generations and --budget end it sooner'
    : '--budget ends it sooner';
  return `This takes about ${about(seconds)} on this computer. Ctrl-C stops it, and 'npx tombola resume' continues it; ${ends}.`;
}
