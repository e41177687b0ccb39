/** Rates of single flips, beside those of whole evaluations. */
import { at } from '../lib/base/at.ts';
import { FLIP_TASKS } from './flips.ts';
import { BenchThreads, median } from './threads.ts';

export interface FlipRow {
  readonly network: string;
  readonly flipsPerSecond: number;
  readonly evaluationsPerSecond: number;
  readonly ratio: number;
  readonly least: number;
}

/** On one thread, in turns of `milliseconds`, `rounds` times over; medians, of the ratio too. */
export async function measureFlips(
  rounds: number,
  milliseconds: number,
  large: boolean,
  progress: (text: string) => void,
): Promise<FlipRow[]> {
  const rows: FlipRow[] = [];
  for (const [index, { name, data, least }] of FLIP_TASKS.entries()) {
    if (data === 'synthetic' && !large) continue;
    progress(`flips, ${name} …`);
    const flips = await BenchThreads.start({ flips: index, whole: false }, 1);
    const evaluations = await BenchThreads.start({ flips: index, whole: true }, 1);
    const rates = { flips: [] as number[], evaluations: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      progress(`flips, ${name} ${round + 1}/${rounds}`);
      rates.flips.push(await flips.rate(1, milliseconds));
      rates.evaluations.push(await evaluations.rate(1, milliseconds));
    }
    await flips.stop();
    await evaluations.stop();
    rows.push({
      network: name,
      flipsPerSecond: median(rates.flips),
      evaluationsPerSecond: median(rates.evaluations),
      ratio: median(rates.flips.map((rate, round) => rate / at(rates.evaluations, round))),
      least,
    });
  }
  return rows;
}
