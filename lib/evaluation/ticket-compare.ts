/** Two models of one ticket: whether they answer the same, and how long each takes. */
import { performance } from 'node:perf_hooks';
import { median } from 'd3-array';
import type { Samples } from '../data/dataset.ts';
import type { TicketSession } from './ticket.ts';

/** As a share of the largest logit of a batch: what rounding may make of another order of the same sums. */
const TOLERANCE = 1e-5;

/** Whether both give each of the samples the same label, and logits that differ by rounding only. */
export async function answerAlike(one: TicketSession, other: TicketSession, { x, features }: Samples) {
  const others = other.answers(x, features);
  for await (const { label, logits } of one.answers(x, features)) {
    const { value } = await others.next();
    if (!value) return false;
    if (label.some((answer, row) => answer !== value.label[row])) return false;
    const largest = logits.reduce((most, logit) => Math.max(most, Math.abs(logit)), 1);
    const far = (logit: number, index: number) =>
      Math.abs(logit - (value.logits[index] ?? Number.NaN)) > TOLERANCE * largest;
    if (logits.some(far)) return false;
  }
  return true;
}

/** Runs that are timed, at most. */
const MOST_RUNS = 100;

/** The median time that each takes for one sample, in milliseconds, measured in turns for about `milliseconds` in all. */
export async function latencies(sessions: readonly TicketSession[], data: Samples, milliseconds: number) {
  const { x, features } = data;
  const sample = x.slice(0, features);
  const times = sessions.map((): number[] => []);
  // The first runs set up what later ones use.
  for (const session of sessions) await session.predict(sample, features);
  const end = performance.now() + milliseconds;
  for (let run = 0; run < MOST_RUNS && (run === 0 || performance.now() < end); run++) {
    for (const [index, session] of sessions.entries()) {
      const start = performance.now();
      await session.predict(sample, features);
      times[index]?.push(performance.now() - start);
    }
  }
  return times.map((taken) => median(taken) ?? 0);
}
