/**
 * `npm run bench`: how fast masks are evaluated, as rates and as shares of what onnxruntime's own large matrix product
 * reaches on the same machine in the same run. Everything is measured in turns, so that a change of the machine's speed
 * strikes all alike; medians are shown. Writes runs/bench.json.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { measureColdImports } from '../lib/bench/cold-imports.ts';
import { describeMachine } from '../lib/bench/machine.ts';
import { BenchThreads, median } from '../lib/bench/threads.ts';
import { TRIVIAL_SPEC, timeWholeRun } from '../lib/bench/whole-run.ts';
import { NETWORKS } from '../lib/bench/work.ts';
import { plainTable } from '../lib/cli/result.ts';
import { whole } from '../lib/cli/text.ts';
import { choosePath, PATHS } from '../lib/evaluation/choose.ts';
import { countWeights } from '../lib/network/architecture.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, large: { type: 'boolean', default: true } },
  allowNegative: true,
});
const rounds = Number(values.rounds);
const threads = Math.min(2, availableParallelism());
const POPULATION = 100;
const TURN = 400;

const machine = describeMachine();
process.stderr.write(
  `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}\n`,
);

const product = await BenchThreads.start({ network: -1, individuals: 0 }, threads);
const rows = [];
for (const [index, { name, widths, authors }] of NETWORKS.entries()) {
  if (name === 'synthetic' && !values.large) continue;
  const samples = name === 'moons' ? 50_000 : name === 'digits' ? 1_347 : 10_000;
  const individuals = name === 'synthetic' ? 4 : POPULATION;
  const chosen = choosePath({ widths, samples, objective: 'accuracy' });
  const work = await BenchThreads.start({ network: index, individuals }, threads);
  const other = PATHS.find((path) => path !== chosen);
  const measured = {
    one: [] as number[],
    all: [] as number[],
    productOne: [] as number[],
    productAll: [] as number[],
  };
  for (let round = 0; round < rounds; round++) {
    process.stderr.write(`[${widths}] ${round + 1}/${rounds}\r`);
    measured.productOne.push(await product.rate(1, TURN));
    measured.one.push(await work.rate(1, TURN));
    measured.productAll.push(await product.rate(threads, TURN));
    measured.all.push(await work.rate(threads, TURN));
  }
  await work.stop();
  let alternative: number | undefined;
  if (other === 'general') {
    const alternatives = await BenchThreads.start({ network: index, individuals, path: other }, 1);
    alternative = await alternatives.rate(1, 2 * TURN);
    await alternatives.stop();
  }
  const operations = 2 * countWeights(widths) * samples;
  const one = median(measured.one);
  const all = median(measured.all);
  rows.push({
    network: `[${widths}]`,
    samples,
    path: chosen,
    evaluationsPerSecond: one,
    bestEvaluationsPerSecond: Math.max(...measured.one),
    allThreads: all,
    scaling: all / one,
    productGflops: median(measured.productOne) / 1e9,
    productGflopsAllThreads: median(measured.productAll) / 1e9,
    shareOfProduct: (one * operations) / median(measured.productOne),
    shareOfProductAllThreads: (all * operations) / median(measured.productAll),
    authors,
    timesAuthors: authors ? [one / authors[1], one / authors[0]] : undefined,
    generalPath: alternative,
  });
}
await product.stop();

process.stderr.write('whole runs …               \n');
const moons = await timeWholeRun({ preset: 'moons-a' });
const trivial = await timeWholeRun(TRIVIAL_SPEC);
const millisecondsPerGeneration =
  (1000 * trivial.evaluations) / trivial.evaluationsPerSecond / trivial.generations;

const head = [
  'network',
  'samples',
  'path',
  'evaluations/s',
  'best',
  `${threads} threads`,
  'scaling',
  'of MatMul',
  `of MatMul, ${threads} threads`,
  '× authors',
];
const percent = (share: number) => `${Math.round(share * 100)} %`;
process.stdout.write(
  `${plainTable(
    rows.map((row) => [
      row.network,
      whole(row.samples),
      row.generalPath === undefined ? row.path : `${row.path} (general: ${whole(row.generalPath)})`,
      row.evaluationsPerSecond < 100 ? row.evaluationsPerSecond.toFixed(1) : whole(row.evaluationsPerSecond),
      row.bestEvaluationsPerSecond < 100
        ? row.bestEvaluationsPerSecond.toFixed(1)
        : whole(row.bestEvaluationsPerSecond),
      row.allThreads < 100 ? row.allThreads.toFixed(1) : whole(row.allThreads),
      row.scaling.toFixed(2),
      percent(row.shareOfProduct),
      percent(row.shareOfProductAllThreads),
      row.timesAuthors ? row.timesAuthors.map((times) => Math.round(times)).join('–') : '',
    ]),
    head,
  )}\n\n`,
);
process.stdout.write(
  `large MatMul: ${median(rows.map((row) => row.productGflops)).toFixed(0)} GFLOP/s on one thread, ${median(rows.map((row) => row.productGflopsAllThreads)).toFixed(0)} on ${threads}\n` +
    `moons-a, start to report: ${moons.seconds.toFixed(1)} s, peak ${Math.round(moons.peakMegabytes)} MB, ${whole(moons.evaluations)} evaluations\n` +
    `engine: ${millisecondsPerGeneration.toFixed(1)} ms a generation of trivial individuals\n`,
);
process.stderr.write('cold imports …\n');
const coldImports = await measureColdImports(rounds);
process.stdout.write(
  `\n${plainTable(
    coldImports.map(({ function: name, megabytes, milliseconds }) => [
      name,
      megabytes.toFixed(1),
      whole(median(milliseconds)),
    ]),
    ['function', 'MB', 'cold import, ms'],
  )}\n`,
);
await mkdir('runs', { recursive: true });
await writeFile(
  'runs/bench.json',
  `${JSON.stringify({ machine, networks: rows, moonsA: moons, engineMillisecondsPerGeneration: millisecondsPerGeneration, coldImports }, null, 2)}\n`,
);
