/** What training ended with, or has up to now: what finalize makes a ticket of. */
import { countWeights, type Network } from '../network/architecture.ts';
import { epochsCsv } from '../report/learning.ts';
import { pack } from '../search/genome.ts';
import * as keys from '../store/keys.ts';
import { maskOf } from '../training/edge-popup.ts';
import { createMethod } from '../training/methods.ts';
import type { SearchState } from '../workflow/payloads.ts';
import { decodeCheckpoint } from './checkpoint.ts';
import type { Found } from './found.ts';
import { type Run, required, verify } from './run.ts';
import { readTrainingState, requireTraining } from './training-state.ts';

/** Reads the best result. `network`: as it was drawn. */
export async function readTrained(
  run: Run,
  { generation, done }: SearchState,
  network: Network,
  now: number,
): Promise<Found> {
  const { store } = run;
  const spec = requireTraining(run);
  const state = await readTrainingState(store, generation);
  const key = keys.checkpointOf(generation);
  const bytes = verify(store, key, await required(store, key), state.checksums[key]);
  const { rows, best } = decodeCheckpoint(bytes, key);
  const method = createMethod(network, spec);
  const row = best?.row ?? 0;
  const { scores } = best?.result ?? {};
  // A mask lies over the weights as they were drawn; trained weights take their place, and all are kept.
  const masked = spec.algorithm === 'edge-popup' && scores !== undefined;
  const { clock, usage } = state;
  const since = done ? now - clock.at : 0;
  return {
    network: masked ? network : method.network(Math.floor(row / method.epochs), best?.result ?? {}),
    genome: masked
      ? maskOf(network.widths, scores, rows[row]?.keep ?? 1)
      : pack(new Uint8Array(countWeights(network.widths)).fill(1)),
    before: undefined,
    objective: 'cross-entropy',
    generations: Math.min(rows.length, method.epochs),
    evaluations: rows.length,
    pruningEvaluations: 0,
    taken: { active: clock.active + since, evaluating: clock.evaluating + since, usage },
    historyCsv: epochsCsv(rows),
    history: [],
    population: [],
    epochs: rows,
  };
}
