/** One run or sweep, as its page shows it. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { wordingOf } from '../algorithms/registry.ts';
import { DamagedArtifact } from '../base/errors.ts';
import { isMissing } from '../base/file-errors.ts';
import { amount, byteSize, duration, nats, percent, whole } from '../base/format.ts';
import { shellWord } from '../base/shell-word.ts';
import type { StoredRun } from '../cli/local/stored-run.ts';
import { uriOfFolder } from '../cli/local-run.ts';
import type { RunSummary } from '../report/summary.ts';
import { stopReasonText } from '../report/tables/summary-table.ts';
import { testAccuracyContext } from '../report/test-accuracy.ts';
import { macroAverageOf, OBJECTIVE_NAMES } from '../report/text/objective.ts';
import { type Artifact, RUN_ARTIFACTS, SWEEP_ARTIFACTS } from '../store/artifacts.ts';
import { FolderStore } from '../store/folder.ts';
import * as keys from '../store/keys.ts';
import { courseSections, ticketSections } from './figures.ts';
import type { Frames } from './frames.ts';
import type { RunRow, RunView, TileView } from './messages.ts';
import { type BegunStanding, standingIn } from './standing.ts';
import { sweepSections } from './sweep-view.ts';

/** A run or a sweep as its page shows it. Damaged artifacts become its problem. */
export async function viewOf(
  stored: StoredRun,
  listed: RunRow,
  cells: readonly RunRow[],
  frames: Frames,
): Promise<RunView> {
  const began = process.cpuUsage();
  const view = await described(stored, listed, cells, frames);
  const { user, system } = process.cpuUsage(began);
  return { ...view, cost: (user + system) / 1_000 };
}

async function described(
  stored: StoredRun,
  listed: RunRow,
  cells: readonly RunRow[],
  frames: Frames,
): Promise<RunView> {
  const view: RunView = {
    run: listed,
    progress: null,
    tiles: [],
    context: '',
    sections: [],
    frames: [],
    files: filesOf(stored),
    spec: textIn(stored.folder, stored.kind === 'run' ? keys.SPEC : keys.SWEEP),
    cells: [...cells],
    command: commandOf(stored),
    cost: 0,
  };
  if (listed.state === 'damaged' || listed.state === 'unreadable') return view;
  try {
    if (stored.kind === 'sweep') return { ...view, sections: await sweepSections(stored) };
    return { ...view, ...(await partsOfRun(stored, frames)) };
  } catch (error) {
    if (!(error instanceof DamagedArtifact)) throw error;
    const problem = listed.problem ?? error.message;
    return { ...view, run: { ...listed, problem }, frames: frames.generationsOf(stored.name) };
  }
}

async function partsOfRun(stored: StoredRun, frames: Frames): Promise<Partial<RunView>> {
  const running = stored.state === 'running';
  const standing = await standingIn(new FolderStore(uriOfFolder(stored.folder)), running);
  const { begun, live, summary } = standing;
  const over = summary?.status === 'succeeded';
  if (live) await frames.record(stored.name, live);
  return {
    progress: begun && !over ? progressOf(begun) : null,
    tiles: over ? tilesOfSummary(summary) : begun ? tilesOfProgress(begun) : [],
    context: over ? `Test accuracy: ${testAccuracyContext(summary)}.` : '',
    sections: [...(await ticketSections(standing, over)), ...(await courseSections(stored.name, standing))],
    frames: live ? frames.generationsOf(stored.name) : [],
  };
}

function progressOf({ state, run }: BegunStanding): RunView['progress'] {
  const { process } = wordingOf(run.spec.algorithm);
  const unit = process === 'training' ? 'epoch' : 'generation';
  if (state.complete === null) return null;
  const at = state.over === null ? state.complete : state.generation;
  return { at, of: state.progress.maxGenerations, unit };
}

function tilesOfProgress({ state, run }: BegunStanding): TileView[] {
  const { evaluations, start } = state.progress;
  const words = wordingOf(run.spec.algorithm);
  const seconds = state.clock.evaluating / 1_000;
  return [
    ...(state.complete === null ? [] : tilesOfBest(state.progress)),
    ...(start === null ? [] : [tile('first masks', whole(start.found), `of ${whole(start.wanted)}`)]),
    tile(words.evaluations, whole(evaluations)),
    ...(seconds > 0 ? [tile(words.evaluationsPerSecond, amount(evaluations / seconds))] : []),
    tile('time at work', duration(state.clock.active / 1_000)),
  ];
}

function tilesOfBest(progress: BegunStanding['state']['progress']): TileView[] {
  const { bestAccuracy, meanAccuracy, bestLoss, bestMacroAverage, bestSparsity, objective } = progress;
  const { validationAccuracy } = progress;
  return [
    tile('train accuracy, best', percent(bestAccuracy)),
    ...(meanAccuracy === null ? [] : [tile('train accuracy, mean', percent(meanAccuracy))]),
    ...(validationAccuracy === null ? [] : [tile('validation accuracy', percent(validationAccuracy))]),
    ...(bestMacroAverage === null ? [] : [tile(OBJECTIVE_NAMES[objective], percent(bestMacroAverage))]),
    ...(bestLoss === null ? [] : [tile('cross-entropy', nats(bestLoss), 'nats')]),
    tile('sparsity of the best', percent(bestSparsity)),
  ];
}

function tilesOfSummary(summary: RunSummary): TileView[] {
  const words = wordingOf(summary.algorithm);
  const objective = macroAverageOf(summary.objective, summary);
  const { validationAccuracy } = summary;
  return [
    tile('test accuracy', percent(summary.testAccuracy)),
    tile('train accuracy', percent(summary.trainAccuracy)),
    ...(validationAccuracy === null ? [] : [tile('validation accuracy', percent(validationAccuracy))]),
    ...(objective ? [tile(`test ${objective.name}`, percent(objective.test))] : []),
    tile('sparsity', percent(summary.sparsity)),
    tile('weights kept', whole(summary.keptWeights), `of ${whole(summary.prunableWeights)}`),
    tile(words.generations, whole(summary.generations)),
    tile(words.evaluations, whole(summary.evaluations)),
    tile('wall-clock time', duration(summary.seconds)),
    tile('stopped by', stopReasonText(summary.stopReason)),
  ];
}

function tile(label: string, value: string, unit = ''): TileView {
  return { label, value, unit };
}

/** The files that may be loaded: those of the table of artifacts that people are told of, and that are there. */
function filesOf({ folder, kind, algorithm }: StoredRun): RunView['files'] {
  const { found, row } = wordingOf(algorithm ?? '');
  const rows: [string, Artifact][] = Object.entries(kind === 'run' ? RUN_ARTIFACTS : SWEEP_ARTIFACTS);
  return rows.flatMap(([key, { content, contentTrained, label, name }]) => {
    const told = (found === 'trained' ? contentTrained : undefined) ?? content ?? label ?? name;
    const size = told === undefined || key.includes('*') ? undefined : sizeIn(folder, key);
    if (told === undefined || size === undefined) return [];
    return [{ key, content: told.replace('{row}', row), size: byteSize(size) }];
  });
}

function sizeIn(folder: string, key: string): number | undefined {
  return statSync(join(folder, key), { throwIfNoEntry: false })?.size;
}

function textIn(folder: string, key: string): string | null {
  try {
    return readFileSync(join(folder, key), 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    return null;
  }
}

/** The command that continues it, unless it is over. */
function commandOf({ kind, name, state }: StoredRun): string | null {
  if (state !== 'stopped' && state !== 'failed') return null;
  if (kind === 'run') return `npx tombola resume ${shellWord(name)}`;
  return `npx tombola sweep ${shellWord(`${name}/${keys.SWEEP}`)} --out ${shellWord(name)}`;
}
