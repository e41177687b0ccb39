import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkedSchema, formSchema } from '../../lib/serve/messages.ts';
import {
  decidingKey,
  labelOf,
  nodeSchema,
  problemsAt,
  typedText,
  typedValue,
  withValue,
} from '../../lib/serve/page/spec-values.ts';
import { finished, leave, SPEC } from '../cli/local/stored.ts';
import { serveHere } from './requests.ts';

describe('the form', () => {
  test('is made of the schema and the presets; another run gives what it set', async () => {
    const { here, read } = await serveHere();
    const { schema, presets, defaultPreset, heeds, written } = formSchema.parse(await read('/api/form'));
    expect(Object.keys(nodeSchema.parse(schema).properties ?? {})).toContain('algorithm');
    expect(presets.map(({ name }) => name)).toContain(defaultPreset);
    expect(heeds.backprop).toEqual(['backprop']);
    expect(written).toBe(null);

    const spec = { preset: 'moons-a', seed: 7, algorithm: 'annealing', stop: { maxGenerations: 12 } };
    await leave(join(here, 'runs/one'), finished(spec));
    const like = formSchema.parse(await read('/api/form?from=runs/one'));
    expect(like.written).toEqual(spec);
    await leave(join(here, 'runs/two'), finished({ ...SPEC, evaluation: { maxConcurrency: 1 } }));
    const { written: other } = formSchema.parse(await read('/api/form?from=runs/two'));
    expect(other).toEqual({ seed: 7, task: SPEC.task, network: SPEC.network });
  });

  test('a spec is checked as the command line checks it', async () => {
    const { post } = await serveHere();
    const problemsOf = async (spec: object) =>
      checkedSchema.parse(await (await post('/api/check', { spec })).json()).problems;
    expect(await problemsOf({ preset: 'moons-a' })).toEqual([]);
    expect(await problemsOf({ seed: 'many', search: { populaton: 3 } })).toEqual([
      'seed: found "many", expected a number',
      expect.stringMatching(/^search.populaton: unknown key; did you mean population\?/),
    ]);
  });
});

describe('the values of the form', () => {
  test('are set and taken away field by field', () => {
    const values = withValue({ preset: 'a' }, ['search', 'mutation', 'rate'], 0.2);
    expect(values).toEqual({ preset: 'a', search: { mutation: { rate: 0.2 } } });
    expect(withValue(values, ['search', 'mutation', 'rate'], undefined)).toEqual({ preset: 'a' });
    expect(withValue({ seed: 1 }, ['seed', 'x'], 2)).toEqual({ seed: { x: 2 } });
  });

  test.each([
    [{ type: 'integer' }, ' 12 ', 12],
    [{ type: 'integer' }, 'twelve', 'twelve'],
    [{ type: 'string' }, '12', '12'],
    [{ type: 'string' }, ' ', undefined],
    [{ type: 'array' }, '2, 20, 2', [2, 20, 2]],
    [{ type: 'array' }, '[2, 3]', [2, 3]],
    [{ type: 'array' }, 'id, name', ['id', 'name']],
    [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, 'none', null],
    [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }, '-1', -1],
    [
      { anyOf: [{ type: 'string' }, { type: 'object' }] },
      '{"x":"a.npy","y":"b.npy"}',
      { x: 'a.npy', y: 'b.npy' },
    ],
  ])('%j: "%s" stands for %j', (node, text, value) => {
    expect(typedValue(node, text)).toEqual(value);
    if (value !== undefined) expect(typedValue(node, typedText(value))).toEqual(value);
  });

  test('have labels, and problems by their path', () => {
    expect(labelOf('minGenerations')).toBe('Min generations');
    expect(labelOf('beta1')).toBe('Beta 1');
    expect(problemsAt(['stop.x: found 1', 'stop: no', 'stopper: no'], 'stop')).toEqual(['no']);
    const alternatives = ['a', 'b'].map((name) => ({ properties: { rate: {}, kind: { const: name } } }));
    expect(decidingKey({ oneOf: alternatives })).toBe('kind');
  });
});
