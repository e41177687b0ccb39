/** gather: tables and figures of a sweep, from what its cells found. */
import pLimit from 'p-limit';
import type { OpenStore } from '../../runs/run.ts';
import * as keys from '../../store/keys.ts';
import type { Store } from '../../store/store.ts';
import type { Cell } from '../../sweep/cells.ts';
import { type CellResult, summarize } from '../../sweep/results.ts';
import type { GatherEvent, SweepResult } from '../../workflow/sweep-payloads.ts';
import { AT_A_TIME, readStoredSweep, type Standing, standingsOf } from './cells.ts';
import { readFailure } from './failure.ts';
import { plannedExecution } from './plan.ts';
import { writeSweepResults } from './results.ts';

/** Writes the results. Safe to repeat. Throws UnusableOutput where there is no sweep. */
export async function gatherSweep(
  event: GatherEvent,
  openStore: OpenStore,
  linkTo?: (uri: string) => Promise<string | undefined>,
): Promise<SweepResult> {
  const store = await openStore(event.sweep);
  const checked = await readStoredSweep(store);
  const { sweep, cells } = checked;
  const standings = await standingsOf(store, cells, { execution: event.execution, isNew: false });
  const limit = pLimit(AT_A_TIME);
  const found = await Promise.all(
    cells.map((cell) =>
      limit(
        async () => [cell.id, await resultOf(store, event.execution, cell, standings.get(cell.id))] as const,
      ),
    ),
  );
  const spent = (await plannedExecution(store))?.stopReason === 'budget';
  // A cell that the budget did not reach has no result, and has not failed.
  const left = (id: string) => spent && ['open', 'waiting'].includes(standings.get(id)?.status ?? '');
  const results = new Map(found.filter(([id]) => !left(id)));
  const summarized = summarize(checked, results);
  await writeSweepResults(store, sweep, summarized);
  const dollars = [...results.values()].flatMap((result) =>
    result.status === 'succeeded' ? [result.summary.cost.dollars.total] : [],
  );
  const link = await linkTo?.(`${store.uri}${keys.SWEEP_REPORT}`);
  return {
    status: 'succeeded',
    sweep: store.uri,
    stopReason: spent ? 'budget' : null,
    cells: cells.length,
    done: dollars.length,
    failed: results.size - dollars.length,
    costDollars: dollars.reduce((sum, amount) => sum + amount, 0),
    table: `${store.uri}${keys.SWEEP_TABLE}`,
    report: `${store.uri}${keys.SWEEP_REPORT}`,
    ...(link === undefined ? {} : { link }),
  };
}

async function resultOf(
  store: Store,
  execution: string,
  { id }: Cell,
  standing: Standing | undefined,
): Promise<CellResult> {
  if (standing?.status === 'done') return { status: 'succeeded', summary: standing.summary };
  if (standing?.status === 'failed' && standing.reason !== undefined) {
    return { status: 'failed', error: standing.reason };
  }
  const failure = await readFailure(store, execution, id);
  // Its execution ended without a result and without saying why: stopped by hand, most likely.
  return { status: 'failed', error: failure?.message ?? 'its search ended without a result' };
}
