/** The algorithms, by the names that a run spec calls them by. */
import { z } from 'zod';
import { OWN } from '../search/own-code.ts';
import type { Algorithm, Section } from './algorithm.ts';
import { annealing } from './annealing.ts';
import { acDc } from './backprop/ac-dc.ts';
import { backprop } from './backprop/backprop.ts';
import { fineTuning } from './backprop/fine-tuning.ts';
import { lcs } from './backprop/lcs.ts';
import { magnitudePruning } from './backprop/magnitude-pruning.ts';
import { cga } from './cga.ts';
import { biprop } from './gates/biprop.ts';
import { doubleScoring } from './gates/double-scoring.ts';
import { edgePopup } from './gates/edge-popup.ts';
import { gemMiner } from './gates/gem-miner.ts';
import { iterand } from './gates/iterand.ts';
import { multicoated } from './gates/multicoated.ts';
import { stochasticGates } from './gates/stochastic-gates.ts';
import { supermask } from './gates/supermask.ts';
import { localSearch } from './local-search.ts';
import { lowRank } from './low-rank/low-rank.ts';
import { memetic } from './memetic.ts';
import { muPlusLambda } from './mu-plus-lambda.ts';
import { nes } from './nes.ts';
import { nested } from './nested/nested.ts';
import { nsga } from './nsga/nsga.ts';
import { type OwnSpec, own } from './own.ts';
import { SEARCH, type Wording } from './parts/wording.ts';
import { pbil } from './pbil.ts';
import { randomSearch } from './random-search.ts';
import { recLra } from './rec-lra/rec-lra.ts';
import { sltnGa } from './sltn-ga/sltn-ga.ts';
import { umda } from './umda.ts';

/** A line each: whatever lists algorithms, or treats them differently, reads it. The order is that of their sections in a spec. */
const ALGORITHMS = {
  'sltn-ga': sltnGa,
  'random-search': randomSearch,
  'edge-popup': edgePopup,
  backprop,
  pbil,
  annealing,
  'local-search': localSearch,
  nsga,
  umda,
  cga,
  nes,
  'mu-plus-lambda': muPlusLambda,
  nested,
  supermask,
  'stochastic-gates': stochasticGates,
  'double-scoring': doubleScoring,
  'gem-miner': gemMiner,
  'magnitude-pruning': magnitudePruning,
  'ac-dc': acDc,
  'fine-tuning': fineTuning,
  'low-rank': lowRank,
  'rec-lra': recLra,
  lcs,
  biprop,
  iterand,
  multicoated,
  memetic,
};

export type AlgorithmName = keyof typeof ALGORITHMS | typeof OWN;

export const DEFAULT_ALGORITHM: AlgorithmName = 'sltn-ga';

export const ALGORITHM_NAMES = Object.keys(ALGORITHMS) as (keyof typeof ALGORITHMS)[];

export const ALL_ALGORITHM_NAMES: readonly AlgorithmName[] = [...ALGORITHM_NAMES, OWN];

type OwnSection = Extract<(typeof ALGORITHMS)[keyof typeof ALGORITHMS]['section'], Section>;
type OwnSections = { [Own in OwnSection as Own['key']]: z.ZodPrefault<Own['schema']> };

/** The sections of the run spec that belong to one algorithm each. */
export const OWN_SECTIONS = Object.fromEntries(
  Object.values(ALGORITHMS).flatMap(({ section }) =>
    section ? [[section.key, z.prefault(section.schema, {})]] : [],
  ),
) as OwnSections;

/** The parts of a run spec that algorithms read. */
type AlgorithmSpec = OwnSpec & { readonly network: object } & {
  readonly [Own in OwnSection as Own['key']]: z.output<Own['schema']>;
};

export type AnyAlgorithm = Algorithm<AlgorithmSpec>;

const TABLE: Readonly<Record<AlgorithmName, AnyAlgorithm>> = { ...ALGORITHMS, own };

export function algorithmNamed(name: AlgorithmName): AnyAlgorithm {
  return TABLE[name];
}

/** The same for a name from outside, such as one in a summary of another version; undefined where there is none. */
export function findAlgorithm(name: unknown): AnyAlgorithm | undefined {
  return ALL_ALGORITHM_NAMES.flatMap((known) => (known === name ? [TABLE[known]] : []))[0];
}

/** The section with the epochs of a training; undefined for an algorithm that counts none. */
export function sectionOfEpochs({ section }: AnyAlgorithm): string | undefined {
  return section?.schema instanceof z.ZodObject && 'epochs' in section.schema.shape ? section.key : undefined;
}

/** The names of those that are so, in the order of the table. */
export function algorithmsThat(are: (algorithm: AnyAlgorithm) => boolean): AlgorithmName[] {
  return ALGORITHM_NAMES.filter((name) => are(TABLE[name]));
}

/** The sections of the run spec that one algorithm or another heeds. */
export const SECTIONS: ReadonlySet<string> = new Set(ALGORITHM_NAMES.flatMap((name) => TABLE[name].heeds));

/** For the schema and help: every name with its summary. */
export const ALGORITHM_SUMMARIES = ALGORITHM_NAMES.map((name) => `${name}: ${TABLE[name].summary}`).join(
  '; ',
);

/** The algorithms for `--match` of the command line, with the figure that each takes over. */
export const MATCHING = ALGORITHM_NAMES.flatMap((name) => {
  const { match } = TABLE[name];
  return match?.exact ? [{ name, quantity: match.quantity }] : [];
});

export function wordingOf(name: string): Wording {
  return findAlgorithm(name)?.wording ?? SEARCH;
}
