/**
 * Walks the definition, state by state, through a run of 11,000 generations and counts the history events of each of its
 * executions. Only what the functions answer is made up; which state follows which is read from the definition.
 */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { NO_USAGE } from '../../lib/cost/usage.ts';
import type { HistoryRow } from '../../lib/report/history.ts';
import { parseSpec } from '../../lib/spec/parse.ts';
import type { RunSpec } from '../../lib/spec/schema.ts';
import type { GenerationState } from '../../lib/steps/artifacts.ts';
import type { Run } from '../../lib/steps/run.ts';
import { finishedState, searchState } from '../../lib/steps/state.ts';
import { FolderStore } from '../../lib/store/folder.ts';
import { eventsOfGeneration } from '../../lib/workflow/fan-out.ts';
import type { SearchState } from '../../lib/workflow/payloads.ts';

const GENERATIONS = 11_000;
/** Step Functions ends an execution at 25,000 events; a margin is left for retries. */
const MOST_EVENTS = 24_000;

/** History events of a state by type, as recorded executions have them; a Map's iterations come on top. */
const EVENTS = { Task: 5, Choice: 2, Pass: 2, InlineMap: 4, InlineIteration: 2, DistributedMap: 6 } as const;
/** ExecutionStarted, and ExecutionSucceeded. */
const EVENTS_OF_EXECUTION = 2;

const choiceRule = z.object({
  Variable: z.string(),
  BooleanEquals: z.boolean().optional(),
  StringEquals: z.string().optional(),
  Next: z.string(),
});
const stateSchema = z.discriminatedUnion('Type', [
  z.object({ Type: z.literal('Task'), Next: z.string().optional() }),
  z.object({ Type: z.literal('Pass'), Next: z.string().optional() }),
  z.object({ Type: z.literal('Choice'), Choices: z.array(choiceRule), Default: z.string() }),
  z.object({ Type: z.literal('Fail') }),
  z.object({
    Type: z.literal('Map'),
    Next: z.string(),
    ItemProcessor: z.object({
      ProcessorConfig: z.object({ Mode: z.enum(['INLINE', 'DISTRIBUTED']) }),
      States: z.record(z.string(), z.object({ Type: z.literal('Task'), End: z.literal(true) })),
    }),
  }),
]);
const definitionSchema = z.object({ StartAt: z.string(), States: z.record(z.string(), stateSchema) });

async function definition() {
  const text = await readFile(new URL('../../lib/workflow/search.asl.json', import.meta.url), 'utf8');
  return definitionSchema.parse(JSON.parse(text));
}

/** A run whose every generation has `individuals` masks to evaluate, a second each. */
function madeUpRun(evaluation: Partial<RunSpec['evaluation']>): Run {
  const spec = parseSpec({ stop: { maxGenerations: GENERATIONS }, evaluation });
  const store = new FolderStore('file:///runs/long/');
  const manifest: Run['manifest'] = {
    version: '0',
    runId: 'long',
    specHash: '',
    bits: 8,
    classes: 2,
    features: 2,
    trainSamples: 1,
    testSamples: 1,
    scaling: { scale: 1, offset: 0 },
    loss: false,
    checksums: {},
  };
  return { store, spec, manifest, checksum: '' };
}

function bred(generation: number, evaluate: number): GenerationState {
  return {
    generation,
    evaluate,
    nextId: 0,
    evaluations: 0,
    bestFitness: null,
    unchanged: 0,
    secondsPerIndividual: 1,
    clock: { active: 0, evaluating: 0, at: 0 },
    usage: NO_USAGE,
    checksums: {},
  };
}

function rowOf(generation: number): HistoryRow {
  const zero = {
    offspring: 0,
    evaluated: 0,
    evaluations: 0,
    bestAccuracy: 0,
    meanAccuracy: 0,
    worstAccuracy: 0,
    bestLoss: null,
    meanLoss: null,
    worstLoss: null,
    bestSparsity: 0,
    meanSparsity: 0,
    minSparsity: 0,
    maxSparsity: 0,
    survivorsStart: 0,
    survivorsRecombination: 0,
    survivorsMutation: 0,
    survivorsMigration: 0,
    newSurvivors: 0,
  };
  return { generation, ...zero };
}

interface Walk {
  /** Events of each execution, in order. */
  readonly events: number[];
  /** Generations that were evaluated, in order. */
  readonly evaluated: number[];
}

/** Walks the whole run: `individuals` masks a generation, cut as `evaluation` says. */
async function walk(individuals: number, evaluation: Partial<RunSpec['evaluation']>): Promise<Walk> {
  const { StartAt, States } = await definition();
  const run = madeUpRun(evaluation);
  const events: number[] = [];
  const evaluated: number[] = [];
  let next = 0;
  for (let over = false; !over; ) {
    let count = EVENTS_OF_EXECUTION;
    let state: SearchState | undefined;
    let name: string | undefined = StartAt;
    while (name !== undefined) {
      const at: z.output<typeof stateSchema> | undefined = States[name];
      if (!at || at.Type === 'Fail') throw new Error(`the walk came to ${name}`);
      if (name === 'Prepare') state = searchState(run, bred(next, individuals), undefined);
      if (!state) throw new Error(`${name} comes before Prepare`);
      if (at.Type === 'Map') {
        evaluated.push(state.generation);
        count +=
          at.ItemProcessor.ProcessorConfig.Mode === 'DISTRIBUTED'
            ? EVENTS.DistributedMap
            : EVENTS.InlineMap + state.chunks.length * (EVENTS.InlineIteration + EVENTS.Task);
      } else {
        count += EVENTS[at.Type];
      }
      if (name === 'Select') {
        const before = state.events + eventsOfGeneration(state);
        const row = rowOf(state.generation);
        next = state.generation + 1;
        state =
          state.generation === GENERATIONS
            ? finishedState(run, 0, row, 'max-generations')
            : searchState(run, bred(next, individuals), row, before);
      }
      if (name === 'Finalize') over = true;
      name = at.Type === 'Choice' ? choose(at, state) : at.Next;
    }
    events.push(count);
  }
  return { events, evaluated };
}

function choose(at: Extract<z.output<typeof stateSchema>, { Type: 'Choice' }>, state: SearchState): string {
  const values = new Map<string, unknown>(Object.entries(state));
  const rule = at.Choices.find(({ Variable, BooleanEquals, StringEquals }) => {
    const value = values.get(Variable.replace('$.', ''));
    return value !== undefined && value === (BooleanEquals ?? StringEquals);
  });
  return rule?.Next ?? at.Default;
}

describe.each([20_000, 24_000])('up to %d events', (maxEvents) => {
  test.each([
    [1, 'auto'],
    [40, 'auto'],
    [400, 'auto'],
    [400, 'inline'],
    [1, 'distributed'],
  ] as const)('%d chunks, %s: no execution passes 24,000 events', async (chunks, fanOut) => {
    const { events, evaluated } = await walk(chunks, { maxConcurrency: 400, fanOut, maxEvents });
    expect(Math.max(...events)).toBeLessThanOrEqual(Math.min(MOST_EVENTS, maxEvents));
    // Every generation once, in order: nothing is lost or done twice where a fresh execution goes on.
    expect(evaluated).toEqual(Array.from({ length: GENERATIONS + 1 }, (_, generation) => generation));
    // And none of them ends without need.
    expect(Math.min(...events.slice(0, -1))).toBeGreaterThan(maxEvents - 7 * chunks - 100);
  });
});
