/** Results of a run, at its end or after its last complete generation. */
import type { Result } from '../../algorithms/algorithm.ts';
import { algorithmNamed } from '../../algorithms/registry.ts';
import type { AnyNetwork } from '../../network/network.ts';
import type { Individual } from '../../search/individual.ts';
import * as keys from '../../store/keys.ts';
import type { SearchState } from '../../workflow/payloads.ts';
import { readKept } from '../moments.ts';
import type { Run } from '../run.ts';
import { historyOf } from '../segments.ts';
import { clockAt, lastState, type RunState, readState } from '../state.ts';

export interface Found extends Result {
  /** The last population, best first; none where there never was one. */
  readonly population: readonly Individual[];
  /** Time that the run was at work, and at its generations or epochs, in milliseconds; what it used. */
  readonly taken: Pick<RunState['clock'], 'active' | 'evaluating'> & Pick<RunState, 'usage'>;
}

/** `network`: as it was drawn. `now`: up to when the run was at work, if it is over. Throws DamagedArtifact. */
export async function readFound(
  run: Run,
  at: Pick<SearchState, 'done' | 'generation'>,
  network: AnyNetwork,
  now: number,
): Promise<Found> {
  const { store, spec } = run;
  const { done, generation } = at;
  const state = await (done ? readState(store, keys.endOf(generation)) : lastState(run));
  const [kept, rows] = await Promise.all([readKept(run, state), historyOf(run, state)]);
  const { active, evaluating } = done ? clockAt(state, now) : state.clock;
  return {
    ...algorithmNamed(spec.algorithm).result(spec, network, { ...kept, rows }),
    population: kept.population,
    taken: { active, evaluating, usage: state.usage },
  };
}
