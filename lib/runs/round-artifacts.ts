/** A round in the store: its masks, and the individuals that were set aside. */
import { planEvaluation } from '../search/breeding.ts';
import type { Individual } from '../search/individual.ts';
import * as keys from '../store/keys.ts';
import { checksum } from '../store/store.ts';
import {
  type Brood,
  decodeBrood,
  decodeSurvivors,
  encodeBrood,
  encodeSurvivors,
  type GenerationState,
} from './artifacts.ts';
import type { Round } from './rounds.ts';
import { type Run, required, verify } from './run.ts';

/** The files of a round, and what its state says of them. No mask is evaluated that a survivor or one aside has. */
export function encodeRound(
  { generation, round, offspring, queued, admission, born, waiting }: Round,
  survivors: readonly Individual[],
  bits: number,
): {
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly state: Pick<
    GenerationState,
    'generation' | 'round' | 'evaluate' | 'queued' | 'admission' | 'born' | 'checksums'
  >;
} {
  const aside = [...born, ...waiting];
  const plan = planEvaluation(offspring, [...survivors, ...aside]);
  const files = {
    [keys.offspringOf(generation, round)]: encodeBrood(offspring, plan, bits),
    ...(aside.length > 0 ? { [keys.asideOf(generation, round)]: encodeSurvivors(aside, bits) } : {}),
  };
  const checksums = Object.fromEntries(
    Object.entries(files).map(([key, bytes]) => [key, checksum(bytes)] as const),
  );
  const evaluate = plan.genomes.length;
  return {
    files,
    state: { generation, round, evaluate, queued, admission, born: born.length, checksums },
  };
}

/** A round as it was written. */
export interface StoredRound {
  readonly brood: Brood;
  /** The survivors of the generation before, best first. */
  readonly parents: readonly Individual[];
  readonly born: readonly Individual[];
  readonly waiting: readonly Individual[];
}

/** Reads the round of a state. Throws DamagedArtifact. */
export async function readRound(run: Run, state: GenerationState): Promise<StoredRound> {
  const { generation, round } = state;
  const { bits } = run.manifest;
  const read = async (key: string) =>
    verify(run.store, key, await required(run.store, key), state.checksums[key]);
  const individuals = async (key: string) => decodeSurvivors(await read(key), bits, key);
  const broodKey = keys.offspringOf(generation, round);
  const asideKey = keys.asideOf(generation, round);
  const [brood, parents, aside] = await Promise.all([
    read(broodKey).then((bytes) => decodeBrood(bytes, bits, broodKey)),
    generation === 0 ? [] : individuals(keys.survivorsOf(generation - 1)),
    asideKey in state.checksums ? individuals(asideKey) : [],
  ]);
  return { brood, parents, born: aside.slice(0, state.born), waiting: aside.slice(state.born) };
}
