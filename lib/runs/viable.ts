/** Which masks a run's search may draw and breed: asked of the network only where the spec bounds them. */

import { boundRulesOf } from '../runspec/bound.ts';
import type { Viable } from '../search/breeding.ts';
import { readNetwork } from './networks.ts';
import { viableFor } from './rounds.ts';
import type { Run } from './run.ts';

/** Kept for as long as the run is open: a search asks in every generation. */
const known = new WeakMap<Run, Promise<Viable>>();

export function readViable(run: Run): Promise<Viable> {
  const there = known.get(run);
  if (there) return there;
  const viable = find(run);
  known.set(run, viable);
  viable.catch(() => known.delete(run));
  return viable;
}

async function find(run: Run): Promise<Viable> {
  if (!boundRulesOf(run.spec)) return () => true;
  const { layers } = run.spec.network;
  return viableFor(layers ? { widths: layers } : await readNetwork(run));
}
