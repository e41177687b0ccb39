/** Rates of masks on multilayer perceptrons, beside onnxruntime's large matrix product. */
import { choosePath, type Path } from '../lib/evaluation/evaluator-choice.ts';
import { countWeights } from '../lib/network/architecture.ts';
import { BenchThreads, median } from './threads.ts';
import { NETWORKS } from './work.ts';

const POPULATION = 100;

export interface NetworkRow {
  readonly network: string;
  readonly samples: number;
  readonly path: Path;
  readonly evaluationsPerSecond: number;
  readonly bestEvaluationsPerSecond: number;
  readonly allThreads: number;
  readonly scaling: number;
  readonly productGflops: number;
  readonly productGflopsAllThreads: number;
  /** The network's own arithmetic as a share of what the product reaches. */
  readonly shareOfProduct: number;
  readonly shareOfProductAllThreads: number;
  /** Evaluations a second of the papers' code, low and high, and how many times as fast this is. */
  readonly authors: readonly [number, number] | undefined;
  readonly timesAuthors: readonly [number, number] | undefined;
  /** Evaluations a second on the general path, where another is chosen. */
  readonly generalPath: number | undefined;
}

/** Measured in turns of `milliseconds`, `rounds` times over; medians. `large`: the large network too. */
export async function measureNetworks(
  rounds: number,
  threads: number,
  milliseconds: number,
  large: boolean,
  progress: (text: string) => void,
): Promise<NetworkRow[]> {
  const product = await BenchThreads.start({ network: -1, individuals: 0 }, threads);
  const rows: NetworkRow[] = [];
  for (const [index, { name, widths, authors }] of NETWORKS.entries()) {
    if (name === 'synthetic' && !large) continue;
    const samples = name === 'moons' ? 50_000 : name === 'digits' ? 1_347 : 10_000;
    const individuals = name === 'synthetic' ? 4 : POPULATION;
    const path = choosePath({ widths, samples, objective: 'accuracy' });
    const work = await BenchThreads.start({ network: index, individuals }, threads);
    const [ones, alls, productOnes, productAlls] = [
      [] as number[],
      [] as number[],
      [] as number[],
      [] as number[],
    ];
    for (let round = 0; round < rounds; round++) {
      progress(`[${widths}] ${round + 1}/${rounds}`);
      productOnes.push(await product.rate(1, milliseconds));
      ones.push(await work.rate(1, milliseconds));
      productAlls.push(await product.rate(threads, milliseconds));
      alls.push(await work.rate(threads, milliseconds));
    }
    await work.stop();
    let generalPath: number | undefined;
    if (path !== 'general') {
      const alternatives = await BenchThreads.start({ network: index, individuals, path: 'general' }, 1);
      generalPath = await alternatives.rate(1, 2 * milliseconds);
      await alternatives.stop();
    }
    const operations = 2 * countWeights(widths) * samples;
    const one = median(ones);
    const all = median(alls);
    const productOne = median(productOnes);
    const productAll = median(productAlls);
    rows.push({
      network: `[${widths}]`,
      samples,
      path,
      evaluationsPerSecond: one,
      bestEvaluationsPerSecond: Math.max(...ones),
      allThreads: all,
      scaling: all / one,
      productGflops: productOne / 1e9,
      productGflopsAllThreads: productAll / 1e9,
      shareOfProduct: (one * operations) / productOne,
      shareOfProductAllThreads: (all * operations) / productAll,
      authors,
      timesAuthors: authors ? [one / authors[1], one / authors[0]] : undefined,
      generalPath,
    });
  }
  await product.stop();
  return rows;
}
