/** Rates of masks on convolutional networks, beside those of plain onnxruntime. */
import { BATCHES, CONVNETS } from './convnets.ts';
import { BenchThreads, median } from './threads.ts';

export interface ConvnetRow {
  readonly network: string;
  readonly image: readonly number[];
  /** Masks a second, on one thread and on all. */
  readonly one: number;
  readonly all: number;
  /** Passes a second of plain onnxruntime over the same images, with the batch that is best. */
  readonly plainOne: number;
  readonly plainAll: number;
  readonly batchOne: number;
  readonly batchAll: number;
}

/**
 * Measured in turns of `milliseconds`, masks and every batch of plain onnxruntime one after another, `rounds` times over;
 * medians. All threads: one session of one thread for each, as searches run.
 */
export async function measureConvnets(
  rounds: number,
  threads: number,
  milliseconds: number,
  progress: (text: string) => void,
): Promise<ConvnetRow[]> {
  const rows: ConvnetRow[] = [];
  for (const [convnet, { name, image }] of CONVNETS.entries()) {
    const contestants = [];
    for (const batch of [undefined, ...BATCHES]) {
      const workers = await BenchThreads.start({ convnet, batch }, threads);
      contestants.push({ batch, workers, one: [] as number[], all: [] as number[] });
    }
    for (let round = 0; round < rounds; round++) {
      progress(`${name} ${round + 1}/${rounds}`);
      for (const { workers, one } of contestants) one.push(await workers.rate(1, milliseconds));
      for (const { workers, all } of contestants) all.push(await workers.rate(threads, milliseconds));
    }
    for (const { workers } of contestants) await workers.stop();
    const rates = contestants.map(({ batch, one, all }) => ({ batch, one: median(one), all: median(all) }));
    const masked = rates.find(({ batch }) => batch === undefined);
    const best = (key: 'one' | 'all') =>
      rates
        .filter(({ batch }) => batch !== undefined)
        .reduce((most, rate) => (rate[key] > most[key] ? rate : most));
    rows.push({
      network: name,
      image,
      one: masked?.one ?? Number.NaN,
      all: masked?.all ?? Number.NaN,
      plainOne: best('one').one,
      plainAll: best('all').all,
      batchOne: best('one').batch ?? 0,
      batchAll: best('all').batch ?? 0,
    });
  }
  return rows;
}
