/** The problem that a run's masks solve. */

import type { Problem } from '../algorithms/algorithm.ts';
import { algorithmNamed } from '../algorithms/registry.ts';
import { defined } from '../base/defined.ts';
import { memo } from '../base/memo.ts';
import { allowedByCodes } from '../network/class-codes.ts';
import { hasLivePath } from '../network/minimising/liveness.ts';
import { minimisedSize } from '../network/minimising/minimised-size.ts';
import type { Wiring } from '../network/weight-matrices.ts';
import type { RunSpec } from '../runspec/schema.ts';
import { fullGenome, intersection } from '../search/genome.ts';
import * as keys from '../store/keys.ts';
import { readNetwork, verified } from './networks.ts';
import { decodeProbabilities } from './prior/probabilities.ts';
import type { Run } from './run.ts';

/** Kept for as long as the run is open: a search asks in every generation. */
const known = new WeakMap<Run, Promise<Problem>>();

export function readProblem(run: Run): Promise<Problem> {
  return memo(known, run, () => {
    const problem = read(run);
    problem.catch(() => known.delete(run));
    return problem;
  });
}

/** The network is read only where the algorithm asks for it. */
async function read(run: Run): Promise<Problem> {
  const { bits, trainSamples: samples, classSizes } = run.manifest;
  const widths = 'layers' in run.spec.network ? run.spec.network.layers : undefined;
  const { spec } = run;
  const needed = spec.search.codes !== undefined || algorithmNamed(spec.algorithm).needsNetwork(spec);
  const network = needed && !widths ? await readNetwork(run) : { widths: widths ?? [] };
  const problem = { ...problemOf(spec, network, bits, samples), ...defined({ classSizes }) };
  if (run.manifest.checksums[keys.PRIOR] === undefined) return problem;
  const prior = decodeProbabilities(await verified(run)(keys.PRIOR), bits, `${run.store.uri}${keys.PRIOR}`);
  return { ...problem, prior };
}

/** The same of a network at hand. */
export function problemOf(spec: RunSpec, network: Wiring, bits: number, samples: number): Problem {
  const { codes } = spec.search;
  const allowed = codes && allowedByCodes(network, codes);
  const restricted = defined({ allowed });
  if (!algorithmNamed(spec.algorithm).needsNetwork(spec))
    return { bits, samples, viable: () => true, ...restricted };
  // An individual is compared several times in a generation, and survives for many.
  const measured = new WeakMap<Uint8Array, ReturnType<typeof minimisedSize>>();
  const of = (genome: Uint8Array) => memo(measured, genome, () => minimisedSize(network, genome));
  const full = fullGenome(bits);
  const sizes = {
    of,
    get whole() {
      return of(full);
    },
  };
  const keptOf = (genome: Uint8Array) => (allowed ? intersection(genome, allowed) : genome);
  return { bits, samples, viable: (genome) => hasLivePath(network, keptOf(genome)), sizes, ...restricted };
}
