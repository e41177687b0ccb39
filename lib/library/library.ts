/**
 * The library: searches on this computer, their runs, and the scores of their tickets, for programs that import Tombola.
 * Its types are written out here, so that they hold whatever changes behind them.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import papaparse from 'papaparse';
import { z } from 'zod';
import { ownSchema } from '../algorithms/own.ts';
import { defined } from '../base/defined.ts';
import { evaluateTicket } from '../cli/evaluate/evaluate.ts';
import { matrixOf } from '../cli/evaluate/printout.ts';
import { openTarget } from '../cli/evaluate/target.ts';
import { located, runName } from '../cli/input.ts';
import { inputOf, requireRun, uriOfFolder } from '../cli/local-run.ts';
import { shown } from '../cli/paths.ts';
import { runSearch } from '../engine/engine.ts';
import type { OwnModule } from '../engine/own-modules.ts';
import { sourceOpener } from '../places/sources.ts';
import { readSummary } from '../runs/final/summary.ts';
import { parseSpec, specJsonSchema } from '../runspec/parser.ts';
import { PRESETS } from '../runspec/presets.ts';
import { FolderStore } from '../store/folder.ts';
import { lockFolder } from '../store/folder-lock.ts';
import * as keys from '../store/keys.ts';
import { VERSION } from '../version.ts';
import type {
  OwnAlgorithm,
  OwnAnswers,
  OwnGeneration,
  OwnMask,
  OwnObjective,
  OwnPlace,
  OwnProblem,
  OwnRandom,
  ScoredMask,
} from './own.ts';
import { openOwn, requireSame, withOwn } from './own-run.ts';
import { type PredictDataOptions, type Prediction, predict } from './predict.ts';
import type { OwnNames, Run, RunFigures, RunFiles, Spec } from './run.ts';
import type { FlipProgress, SearchOptions, SearchProgress } from './search-options.ts';

/** The data to score a ticket on, and how their file is written. */
interface EvaluateOptions {
  /** A file of samples in raw units, with the features of the ticket and a label column; the data of the run unless given. */
  readonly data?: string;
  /** The part of the run's own data; all parts unless given. Not together with `data`. */
  readonly on?: 'train' | 'test' | 'validation';
  /** The label column of the file: its name, or its number from 0. The last column unless given. */
  readonly label?: string;
  /** Whether the first row of the file is a header; found from its rows unless given. */
  readonly header?: boolean;
  /** The character between fields, or 'tab'; found from the file unless given. */
  readonly delimiter?: string;
  /** The decimal mark of numbers; a point unless given. */
  readonly decimal?: '.' | ',';
}

/** The score of a ticket on some data. */
interface TicketFigures {
  /** The file as given in `options.data`, or the part of the run's data: 'train', 'validation' or 'test'. */
  readonly data: string;
  /** Number of samples. */
  readonly samples: number;
  /** Share of correct predictions, 0 to 1. */
  readonly accuracy: number;
  /** Mean recall of the classes that have samples, 0 to 1. */
  readonly balancedAccuracy: number;
  /** Mean F1 of all classes, 0 to 1; each class counts the same. */
  readonly macroF1: number;
  /** Mean cross-entropy per sample, in nats; null where it is not finite. */
  readonly loss: number | null;
  /** Numbers of samples, classes × classes: a row for each true class, a column for each predicted class. */
  readonly confusion: readonly (readonly number[])[];
}

/** A spec to start from. */
interface NamedPreset {
  /** The value of `preset` in a spec. */
  readonly name: string;
  /** Its task and network, in one line. */
  readonly description: string;
  /** The spec that the name stands for. Change any of it and give it to `search`. */
  readonly spec: Spec;
}

/** The version of Tombola, such as '0.1.0'. The summary of every run names the version that made it. */
const version: string = VERSION;

/**
 * Searches for a ticket on this computer, until the search is over or `options.signal` fires. The result depends on the spec
 * alone. A folder that holds the same run already is continued, not repeated.
 *
 * @param spec - The task, network and search; the default preset unless given. Files that it names are relative to the working folder.
 * @param options - The folder, the threads, and functions to call.
 * @returns The run: `succeeded`, or `stopped` by the signal.
 * @throws An Error that says what is wrong. Its name is `InvalidSpec` for a spec that cannot be run or a function of yours that failed,
 * `UserError` for a module that cannot be loaded, `UnusableOutput` for a folder that is in use, holds something else or cannot be written.
 */
async function search(spec: Spec = {}, options: SearchOptions = {}): Promise<Run> {
  const own = await openOwn(options);
  const asked = parseSpec(withOwn(located(spec, process.cwd()), own));
  const out = resolve(options.out ?? join('runs', runName(asked)));
  using _ = await lockFolder(out, { command: 'a search', name: shown(out) });
  return await execute(inputOf(asked, out), out, options, own);
}

/**
 * Continues a run that was stopped or killed. The result is the same as without the stop. A run that is over is only read.
 * A run with an algorithm or an objective of your own needs their modules again, unchanged.
 *
 * @param folder - The folder of the run.
 * @param options - As for `search`.
 * @returns The run: `succeeded`, or `stopped` by the signal.
 * @throws An Error named `UserError` where there is no run, or a module is missing or differs; `DamagedArtifact` where a file of the
 * run has changed.
 */
async function resume(folder: string, options: Omit<SearchOptions, 'out'> = {}): Promise<Run> {
  const out = resolve(folder);
  await requireRun(out);
  const before = await readRun(out);
  if (before.status === 'succeeded') return before;
  using _ = await lockFolder(out, { command: 'a search', name: shown(out) });
  const own = await openOwn(options);
  requireSame(shown(out), ownSchema.optional().parse(before.spec?.own), own);
  return await execute({ run: uriOfFolder(out) }, out, options, own);
}

async function execute(
  input: unknown,
  out: string,
  options: Omit<SearchOptions, 'out'>,
  own: readonly OwnModule[],
): Promise<Run> {
  const { workers = availableParallelism(), signal, onProgress } = options;
  await runSearch(input, {
    workers,
    name: basename(out),
    own,
    ...defined({ signal }),
    onState: ({ generation, done, progress }) => {
      const { maxGenerations, evaluations, bestAccuracy, meanAccuracy, bestLoss, bestSparsity, flips } =
        progress;
      onProgress?.({
        generation,
        maxGenerations,
        evaluations,
        bestAccuracy,
        meanAccuracy,
        bestLoss,
        bestSparsity,
        flips,
        done,
      });
    },
  });
  return await readRun(out);
}

/**
 * Reads the run in a folder, finished or not. It changes nothing there.
 *
 * @param folder - The folder of the run.
 * @returns The run: `succeeded` if it is finished, `stopped` otherwise.
 * @throws An Error named `UserError` where there is none, `DamagedArtifact` where a file of it has changed.
 */
async function readRun(folder: string): Promise<Run> {
  const out = resolve(folder);
  const at = (key: string) => join(out, key);
  const summary = await readSummary(new FolderStore(uriOfFolder(out)));
  // A cell of a sweep keeps its summary alone.
  if (!summary) await requireRun(out);
  const status = summary?.status ?? 'stopped';
  return {
    folder: out,
    status,
    spec: existsSync(at(keys.SPEC))
      ? specSchemaOfRun.parse(JSON.parse(await readFile(at(keys.SPEC), 'utf8')))
      : undefined,
    summary,
    history: existsSync(at(keys.HISTORY)) ? rowsOf(await readFile(at(keys.HISTORY), 'utf8')) : [],
    files:
      status === 'succeeded'
        ? {
            ticket: at(keys.TICKET),
            minimised: at(keys.TICKET_MINIMISED),
            mask: at(keys.TICKET_MASK),
            report: at(keys.REPORT),
          }
        : undefined,
  };
}

const specSchemaOfRun = z.record(z.string(), z.unknown());
const historySchema = z.array(z.record(z.string(), z.number().nullable()));

function rowsOf(csv: string) {
  return historySchema.parse(
    papaparse.parse(csv, { header: true, dynamicTyping: true, skipEmptyLines: true }).data,
  );
}

/**
 * Scores a ticket on data. Counts of correct predictions are exact, as in double precision.
 *
 * @param ticket - The folder of a finished run or, with `options.data`, the file of a ticket, such as ticket.onnx.
 * @param options - The data.
 * @returns One score for the file, or one for each part of the run's data.
 * @throws An Error named `UserError` where options, file and ticket do not fit together, `DamagedArtifact` where a file of the run
 * has changed.
 */
async function evaluate(ticket: string, options: EvaluateOptions = {}): Promise<TicketFigures[]> {
  const open = sourceOpener();
  const { parts } = await evaluateTicket(await openTarget(ticket, open), { ...options, json: true }, open);
  return parts.map(({ data, samples, score }) => {
    const { accuracy, balancedAccuracy, macroF1, loss, confusion } = score;
    return { data, samples, accuracy, balancedAccuracy, macroF1, loss, confusion: matrixOf(confusion) };
  });
}

/**
 * The presets: tasks and networks of the papers, ready to run.
 *
 * @returns All presets, in the order of `tombola presets`.
 */
function presets(): NamedPreset[] {
  return [...PRESETS].map(([name, { description, spec }]) => ({ name, description, spec }));
}

/**
 * The JSON Schema (draft 2020-12) of a run spec, with a description and the default of each key.
 *
 * @returns The schema, as `tombola schema` prints it.
 */
function specSchema(): unknown {
  return specJsonSchema();
}

export {
  type EvaluateOptions,
  evaluate,
  type FlipProgress,
  type NamedPreset,
  type OwnAlgorithm,
  type OwnAnswers,
  type OwnGeneration,
  type OwnMask,
  type OwnNames,
  type OwnObjective,
  type OwnPlace,
  type OwnProblem,
  type OwnRandom,
  type PredictDataOptions,
  type Prediction,
  predict,
  presets,
  type Run,
  type RunFigures,
  type RunFiles,
  readRun,
  resume,
  type ScoredMask,
  type SearchOptions,
  type SearchProgress,
  type Spec,
  search,
  specSchema,
  type TicketFigures,
  version,
};
