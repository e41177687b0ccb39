/** `tombola estimate`: what a search will cost on AWS. */

import { wordingOf } from '../algorithms/registry.ts';
import { duration, money, whole } from '../base/format.ts';
import type { Guess } from '../cost/assumptions.ts';
import { type Estimate, estimateCost } from '../cost/estimate.ts';
import { type Architecture, DEFAULT_MEMORY_MB } from '../cost/prices.ts';
import { totalOfFunctions } from '../cost/usage.ts';
import { formatGbSeconds } from '../cost/wording.ts';
import { sourceOpener } from '../places/sources.ts';
import { resolveSpec } from '../runs/spec-resolution.ts';
import { checkMemory } from '../runspec/memory.ts';
import type { AskedSpec, RunSpec } from '../runspec/schema.ts';
import { isComplete } from '../runspec/shape.ts';
import { titleOf } from './input.ts';
import { print } from './output.ts';
import { plainTable } from './result.ts';

export interface EstimateOptions {
  readonly json: boolean;
  readonly memory?: number;
  readonly architecture?: Architecture;
}

/** Reads the contents of files first. Throws InvalidSpec, also for what functions of that memory cannot run. */
export async function printEstimate(
  asked: AskedSpec,
  { json, memory, architecture }: EstimateOptions,
): Promise<void> {
  const spec = isComplete(asked) ? asked : (await resolveSpec(asked, sourceOpener())).spec;
  checkMemory(spec, bytesOf(memory));
  const estimate = estimateCost(spec, memory, architecture);
  const text = json ? JSON.stringify({ ...estimate, spec }, null, 2) : describe(spec, estimate);
  print(`${text}\n`);
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
  ['Lambda GB-seconds', ({ usage }) => formatGbSeconds(totalOfFunctions(usage).gbSeconds)],
  ['S3 PUT and LIST', ({ usage }) => whole(usage.s3.puts + usage.s3.lists)],
  ['S3 GET', ({ usage }) => whole(usage.s3.gets)],
  ['Step Functions', ({ dollars }) => money(dollars.stepFunctions)],
  ['Lambda', ({ dollars }) => money(dollars.lambda)],
  ['S3', ({ dollars }) => money(dollars.s3)],
  ['cost', ({ dollars }) => money(dollars.total)],
  ['time', ({ minutes }) => duration(minutes * 60)],
];

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
    `low: the shortest ${words.process} that the ${words.process === 'search' ? 'stopping rules allow' : 'spec allows'}, on a fast machine; high: the longest, on a slow one.`,
    `Functions of ${whole(memoryMb)} MB, ${architecture}; list prices of ${priceDate}, ${priceRegion}, without logs, storage and free tier.`,
  ].join('\n');
}
