/** select: survivors from parents and offspring, a row of history, and what is to be evaluated next. */
import { parseArtifact } from '../base/artifact-json.ts';
import { withGeneration, withSpent } from '../cost/usage.ts';
import { historyRow } from '../report/history.ts';
import { type End, encodeSurvivors, type GenerationState, generationStateSchema } from '../runs/artifacts.ts';
import { encodeRound, readRound } from '../runs/round-artifacts.ts';
import { afterRound, nextGeneration, type Round } from '../runs/rounds.ts';
import { type Run, type RunName, required, type Spending, UNMETERED } from '../runs/run.ts';
import { IncompleteGeneration, joinScores, matchScores, readScores } from '../runs/scores.ts';
import { appendHistory } from '../runs/segments.ts';
import { finishedState, searchState } from '../runs/state.ts';
import { readViable } from '../runs/viable.ts';
import { rulesOfStopping } from '../runspec/stopping.ts';
import { fitnessOf, type Individual, selectSurvivors } from '../search/individual.ts';
import { stopReason } from '../search/stopping.ts';
import * as keys from '../store/keys.ts';
import { checksum } from '../store/store.ts';
import { eventsOfGeneration } from '../workflow/fan-out.ts';
import type { SearchState } from '../workflow/payloads.ts';

export interface SelectContext {
  readonly run: (name: RunName) => Promise<Run>;
  /** The present, Unix time in milliseconds. */
  readonly now: () => number;
  readonly spent?: Spending;
}

/** Selects generation `event.generation`, or sees that it needs another round. Costs the same at any generation; safe to repeat. */
export async function select(event: SearchState, context: SelectContext): Promise<SearchState> {
  const run = await context.run(event);
  const { store, spec, manifest } = run;
  const { bits, trainSamples: samples } = manifest;
  const { objective, population } = spec.search;
  const { generation, round } = event;
  const searching = { spec, bits, samples, viable: await readViable(run) };

  const stateKey = keys.stateOf(generation, round);
  const state = parseArtifact(stateKey, store, await required(store, stateKey), generationStateSchema);
  const [{ brood, parents, born, waiting }, scored] = await Promise.all([
    readRound(run, state),
    readScores(store, event),
  ]);
  const scores = joinScores(brood, scored.chunks, generation);
  const known = [...parents, ...born, ...waiting];
  const offspring = matchScores(brood, scores, known, state.nextId, generation, bits);
  const evaluations = state.evaluations + brood.masks.count;
  const { spent = UNMETERED } = context;
  const now = context.now();
  const secondsPerIndividual =
    brood.masks.count > 0 ? scored.milliseconds / 1000 / brood.masks.count : state.secondsPerIndividual;
  const evaluating = withGeneration(state.usage, event.fanOut, scored.spent);
  const events = event.events + eventsOfGeneration(event);

  const settled = afterRound(searching, { ...state, born, waiting }, offspring);
  const usage = (puts: number) => withSpent(evaluating, 'select', spent(puts));
  const clock = clockAt(state, now);
  if ('offspring' in settled) {
    const rest = { ...state, secondsPerIndividual, evaluations, clock, usage };
    const parentsKey = keys.survivorsOf(generation - 1);
    const { [parentsKey]: parentsChecksum } = state.checksums;
    const checksums = parentsChecksum === undefined ? {} : { [parentsKey]: parentsChecksum };
    const next = await write(run, settled, parents, { ...rest, checksums });
    const { progress, ...following } = searchState(run, next, undefined, events);
    return { ...following, progress: { ...event.progress, evaluations, start: progress.start } };
  }

  const newborns = settled.newborns.map((one, index) => ({ ...one, id: state.nextId + index }));
  const survivors = selectSurvivors(parents, newborns, population, objective);
  const [best] = survivors;
  if (!best) throw new IncompleteGeneration(`generation ${generation}: no survivors`);
  const fitness = fitnessOf(best.score, objective);
  const bestFitness = Number.isFinite(fitness) ? fitness : null;
  const unchanged = generation > 0 && bestFitness === state.bestFitness ? state.unchanged + 1 : 0;
  const row = historyRow(survivors, {
    generation,
    offspring: newborns.length,
    evaluated: evaluations - state.evaluationsBefore,
    evaluations,
    samples,
    bits,
    objective,
  });
  const survivorsKey = keys.survivorsOf(generation);
  const survivorsBytes = encodeSurvivors(survivors, bits);
  const checksums = { [survivorsKey]: checksum(survivorsBytes) };
  await Promise.all([store.put(survivorsKey, survivorsBytes), appendHistory(store, row)]);
  if (!spec.keepGenerations && generation >= 2)
    await store.deletePrefix(keys.generationFolder(generation - 2));
  const over = stopReason(rulesOfStopping(spec), generation, unchanged, row.bestAccuracy, evaluations);
  if (over) {
    const end: End = { usage: usage(1), checksums };
    await store.put(keys.endOf(generation), JSON.stringify(end));
    return finishedState(run, evaluations, row, over, round);
  }

  const nextId = state.nextId + newborns.length;
  const progressed = { survivors, nextId, evaluations };
  const next = nextGeneration(searching, { ...settled.rest, ...progressed, generation: generation + 1 });
  const written = await write(run, next, survivors, {
    nextId,
    evaluations,
    evaluationsBefore: evaluations,
    bestFitness,
    unchanged,
    secondsPerIndividual,
    clock,
    usage,
    checksums,
  });
  return searchState(run, written, row, events);
}

function clockAt({ clock }: GenerationState, now: number): GenerationState['clock'] {
  const since = now - clock.at;
  return { active: clock.active + since, evaluating: clock.evaluating + since, at: now };
}

/** What a state says beside its round. */
interface RestOfState
  extends Pick<
    GenerationState,
    | 'nextId'
    | 'evaluations'
    | 'evaluationsBefore'
    | 'bestFitness'
    | 'unchanged'
    | 'secondsPerIndividual'
    | 'clock'
    | 'checksums'
  > {
  /** What the run used, with the PUTs that are still to come. */
  readonly usage: (puts: number) => GenerationState['usage'];
}

/** Writes a round, its state last. */
async function write(
  { store, manifest }: Run,
  round: Round,
  survivors: readonly Individual[],
  { usage, checksums, ...rest }: RestOfState,
): Promise<GenerationState> {
  const { files, state } = encodeRound(round, survivors, manifest.bits);
  const written: GenerationState = {
    ...rest,
    ...state,
    usage: usage(Object.keys(files).length + 1),
    checksums: { ...state.checksums, ...checksums },
  };
  await Promise.all(Object.entries(files).map(([key, bytes]) => store.put(key, bytes)));
  await store.put(keys.stateOf(round.generation, round.round), JSON.stringify(written));
  return written;
}
