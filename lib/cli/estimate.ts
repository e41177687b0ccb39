/** `tombola estimate`: what a search will cost on AWS. */

import { wordingOf } from '../algorithms/registry.ts';
import { amount, duration, money, whole } from '../base/format.ts';
import type { Guess } from '../cost/assumptions.ts';
import { type Estimate, estimateByMemory, estimateCost } from '../cost/estimate.ts';
import { type Architecture, DEFAULT_MEMORY_MB, vcpusOf } from '../cost/prices.ts';
import { totalOfFunctions } from '../cost/usage.ts';
import { sourceOpener } from '../places/sources.ts';
import { checkPositions } from '../runs/position-memory.ts';
import { resolveSpec } from '../runs/spec-resolution.ts';
import { checkMemory } from '../runspec/memory.ts';
import type { AskedSpec, RunSpec } from '../runspec/schema.ts';
import { isComplete } from '../runspec/shape.ts';
import { titleOf } from './input.ts';
import { print } from './output.ts';
import { plainTable } from './result.ts';
import { writeText } from './text-file.ts';

export interface EstimateOptions {
  readonly json: boolean;
  readonly memory?: number;
  readonly architecture?: Architecture;
  /** An HTML page to write: cost and time by memory. */
  readonly figure?: string;
}

/** Reads the contents of files first. Throws InvalidSpec, also for what functions of that memory cannot run. */
export async function printEstimate(
  asked: AskedSpec,
  { json, memory, architecture, figure }: EstimateOptions,
): Promise<void> {
  const resolved = isComplete(asked) ? { spec: asked } : await resolveSpec(asked, sourceOpener());
  const { spec } = resolved;
  checkMemory(spec, bytesOf(memory));
  checkPositions(spec, bytesOf(memory), 'network' in resolved ? resolved.network : undefined);
  const estimate = estimateCost(spec, memory, architecture);
  const others = estimateByMemory(spec, architecture);
  const text = json
    ? JSON.stringify({ ...estimate, byMemory: others.map(briefly), spec }, null, 2)
    : `${describe(spec, estimate)}\n\n${compareMemories(others)}`;
  print(`${text}\n`);
  if (figure !== undefined) await writeText(figure, await figurePage(titleOf(spec), others));
}

/** An HTML page with the figures of cost and time by memory. */
export async function figurePage(title: string, estimates: readonly Estimate[]): Promise<string> {
  const { memoryFigures } = await import('../report/figures/memory-figures.ts');
  const { page, section } = await import('../report/page.ts');
  const { html } = await import('../report/html.ts');
  const figures = section('memory', 'Cost and time by memory', await memoryFigures(estimates));
  return page(
    `Estimate of ${title}`,
    html`<header><h1>Estimate of ${title}</h1></header>
${figures}`,
  );
}

function briefly({ memoryMb, low, high }: Estimate) {
  const figures = ({ dollars, minutes }: Guess) => ({ dollars: dollars.total, minutes });
  return { memoryMb, vcpus: vcpusOf(memoryMb), low: figures(low), high: figures(high) };
}

/** Columns of a bar at its longest. */
const BAR = 24;

/** Cost and time by the functions' memory: a table, whose bars are a figure of the high guess; and which of them to take. */
export function compareMemories(estimates: readonly Estimate[]): string {
  const of = { cost: ({ dollars }: Guess) => dollars.total, time: ({ minutes }: Guess) => minutes };
  const longest = (value: (guess: Guess) => number) => Math.max(...estimates.map(({ high }) => value(high)));
  const bar = (value: (guess: Guess) => number, { high }: Estimate) =>
    '█'.repeat(Math.max(1, Math.round((BAR * value(high)) / longest(value))));
  const rows = estimates.map((one) => [
    `${whole(one.memoryMb)} MB`,
    String(vcpusOf(one.memoryMb)),
    `${money(of.cost(one.low))} to ${money(of.cost(one.high))}`,
    bar(of.cost, one),
    `${duration(60 * of.time(one.low))} to ${duration(60 * of.time(one.high))}`,
    bar(of.time, one),
  ]);
  const least = (value: (guess: Guess) => number) =>
    estimates.toSorted((a, b) => value(a.high) - value(b.high) || a.memoryMb - b.memoryMb)[0];
  const [cheapest, fastest] = [least(of.cost), least(of.time)].map(
    (one) => `${whole(one?.memoryMb ?? 0)} MB`,
  );
  const best =
    cheapest === fastest
      ? `${cheapest} is the cheapest and the fastest`
      : `${cheapest} is the cheapest, ${fastest} the fastest`;
  return [
    plainTable(rows, ['memory', 'vCPUs', 'cost', '', 'time', '']),
    '',
    `${best}, by the high guesses: npm run deploy -- -c memory=MB. Every function of the stack has this memory.`,
  ].join('\n');
}

/** Bytes that a step may take. */
export function bytesOf(memoryMb = DEFAULT_MEMORY_MB): number {
  return memoryMb * 2 ** 20;
}

const ROWS: readonly (readonly [name: string, of: (guess: Guess) => string])[] = [
  ['generations', ({ generations }) => whole(generations)],
  ['evaluations', ({ evaluations }) => whole(evaluations)],
  ['state transitions', ({ usage }) => whole(usage.transitions)],
  ['child executions', ({ usage }) => whole(usage.express.executions)],
  ['Lambda requests', ({ usage }) => whole(totalOfFunctions(usage).requests)],
  ['Lambda GB-seconds', ({ usage }) => amount(totalOfFunctions(usage).gbSeconds)],
  ['S3 PUT and LIST', ({ usage }) => whole(usage.s3.puts + usage.s3.lists)],
  ['S3 GET', ({ usage }) => whole(usage.s3.gets)],
  ['Step Functions', ({ dollars }) => money(dollars.stepFunctions)],
  ['Lambda', ({ dollars }) => money(dollars.lambda)],
  ['S3', ({ dollars }) => money(dollars.s3)],
  ['cost', ({ dollars }) => money(dollars.total)],
  ['time', ({ minutes }) => duration(minutes * 60)],
];

/** Where the budget would end the run, if it has one. */
export function budgetText({ algorithm, budget }: RunSpec, { low, high }: Estimate): string[] {
  if (!budget) return [];
  const { dollars, minutes } = budget;
  const limits = [
    ...(dollars === undefined ? [] : [money(dollars)]),
    ...(minutes === undefined ? [] : [duration(60 * minutes)]),
  ];
  const ends = ({ generations, without }: Guess) =>
    without === undefined
      ? 'is not reached'
      : `ends the run after ${whole(generations)} of ${whole(without)} ${wordingOf(algorithm).generations}`;
  return [
    `The budget of ${limits.join(' and ')}: by the low guess it ${ends(low)}; by the high one it ${ends(high)}.`,
  ];
}

function describe(spec: RunSpec, estimate: Estimate): string {
  const { low, high, memoryMb, architecture, priceDate, priceRegion } = estimate;
  const distributed = high.usage.express.executions > 0;
  const words = wordingOf(spec.algorithm);
  const rows = ROWS.filter(([name]) => distributed || name !== 'child executions').map(([name, of]) => [
    name === 'generations' || name === 'evaluations' ? words[name] : name,
    of(low),
    of(high),
  ]);
  return [
    plainTable(rows, [titleOf(spec), 'low', 'high']),
    '',
    ...budgetText(spec, estimate),
    `low: the shortest ${words.process} that the ${words.process === 'search' ? 'stopping rules allow' : 'spec allows'}, on a fast machine; high: the longest, on a slow one.`,
    `Functions of ${whole(memoryMb)} MB, ${architecture}; list prices of ${priceDate}, ${priceRegion}, without logs, storage and free tier.`,
  ].join('\n');
}
