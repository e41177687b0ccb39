import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DamagedArtifact } from '../../lib/base/errors.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
  tensorNamed,
} from '../../lib/data/safetensors.ts';

const data = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.uint16Array({ maxLength: 20 }),
  fc.int32Array({ maxLength: 20 }),
  fc.uint32Array({ maxLength: 20 }),
  fc.float32Array({ maxLength: 20 }),
  fc.float64Array({ maxLength: 20 }),
);
const names = fc.string({ minLength: 1, maxLength: 12 }).filter((name) => !name.startsWith('__'));
const tensorFiles = fc.dictionary(
  names,
  data.map((values): Tensor => ({ shape: [values.length], data: values })),
  { maxKeys: 5, noNullPrototype: true },
);

const example = () =>
  encodeSafetensors(
    {
      mask: { shape: [2, 3], data: Uint8Array.of(1, 0, 1, 1, 1, 0) },
      weight: { shape: [2, 2], data: Float32Array.of(0.5, -1, 2, 3) },
    },
    { seed: '7' },
  );

/** Reads a file as the steps do. */
const read = (bytes: Uint8Array) => {
  const tensors = decodeSafetensors(bytes, 'a.safetensors');
  tensorNamed(tensors, 'mask', 'U8', 'a.safetensors');
  return tensorNamed(tensors, 'weight', 'F32', 'a.safetensors');
};

describe('safetensors', () => {
  test('round-trips every element type, shape and name', () => {
    fc.assert(
      fc.property(tensorFiles, (tensors) => {
        expect(Object.fromEntries(decodeSafetensors(encodeSafetensors(tensors), 'a'))).toEqual(tensors);
      }),
    );
  });

  test('reads from the middle of a buffer, at any alignment', () => {
    const file = example();
    for (let shift = 0; shift < 8; shift++) {
      const buffer = new Uint8Array(file.length + 16);
      buffer.set(file, shift);
      expect([...read(buffer.subarray(shift, shift + file.length)).data]).toEqual([0.5, -1, 2, 3]);
    }
  });

  test('is laid out as the format says: length, JSON, tensors without gaps', () => {
    const file = Buffer.from(example());
    const length = Number(file.readBigUInt64LE());
    const header: unknown = JSON.parse(file.toString('utf8', 8, 8 + length));
    expect(header).toEqual({
      __metadata__: { seed: '7' },
      weight: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
      mask: { dtype: 'U8', shape: [2, 3], data_offsets: [16, 22] },
    });
    expect((8 + length) % 8).toBe(0);
    expect(file.length).toBe(8 + length + 22);
    expect(file.readFloatLE(8 + length + 4)).toBe(-1);
  });

  test('the same tensors give the same bytes', () => {
    expect(example()).toEqual(example());
  });
});

describe('a damaged file', () => {
  test('that is cut short anywhere is a DamagedArtifact', () => {
    const file = example();
    for (let length = 0; length < file.length; length++) {
      expect(() => read(file.subarray(0, length)), `${length} bytes`).toThrow(DamagedArtifact);
    }
  });

  test('with any bit of its header flipped is read as it was, or is a DamagedArtifact', () => {
    const file = example();
    const header = 8 + Number(Buffer.from(file).readBigUInt64LE());
    for (let bit = 0; bit < header * 8; bit++) {
      const flipped = file.slice();
      flipped[bit >>> 3] = (flipped[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
      try {
        read(flipped);
      } catch (error) {
        expect(error, `bit ${bit}`).toBeInstanceOf(DamagedArtifact);
      }
    }
  });

  test('of any bytes is a DamagedArtifact', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(() => read(bytes)).toThrow(DamagedArtifact);
      }),
    );
  });

  const written = (header: object, bytes = 4) => {
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    return Buffer.concat([length, json, Buffer.alloc(bytes)]);
  };

  test.each([
    ['empty', Buffer.alloc(0), '0 bytes'],
    ['no header', Buffer.alloc(7), '7 bytes'],
    ['half a header', example().subarray(0, 20), 'its header should have 152 bytes, 12 are there'],
    ['no JSON', Buffer.concat([written({}).subarray(0, 8), Buffer.from('{]')]), 'its header is not readable'],
    [
      'a tensor that is cut off',
      written({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }),
      "tensor 'a' extends past the end of the file",
    ],
    [
      'a shape that is not its size',
      written({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }),
      "tensor 'a' has another size than its shape",
    ],
    [
      'half an element',
      written({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 3] } }),
      "tensor 'a' has another size than its shape",
    ],
    [
      'an unknown type',
      written({ a: { dtype: 'BF16', shape: [2], data_offsets: [0, 4] } }),
      "tensor 'a' has type BF16",
    ],
    [
      'a type that is no type',
      written({ a: { dtype: 'toString', shape: [2], data_offsets: [0, 4] } }),
      "tensor 'a' has type toString",
    ],
  ])('says what is wrong: %s', (_, bytes, what) => {
    expect(() => decodeSafetensors(bytes, 'x/y.safetensors')).toThrow(
      new DamagedArtifact(`x/y.safetensors: not a complete safetensors file: ${what}`),
    );
  });

  test('says which tensor is missing or of another type', () => {
    const tensors = decodeSafetensors(example(), 'a');
    expect(() => tensorNamed(tensors, 'bias', 'F32', 'a')).toThrow(
      new DamagedArtifact("a: has no tensor 'bias' of type F32"),
    );
    expect(() => tensorNamed(tensors, 'mask', 'F32', 'a')).toThrow(
      new DamagedArtifact("a: has no tensor 'mask' of type F32"),
    );
  });
});
