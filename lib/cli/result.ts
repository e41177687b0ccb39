/** The output at the end of a run, for people and for programs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { wordingOf } from '../algorithms/registry.ts';
import { amount, duration, percent, whole } from '../base/format.ts';
import { shellWord } from '../base/shell-word.ts';
import { formatCost, formatUsageBriefly } from '../cost/wording.ts';
import { networkName, type RunSummary } from '../report/summary.ts';
import { restartsText, stopReasonText } from '../report/tables/summary-table.ts';
import { plantedText, testAccuracyContext, unprunedText, untaughtText } from '../report/test-accuracy.ts';
import { brokenText, GAP_NAMES, limitText, shownGaps, testGapText } from '../report/text/fairness.ts';
import { macroAverageOf } from '../report/text/objective.ts';
import { pickedText } from '../report/text/picked.ts';
import { type Artifact, RUN_ARTIFACTS } from '../store/artifacts.ts';
import * as keys from '../store/keys.ts';
import type { SearchState } from '../workflow/payloads.ts';
import { DONE, USER_MISTAKE } from './exit-codes.ts';
import { bold, print, printJson, tableCell, tell } from './output.ts';
import { isLocal, shown } from './paths.ts';

interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

/** `out`: a folder's path, or the URI of one, which ends with a slash. */
function pathIn(out: string, key: string): string {
  return isLocal(out) ? join(out, key) : `${out}${key}`;
}

/** The artifacts that people and programs are shown, as far as the run has them. */
function artifactsOf(out: string, summary: RunSummary): { name: string; label: string; path: string }[] {
  const rows: [string, Artifact][] = Object.entries(RUN_ARTIFACTS);
  const isThere = (only: Artifact['only']) =>
    (only !== 'front' && only !== 'nested') || summary[only] !== undefined;
  return rows.flatMap(([key, { name, label = name, only }]) =>
    name === undefined || label === undefined || !isThere(only)
      ? []
      : [{ name, label, path: pathIn(out, key) }],
  );
}

/** Prints the result of a run that has just ended; gives the exit code. */
export function printResult(summary: RunSummary, out: string, options: OutputOptions): number {
  printSummary(summary, out, options);
  const broken = summary.fairness && brokenText(summary.fairness);
  const kept = `it is the ticket${summary.front ? `, and ${pathIn(out, keys.FRONT)} lists the others` : ''}`;
  if (broken !== undefined) tell(`search.constraints: ${broken}; ${kept}\n`);
  const { met = true } = summary.picked ?? {};
  if (!met) tell(`search.pick: of the tickets that were found, ${pickedText(summary)}; ${kept}\n`);
  return met && broken === undefined ? DONE : USER_MISTAKE;
}

export function printSummary(summary: RunSummary, out: string, options: OutputOptions): void {
  if (options.json) {
    const artifacts = Object.fromEntries(artifactsOf(out, summary).map(({ name, path }) => [name, path]));
    printJson({ ...summary, out, artifacts });
    return;
  }
  if (options.quiet) {
    print(`${shown(pathIn(out, keys.TICKET))}\n`);
    return;
  }
  const words = wordingOf(summary.algorithm);
  const unpruned = unprunedText(summary);
  const restarted = restartsText(summary);
  const untaught = untaughtText(summary);
  const planted = plantedText(summary);
  const objective = macroAverageOf(summary.objective, summary);
  const rows: [string, string][] = [
    ['train accuracy', bold(percent(summary.trainAccuracy, 2))],
    ['test accuracy', `${bold(percent(summary.testAccuracy, 2))}  (${testAccuracyContext(summary)})`],
    [
      'sparsity',
      `${bold(percent(summary.sparsity, 1))}  (${whole(summary.keptWeights)} of ${whole(summary.prunableWeights)} weights kept)`,
    ],
    ...fairnessRows(summary),
    ...(unpruned === undefined ? [] : [['before pruning', unpruned] satisfies [string, string]]),
    ...(planted === undefined ? [] : [['planted ticket', planted] satisfies [string, string]]),
    [
      words.generations,
      `${whole(summary.generations)}${summary.stopReason ? `  (${stopReasonText(summary.stopReason)})` : ''}`,
    ],
    [words.process === 'training' ? 'passes' : 'evaluations', whole(summary.evaluations)],
    ...ratesOf(summary),
    ...(restarted === undefined ? [] : [['restarts', restarted] satisfies [string, string]]),
    ...(untaught === undefined ? [] : [['note', untaught] satisfies [string, string]]),
    ...(summary.readAs === undefined ? [] : [['data', summary.readAs] satisfies [string, string]]),
    ['time', duration(summary.seconds)],
    ['cost', `${formatCost(summary.cost)}  (${formatUsageBriefly(summary.cost.usage)})`],
    ...artifactsOf(out, summary).flatMap(({ name, label, path }): [string, string][] =>
      name === 'minimised'
        ? minimisedRow(summary, shown(path))
        : name === 'front'
          ? [...pickedRow(summary), ...frontRow(summary, shown(path))]
          : [[label, shown(path)]],
    ),
  ];
  if (objective) {
    rows.unshift(
      [`train ${objective.name}`, bold(percent(objective.train, 2))],
      [`test ${objective.name}`, bold(percent(objective.test, 2))],
    );
  }
  const name = `${summary.preset ?? summary.runId}, network ${networkName(summary)}, seed ${summary.seed}`;
  print(`\n${bold(name)}\n${plainTable(rows)}\n`);
}

function ratesOf({ algorithm, flips, flipsPerSecond = 0, evaluationsPerSecond }: RunSummary) {
  const rows: [string, string][] = [
    ['flips', whole(flips ?? 0)],
    ['flips/s', amount(flipsPerSecond)],
  ];
  if (flips !== undefined) return rows;
  const label = wordingOf(algorithm).process === 'training' ? 'passes/s' : 'evaluations/s';
  return [[label, amount(evaluationsPerSecond)] satisfies [string, string]];
}

/** Nothing for runs of earlier versions, which have no such file. */
function minimisedRow({ minimised }: RunSummary, path: string): [string, string][] {
  if (!minimised) return [];
  const { before, after } = minimised;
  return [['minimised', `${path}  (${whole(after.parameters)} of ${whole(before.parameters)} parameters)`]];
}

/** A row for each gap that has a limit, or for all of them. */
function fairnessRows({ fairness }: RunSummary): [string, string][] {
  if (!fairness) return [];
  return shownGaps(fairness).map((gap) => {
    const limit = limitText(fairness, gap);
    return [
      `gap of ${GAP_NAMES[gap]}`,
      `${testGapText(fairness, gap)}${limit === undefined ? '' : `; ${limit}`}`,
    ];
  });
}

/** Nothing where the search itself says which one it is. */
function pickedRow(summary: RunSummary): [string, string][] {
  const text = pickedText(summary);
  return text === undefined || summary.picked?.rule === 'best' ? [] : [['picked', text]];
}

/** Where other tickets were looked for, and are: how sparse they are, and how good on the test data. */
function frontRow({ front }: RunSummary, path: string): [string, string][] {
  if (!front || front.length < 2) return [];
  const others = front.filter(({ file }) => file !== keys.TICKET);
  const told = others.map(
    ({ file, sparsity, testAccuracy }) =>
      `${file}: ${percent(testAccuracy, 1)} at ${percent(sparsity, 1)} sparsity`,
  );
  return [['other tickets', `${path}  (${told.join('; ')})`]];
}

/** `state`: the last one that was reached; undefined where the run was not even prepared. */
export function printStopped(state: SearchState | undefined, out: string, options: OutputOptions): void {
  const generations = state ? completeIn(state) : 0;
  if (options.json) {
    const { evaluations = 0, bestAccuracy = null } = state?.progress ?? {};
    printJson({ status: 'stopped', generations, evaluations, out, trainAccuracy: bestAccuracy });
  }
  if (!options.quiet) {
    const when = state
      ? `${hasNone(state) ? 'before the end of' : 'after'} ${state.training ? 'epoch' : 'generation'} ${whole(generations)}${state.done ? ', before the ticket was written' : ''}`
      : 'before the run began';
    const next = existsSync(join(out, keys.MANIFEST))
      ? `npx tombola resume ${shellWord(shown(out))}`
      : 'repeat the same command';
    tell(`Stopped ${when}. To continue: ${next}\n`);
  }
}

function completeIn({ generation, training, done }: SearchState): number {
  return training || done ? generation : Math.max(0, generation - 1);
}

/** Whether not even the first generation is complete. */
function hasNone({ generation, training, done }: SearchState): boolean {
  return !training && !done && generation === 0;
}

/** A table without rules: columns as wide as they must be, two spaces apart. */
export function plainTable(rows: readonly (readonly string[])[], head: readonly string[] = []): string {
  const body = rows.map((row) => row.map(tableCell));
  const lines = head.length > 0 ? [head.map((title) => bold(tableCell(title))), ...body] : body;
  const lengths = lines.map((line) => line.map((cell) => stringWidth(cell)));
  const widths: number[] = [];
  for (const line of lengths) {
    line.forEach((length, column) => {
      widths[column] = Math.max(widths[column] ?? 0, length);
    });
  }
  const padded = (cell: string, length = 0, width = 0) => cell + ' '.repeat(width - length);
  return lines
    .map((line, row) =>
      line
        .map((cell, column) => padded(cell, lengths[row]?.[column], widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
