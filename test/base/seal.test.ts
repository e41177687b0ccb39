import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hasChanged, SEAL, seal, sealedJson, UNSEALED } from '../../lib/base/seal.ts';
import { encodeSafetensors } from '../../lib/data/safetensors.ts';
import { GraphBuilder } from '../../lib/network/onnx/graph-builder.ts';

const METADATA = { seed: '7', [SEAL]: UNSEALED };

function model(): Uint8Array {
  const builder = new GraphBuilder();
  builder.node('Add', ['x', builder.floats('one', [1], [1])], 'y');
  return builder.build('model', METADATA);
}

describe.each<[string, () => Uint8Array]>([
  ['JSON', () => sealedJson({ checksums: { 'spec.json': 'ab' }, x: 1.5 })],
  ['indented JSON', () => sealedJson({ note: 'the "checksum": of all', x: [1, 2] }, 2)],
  ['safetensors', () => seal(encodeSafetensors({ x: { shape: [2], data: Uint8Array.of(1, 2) } }, METADATA))],
  ['ONNX', () => seal(model())],
])('%s', (_, make) => {
  test('holds the SHA-256 of itself with 64 zeros', () => {
    const text = Buffer.from(make()).toString('latin1');
    const digests = text.match(/[0-9a-f]{64}/g) ?? [];
    expect(digests).toHaveLength(1);
    const [digest = ''] = digests;
    const before = Buffer.from(text.replace(digest, UNSEALED), 'latin1');
    expect(createHash('sha256').update(before).digest('hex')).toBe(digest);
    expect(hasChanged(make())).toBe(false);
  });

  test('changes with each of its bits, unless what it is called is lost', () => {
    const whole = make();
    for (const [at, byte] of whole.entries()) {
      const file = Uint8Array.from(whole);
      file[at] = byte ^ 1;
      const text = Buffer.from(file).toString('latin1');
      expect([at, hasChanged(file)]).toEqual([at, /checksum(": ?"|.@)[0-9a-f]{64}/s.test(text)]);
    }
  });
});

test('a file without one has not changed, as far as anyone can tell', () => {
  expect(hasChanged(Buffer.from('{"x":1}'))).toBe(false);
  expect(hasChanged('checksum')).toBe(false);
  expect(hasChanged('')).toBe(false);
});

test('a file without a place for it cannot be sealed', () => {
  expect(() => seal(Buffer.from('{}'))).toThrow("the file has no place for 'checksum'");
});
