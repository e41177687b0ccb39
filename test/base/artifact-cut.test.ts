import { expect, test } from 'vitest';
import { z } from 'zod';
import { artifactIfSound } from '../../lib/base/artifact-json.ts';

const text = JSON.stringify({ a: { b: '}{' }, c: [{ d: 1 }, {}], e: '\\"}' }, null, 2);

test('JSON that was cut short anywhere counts as absent', () => {
  for (let end = 0; end < text.length; end++) {
    expect(artifactIfSound('a.json', { uri: 'x/' }, text.slice(0, end), z.looseObject({}))).toBeUndefined();
  }
  expect(artifactIfSound('a.json', { uri: 'x/' }, text, z.looseObject({}))).toBeDefined();
});
