/**
 * Both definitions, run by an interpreter that is neither the engine's nor the emulator's: moto's. The functions are lists
 * of answers. Of executions that a machine starts and waits for it knows nothing: there, every cell's search fails.
 */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { readDefinition } from '../workflow/states.ts';
import { tool } from './emulator.ts';

const endedSchema = z.object({
  status: z.string(),
  output: z.string().nullable(),
  error: z.string().nullable(),
  cause: z.string().nullable(),
  calls: z.array(z.tuple([z.string(), z.looseObject({})])),
});

interface Asked {
  readonly answers: Readonly<Record<string, readonly object[]>>;
  readonly machines?: Readonly<Record<string, string>>;
  readonly objects?: Readonly<Record<string, string>>;
}

async function interpret(file: string, asked: Asked): Promise<z.output<typeof endedSchema>> {
  const script = fileURLToPath(new URL('interpreter.py', import.meta.url));
  const { text: definition } = readDefinition(file);
  const env = { AWS_ENDPOINT_URL: '', AWS_DEFAULT_REGION: 'us-east-1' };
  const output = await tool('python', [script], env, JSON.stringify({ definition, input: {}, ...asked }));
  return endedSchema.parse(JSON.parse(output));
}

const STATE = {
  ...{ run: 's3://bucket/runs/a/', manifest: 'sum', generation: 0, round: 0 },
  ...{ chunks: [0, 1, 2], chunkSize: 8, fanOut: 'inline', maxConcurrency: 3, events: 8 },
  ...{
    leap: false,
    training: false,
    renew: false,
    successor: '',
    done: false,
    stopReason: null,
    progress: {},
  },
};
const DONE = { ...STATE, generation: 1, done: true };
const ANSWERS = {
  Prepare: [STATE],
  Evaluate: [{}],
  Select: [{ ...STATE, generation: 1 }, DONE],
  Leap: [DONE],
  Train: [DONE],
  Finalize: [{ status: 'succeeded' }],
};

export function interpreter(): void {
  const generation = ['Evaluate', 'Evaluate', 'Evaluate', 'Select'];
  test.each<[name: string, state: object, calls: string[]]>([
    ['inline', STATE, [...generation, ...generation]],
    ['distributed', { ...STATE, fanOut: 'distributed' }, [...generation, ...generation]],
    ['leap', { ...STATE, leap: true, chunks: [0] }, ['Leap']],
    ['training', { ...STATE, training: true, chunks: [] }, ['Train']],
  ])('a second interpreter runs a search: %s', async (name, prepared, calls) => {
    const Select = [{ ...prepared, generation: 1 }, DONE];
    const ended = await interpret('search.asl.json', {
      answers: { ...ANSWERS, Prepare: [prepared], Select },
    });
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '{"status": "succeeded"}' });
    expect(ended.calls.map(([called]) => called)).toEqual(['Prepare', ...calls, 'Finalize']);
    const chunks = ended.calls.flatMap(([called, event]) => (called === 'Evaluate' ? [event] : []));
    const { run, manifest, round, chunkSize } = STATE;
    const noting = name === 'distributed' ? { noteRefusal: true } : {};
    for (const chunk of chunks) {
      const { generation: of } = chunk;
      expect(chunks).toContainEqual({ run, manifest, round, chunkSize, generation: of, chunk: 2, ...noting });
    }
  });

  test.each<[state: string, answers: object]>([
    ['Prepare', { Prepare: [{ error: 'InvalidSpec', message: 'why' }] }],
    ['Evaluate', { Evaluate: [{ error: 'DamagedArtifact', message: 'why' }] }],
    ['Select', { Select: [{ error: 'IncompleteGeneration', message: 'why' }] }],
    ['Finalize', { Finalize: [{ error: 'UnusableOutput', message: 'why' }] }],
  ])(
    'what the same again cannot mend in %s ends the execution with its name and its message',
    async (_, answers) => {
      const ended = await interpret('search.asl.json', { answers: { ...ANSWERS, ...answers } });
      const [{ error = '' } = {}] = Object.values(answers).flat();
      expect(ended).toMatchObject({ status: 'FAILED', error, cause: 'why' });
    },
  );

  test('any other error fails the state that it happened in, where a redrive goes on', async () => {
    const answers = { ...ANSWERS, Select: [{ error: 'TypeError', message: 'ours' }] };
    const ended = await interpret('search.asl.json', { answers });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'TypeError' });
    expect(ended.calls.filter(([called]) => called === 'Select')).toHaveLength(1);
  });

  test('a second interpreter runs a sweep, whose cells it reads from S3', async () => {
    const sweep = 's3://bucket/sweeps/a/';
    const items = ['a', 'b'].map((cell) => ({
      cell,
      run: `${sweep}cells/${cell}/`,
      name: `cell-${cell}`,
      input: {},
    }));
    const planned = {
      ...{ sweep, round: 1, idle: 0, cells: 2, done: 0, failed: 0, ready: 2, maxConcurrency: 2 },
      items: { bucket: 'bucket', key: 'rounds/1.json' },
    };
    const ended = await interpret('sweep.asl.json', {
      answers: {
        Plan: [planned, { ...planned, ready: 0, failed: 2 }],
        Note: [{}],
        Gather: [{ status: 'succeeded' }],
      },
      machines: { Search: JSON.stringify({ StartAt: 'End', States: { End: { Type: 'Succeed' } } }) },
      objects: { 'rounds/1.json': JSON.stringify(items) },
    });
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '{"status": "succeeded"}' });
    expect(ended.calls.map(([called]) => called)).toEqual(['Plan', 'Note', 'Note', 'Plan', 'Gather']);
    const noted = ended.calls.flatMap(([called, event]) => (called === 'Note' ? [event.cell] : []));
    expect(noted.sort()).toEqual(['a', 'b']);
  });
}
