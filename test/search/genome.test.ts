import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bytesPerGenome,
  clearPadding,
  countOnes,
  countZeros,
  emptyMasks,
  genomeAt,
  genomeKey,
  getBit,
  pack,
  packGenomes,
  sliceMasks,
  sparsityOf,
  unpack,
  unpackInto,
  withFlippedBit,
} from '../../lib/search/genome.ts';
import { maskBits, maskRows } from './masks.ts';

describe('packing', () => {
  test('puts the first weight in the most significant bit and pads with zeros', () => {
    expect([...pack([1, 0, 0, 0, 0, 0, 0, 1, 1])]).toEqual([0b10000001, 0b10000000]);
    expect([...pack([])]).toEqual([]);
  });

  test('round-trips', () => {
    fc.assert(
      fc.property(maskBits(), (bits) => {
        const genome = pack(bits);
        expect(genome.length).toBe(bytesPerGenome(bits.length));
        expect([...unpack(genome, bits.length)]).toEqual(bits);
        expect(bits.map((_, bit) => getBit(genome, bit))).toEqual(bits);
      }),
    );
  });

  test('unpacks into the middle of an array and touches nothing else', () => {
    fc.assert(
      fc.property(maskBits(), fc.nat(9), (bits, offset) => {
        const target = new Uint8Array(offset + bits.length + 3).fill(7);
        unpackInto(pack(bits), bits.length, target, offset);
        expect([...target]).toEqual([...Array(offset).fill(7), ...bits, 7, 7, 7]);
      }),
    );
  });

  test('keeps every genome in its place, and slices are views', () => {
    fc.assert(
      fc.property(maskRows({ min: 1, max: 9 }), fc.nat(), fc.nat(), (rows, from, to) => {
        const bits = rows[0]?.length ?? 0;
        const masks = packGenomes(rows.map(pack), bits);
        const [start, end] = [from % rows.length, to % (rows.length + 1)].sort((a, b) => a - b) as [
          number,
          number,
        ];
        const slice = sliceMasks(masks, start, end);
        expect(slice.count).toBe(end - start);
        for (let index = 0; index < slice.count; index++) {
          const genome = genomeAt(slice, index);
          expect([...unpack(genome, bits)]).toEqual(rows[start + index]);
          expect(genome.buffer).toBe(masks.bytes.buffer);
        }
      }),
    );
  });

  test('empty masks prune everything', () => {
    const masks = emptyMasks(3, 11);
    expect(masks.bytes.length).toBe(6);
    expect(countOnes(masks.bytes)).toBe(0);
  });
});

describe('counting', () => {
  test('ones and zeros are those of the mask, sparsity their share', () => {
    fc.assert(
      fc.property(maskBits(), (bits) => {
        const ones = bits.filter((bit) => bit === 1).length;
        const genome = pack(bits);
        expect(countOnes(genome)).toBe(ones);
        expect(countZeros(genome, bits.length)).toBe(bits.length - ones);
        expect(sparsityOf(genome, bits.length)).toBe((bits.length - ones) / bits.length);
      }),
    );
    expect(sparsityOf(new Uint8Array(), 0)).toBe(0);
  });
});

describe('flipping', () => {
  test('inverts exactly that bit, in a copy', () => {
    fc.assert(
      fc.property(maskBits(), fc.nat(), (bits, at) => {
        const bit = at % bits.length;
        const genome = pack(bits);
        const flipped = unpack(withFlippedBit(genome, bit), bits.length);
        expect([...flipped]).toEqual(bits.map((value, index) => (index === bit ? 1 - value : value)));
        expect([...unpack(genome, bits.length)]).toEqual(bits);
      }),
    );
  });
});

describe('keys and padding', () => {
  test('two genomes share a key only if they are equal', () => {
    fc.assert(
      fc.property(maskRows({ min: 2, max: 2 }, { min: 1, max: 20 }), ([first = [], second = []]) => {
        expect(genomeKey(pack(first)) === genomeKey(pack(second))).toBe(first.join() === second.join());
      }),
    );
    expect(genomeKey(Uint8Array.of(0xc3, 0x28))).not.toBe(genomeKey(Uint8Array.of(0xc3, 0x29)));
  });

  test('clearing the padding leaves the mask', () => {
    fc.assert(
      fc.property(maskBits(), (bits) => {
        const dirty = pack([...bits, 1, 1, 1, 1, 1, 1, 1]).slice(0, bytesPerGenome(bits.length));
        expect(clearPadding(dirty, bits.length)).toEqual(pack(bits));
      }),
    );
  });
});
