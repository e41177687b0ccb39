/**
 * Walks the definition, state by state, and counts the events that Step Functions would record: no execution of a run of
 * any length comes near the 25,000 at which Step Functions ends one.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { progressOf } from '../../lib/algorithms/parts/generations.ts';
import { NO_USAGE } from '../../lib/cost/usage.ts';
import { payloadOf } from '../../lib/runs/state.ts';
import { FolderStore } from '../../lib/store/folder.ts';
import { eventsOfGeneration } from '../../lib/workflow/fan-out.ts';
import type { SearchState } from '../../lib/workflow/payloads.ts';
import definitionFile from '../../lib/workflow/search.asl.json' with { type: 'json' };
import { complete } from '../runspec/complete.ts';

/** Events of an execution without retries: the other 15,000 are for these, three events each. */
const LIMIT = 10_000;
const LARGEST = 25_000;
const EVENTS_OF_RETRY = 3;

const stateSchema = z.looseObject({
  Type: z.enum(['Task', 'Choice', 'Map', 'Pass', 'Fail']),
  Next: z.string().optional(),
  Default: z.string().optional(),
  Choices: z
    .array(
      z.object({
        /** Absent where several conditions meet: a run that its starter goes on with, which these are not. */
        Variable: z.string().optional(),
        BooleanEquals: z.boolean().optional(),
        StringEquals: z.string().optional(),
        Next: z.string(),
      }),
    )
    .optional(),
  ItemProcessor: z
    .object({
      ProcessorConfig: z.object({ Mode: z.enum(['INLINE', 'DISTRIBUTED']) }),
      States: z.record(z.string(), z.unknown()),
    })
    .optional(),
});
const definition = z
  .looseObject({ StartAt: z.string(), States: z.record(z.string(), stateSchema) })
  .parse(definitionFile);

/** Events per state, from recorded executions. */
function eventsOf(state: z.output<typeof stateSchema>, payload: SearchState): number {
  switch (state.Type) {
    case 'Task':
      return 5;
    case 'Map':
      if (state.ItemProcessor?.ProcessorConfig.Mode === 'DISTRIBUTED') return 6;
      return 4 + payload.chunks.length * (2 + 5 * Object.keys(state.ItemProcessor?.States ?? {}).length);
    default:
      return 2;
  }
}

function choose(state: z.output<typeof stateSchema>, payload: SearchState): string {
  const chosen = state.Choices?.find(({ Variable, BooleanEquals, StringEquals }) => {
    if (Variable === undefined) return false;
    const value: unknown = Reflect.get(payload, Variable.slice('$.'.length));
    return value === (BooleanEquals ?? StringEquals);
  });
  return chosen?.Next ?? state.Default ?? '';
}

/** The events of each execution of a run of `generations` generations, `evaluate` individuals each. */
function walk(generations: number, evaluate: number, evaluation: object): number[] {
  const spec = complete({
    evaluation: { minChunkSeconds: 0, ...evaluation },
    stop: { maxGenerations: generations },
  });
  const run = {
    store: new FolderStore('file:///nowhere/'),
    spec,
    checksum: '',
    manifest: {
      version: '0',
      runId: 'run',
      specHash: '',
      bits: 80,
      classes: 2,
      features: 2,
      trainSamples: 2,
      testSamples: 2,
      scaling: { scale: [1], offset: [0] },
      objective: 'accuracy' as const,
      checksums: {},
    },
  };
  const at = (generation: number, events?: number) =>
    payloadOf(
      run,
      {
        generation,
        round: 0,
        complete: null,
        work: 'score',
        units: evaluate,
        over: null,
        progress: progressOf(spec),
        facts: null,
        secondsPerUnit: 1,
        clock: { active: 0, evaluating: 0, at: 0 },
        usage: NO_USAGE,
        checksums: {},
      },
      events,
    );
  const executions: number[] = [];
  let generation = 0;
  for (let going = true; going; ) {
    let events = 1; // ExecutionStarted
    let name = definition.StartAt;
    let payload = at(generation);
    while (name !== '') {
      const state = definition.States[name];
      if (!state) throw new Error(`no state '${name}'`);
      events += eventsOf(state, payload);
      if (name === 'Select') {
        generation++;
        const next = at(generation, payload.events + eventsOfGeneration(payload));
        payload = { ...next, done: generation > generations };
      }
      if (name === 'Finalize') going = false;
      name = state.Type === 'Choice' ? choose(state, payload) : (state.Next ?? '');
    }
    executions.push(events + 1); // ExecutionSucceeded
  }
  expect(generation).toBe(generations + 1);
  return executions;
}

test.each([
  ['auto', 1],
  ['auto', 40],
  ['auto', 400],
  ['inline', 400],
] as const)('11,000 generations, fan-out %s, %i chunks', (fanOut, chunks) => {
  const executions = walk(11_000, chunks, { maxConcurrency: chunks, fanOut });
  expect(Math.max(...executions)).toBeLessThanOrEqual(LIMIT);
  // Executions are used well: all but the last end near the spec's budget.
  expect(Math.min(...executions.slice(0, -1))).toBeGreaterThan(8_000);
});

test('where Lambda throttles, each chunk may be tried again three times', () => {
  const [execution = 0] = walk(1_000, 40, { maxConcurrency: 40, fanOut: 'inline' });
  const chunks =
    40 * Math.floor(execution / eventsOfGeneration({ fanOut: 'inline', chunks: Array(40).fill(0) }));
  expect(execution + chunks * 3 * EVENTS_OF_RETRY).toBeLessThan(LARGEST);
});

test('a short run stays in one execution', () => {
  expect(walk(300, 1, { maxConcurrency: 1 })).toHaveLength(1);
});
