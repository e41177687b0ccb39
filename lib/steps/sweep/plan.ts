/** plan: from a sweep spec, or what is left of a sweep, to the cells that can run now. */
import { group } from 'd3-array';
import { z } from 'zod';
import { parseArtifact } from '../../base/artifact-json.ts';
import { InvalidSpec, UnusableOutput } from '../../base/errors.ts';
import { sealedJson } from '../../base/seal.ts';
import type { OpenStore } from '../../runs/run.ts';
import * as keys from '../../store/keys.ts';
import { getIfThere, type Store } from '../../store/store.ts';
import { affordableCells, type SweepUsed } from '../../sweep/budget.ts';
import { type Cell, type CheckedSweep, checkMemoryOfCells, parseSweep } from '../../sweep/cells.ts';
import { continuesSweep } from '../../sweep/continuation.ts';
import { roomFor, shareRoom, within } from '../../workflow/concurrency.ts';
import {
  type PlanEvent,
  type RoundItem,
  type SweepState,
  sweepStateSchema,
} from '../../workflow/sweep-payloads.ts';
import { readStoredSweep, type Standing, standingsOf } from './cells.ts';

export interface SweepPlanContext {
  readonly openStore: OpenStore;
  /** Where sweeps are kept unless the input says otherwise: a URI that ends with a slash. */
  readonly sweeps: string;
  /** Bytes that a step of a cell may take. */
  readonly memory: number;
  /** Functions that the account runs at a time, if that is known. */
  readonly concurrency?: () => Promise<number | undefined>;
  /** The present, Unix time in milliseconds. */
  readonly now: () => number;
  /** Whether the execution with that ARN is at work. */
  readonly isRunning: (executionArn: string) => Promise<boolean>;
  /** The name of a cell's search: at most 75 characters, unique to sweep, cell and attempt. */
  readonly nameOf: (sweep: string, cell: string, attempt: string) => string;
  /** An object of a store as the Map reads it. */
  readonly objectAt: (uri: string) => SweepState['items'];
}

/** Cells of one round, at most: the Map's children answer with `{}`, and all answers together stay below 256 KiB. */
const LARGEST_ROUND = 10_000;

/** Rounds without a newly settled cell after which the rest is given up. */
const MOST_IDLE = 2;

const placedInput = z.looseObject({
  sweep: z.string().optional(),
  AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: z.string().optional(),
});

/** execution.json: what `tombola watch` and another start of the sweep look at. */
export const sweepExecutionSchema = z.object({
  arn: z.string(),
  name: z.string(),
  cells: z.int(),
  done: z.int(),
  failed: z.int(),
  /** Usage of finished cells; absent in sweeps of earlier versions. */
  costDollars: z.number().optional(),
  /** When the execution began, Unix time in milliseconds; and why it leaves cells, if it does. */
  began: z.number().optional(),
  stopReason: z.literal('budget').optional(),
});

/** A note in `starts/`. */
const startSchema = sweepExecutionSchema.pick({ arn: true, name: true });

/**
 * `event.input`: a sweep spec; beside its keys it may have `sweep`, the URI of the folder for the sweep. `sweep` alone
 * goes on with the sweep that is there, and so does what an earlier round gave. Safe to repeat.
 * Throws InvalidSpec, which names the cells that could not run, and UnusableOutput.
 */
export async function planSweep(event: PlanEvent, context: SweepPlanContext): Promise<SweepState> {
  const before = sweepStateSchema.safeParse(event.input).data;
  const { store, checked, isNew } = before ? await reopen(before.sweep, context) : await open(event, context);
  const { sweep, cells } = checked;
  const standings = await standingsOf(store, cells, { execution: event.execution, isNew });
  const sums = sumsOf(standings.values());
  const { done, failed, open: ready } = sums;
  const round = (before?.round ?? 0) + 1;
  const idle = before && before.done + before.failed >= done + failed ? before.idle + 1 : 0;
  const room = roomFor(await context.concurrency?.());
  const began = (before && (await plannedExecution(store))?.began) ?? context.now();
  const minutes = (context.now() - began) / 60_000;
  const used = { done, dollars: sums.dollars, rounds: round - 1, minutes };
  const limits = limitsOf(checked, room, ready, used);
  const planned = { ...event, ...limits, round };
  const items = idle < MOST_IDLE ? roundItems(store, cells, standings, planned, context) : [];
  const key = keys.roundOf(round);
  if (items.length > 0) await store.put(key, JSON.stringify(items));
  await putExecution(store, {
    arn: event.executionArn,
    name: event.execution,
    cells: cells.length,
    done,
    failed,
    costDollars: sums.dollars,
    began,
    ...(limits.most === 0 && ready > 0 && { stopReason: 'budget' }),
  });
  return {
    sweep: store.uri,
    round,
    idle,
    cells: cells.length,
    done,
    failed,
    ready: items.length,
    maxConcurrency: Math.min(sweep.maxConcurrency, room),
    items: context.objectAt(`${store.uri}${key}`),
  };
}

/** Cells of each standing, and the cost of the finished ones. */
function sumsOf(standings: Iterable<Standing>) {
  const sums = { done: 0, failed: 0, open: 0, waiting: 0, dollars: 0 };
  for (const standing of standings) {
    sums[standing.status]++;
    if (standing.status === 'done') sums.dollars += standing.summary.cost.dollars.total;
  }
  return sums;
}

/** Cells of a round at most, and the chunks of each at a time; `ready`: the cells that could run. */
function limitsOf({ sweep, cells }: CheckedSweep, room: number, ready: number, used: SweepUsed) {
  const { maxConcurrency, budget } = sweep;
  const { cells: together, chunks } = shareRoom(room, Math.min(maxConcurrency, Math.max(1, ready)));
  // A round of all cells could not be ended when the money is: with a budget it is about as many as run together.
  const most = budget === undefined ? LARGEST_ROUND : affordableCells(budget, used, together, cells.length);
  return { most, chunks };
}

interface Opened {
  readonly store: Store;
  readonly checked: CheckedSweep;
  /** Nothing was there. */
  readonly isNew: boolean;
}

async function reopen(uri: string, { openStore }: SweepPlanContext): Promise<Opened> {
  const store = await openStore(uri);
  return { store, checked: await readStoredSweep(store), isNew: false };
}

async function open(event: PlanEvent, context: SweepPlanContext): Promise<Opened> {
  const input = placedInput.safeParse(event.input === undefined ? {} : event.input);
  if (!input.success) throw new InvalidSpec(['sweep: expected a JSON object; `sweep`, if given, is a URI']);
  const { sweep: place, AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: _, ...written } = input.data;
  const uri = place ?? `${context.sweeps}${event.execution}/`;
  const inCloud = context.sweeps.startsWith('s3:');
  if (!uri.endsWith('/') || (inCloud && !uri.startsWith(context.sweeps))) {
    const where = inCloud ? ` under ${context.sweeps}` : '';
    throw new UnusableOutput(`sweep: found '${uri}', expected a URI${where} that ends with a slash`);
  }
  if (place !== undefined && Object.keys(written).length === 0) {
    const opened = await reopen(uri, context);
    await refuseSecond(opened.store, event, context);
    return opened;
  }
  const checked = parseSweep(written);
  checkMemoryOfCells(checked.cells, context.memory);
  const store = await context.openStore(uri);
  await refuseSecond(store, event, context);
  const isNew = await claim(store, checked);
  await store.put(keys.SWEEP, sealedJson(written, 2));
  return { store, checked, isNew };
}

/** Notes of the last round; undefined before the first is planned. */
export async function plannedExecution(
  store: Store,
): Promise<z.output<typeof sweepExecutionSchema> | undefined> {
  const bytes = await getIfThere(store, keys.SWEEP_EXECUTION);
  return bytes && parseArtifact(keys.SWEEP_EXECUTION, store, bytes, sweepExecutionSchema);
}

async function putExecution(store: Store, notes: z.output<typeof sweepExecutionSchema>): Promise<void> {
  await store.put(keys.SWEEP_EXECUTION, `${JSON.stringify(notes, null, 2)}\n`);
}

/**
 * Two executions of one sweep would run the same cells at the same time. Each notes its start before it looks for the notes of
 * others, so that of two which start together one at least sees the other.
 */
async function refuseSecond(store: Store, event: PlanEvent, { isRunning }: SweepPlanContext): Promise<void> {
  const { execution: name, executionArn: arn } = event;
  const there = await plannedExecution(store);
  if (there?.arn === arn) return;
  const starts = keys.startsAfter(there?.name);
  await store.put(`${starts}${name}.json`, JSON.stringify({ arn, name }));
  const noted = await Promise.all(
    (await store.list(starts)).map(async (key) =>
      parseArtifact(key, store, await store.get(key), startSchema),
    ),
  );
  for (const other of [...(there ? [there] : []), ...noted]) {
    if (other.arn === arn || !(await isRunning(other.arn))) continue;
    throw new UnusableOutput(
      `sweep: the execution ${other.name} is running the sweep at ${store.uri}; wait for its end, or stop it first`,
    );
  }
}

/** Makes sure that the place holds no sweep that this one does not continue; tells whether it is empty. */
async function claim(store: Store, { sweep }: CheckedSweep): Promise<boolean> {
  if (!(await getIfThere(store, keys.SWEEP))) return true;
  const there = await readStoredSweep(store);
  if (continuesSweep(sweep, there.sweep)) return false;
  throw new UnusableOutput(
    `sweep: ${store.uri} holds another sweep, with cells that this one does not have; give this one another name, or go on with that one with {"sweep": "${store.uri}"}`,
  );
}

function roundItems(
  store: Store,
  cells: readonly Cell[],
  standings: ReadonlyMap<string, Standing>,
  {
    execution,
    executionArn,
    round,
    chunks,
    most,
  }: PlanEvent & Readonly<Record<'round' | 'chunks' | 'most', number>>,
  { nameOf }: Pick<SweepPlanContext, 'nameOf'>,
): RoundItem[] {
  // Seed by seed: where not all can run, all grid points and algorithms have the same seeds, and so pairs.
  const bySeed = [...group(cells, ({ seed }) => seed).values()].flat();
  const open = bySeed.flatMap(({ id }) => {
    const standing = standings.get(id);
    return standing?.status === 'open' ? [{ id, spec: standing.spec }] : [];
  });
  return open.slice(0, Math.min(most, LARGEST_ROUND)).map(({ id, spec }) => {
    const run = `${store.uri}${keys.cellFolder(id)}`;
    const input = {
      ...within(spec, chunks),
      run,
      continuedBy: 'caller',
      AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: executionArn,
    };
    const name = nameOf(store.uri, id, `${execution} ${round}`);
    return { cell: id, run, name, input: z.record(z.string(), z.json()).parse(input) };
  });
}
