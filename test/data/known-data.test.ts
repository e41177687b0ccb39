/** Data for networks that are there already; arrays of masks and weights. */
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openFile, sourceOfBytes } from '../../lib/base/file-source.ts';
import { readFeatures, readTable } from '../../lib/data/samples/network-data.ts';
import { readArrays, readNpyArray } from '../../lib/data/user-arrays.ts';
import { csv, filesInMemory, npy } from './memory.ts';
import { fixture } from './reading.ts';

const known = { what: 'the ticket', features: 2, featureNames: ['p', 'q'], classNames: ['no', 'yes'] };
const table = (rows: readonly (readonly (string | number)[])[], header?: readonly string[]) =>
  filesInMemory({ 'a.csv': csv(rows, header) });

describe('data for a network', () => {
  test('are found by the names of features and classes', async () => {
    const open = table(
      [
        ['yes', 3, 1, 2],
        ['no', 6, 4, 5],
      ],
      ['answer', 'q', 'x', 'p'],
    );
    const samples = await readTable('a.csv', open, known);
    expect(samples).toEqual({ features: 2, x: Float32Array.of(2, 3, 5, 6), labels: Uint16Array.of(1, 0) });
  });

  test('are found by their places where there are no names', async () => {
    const open = table([
      [1, 2, 'yes'],
      [3, 4, 'yes'],
    ]);
    const samples = await readTable('a.csv', open, { ...known, featureNames: undefined });
    expect(samples).toEqual({ features: 2, x: Float32Array.of(1, 2, 3, 4), labels: Uint16Array.of(1, 1) });
  });

  test('tell of labels that the network does not know', async () => {
    const open = table(
      [
        [1, 2, 'maybe'],
        [3, 4, 'yes'],
        [3, 4, 'never'],
      ],
      ['p', 'q', 'answer'],
    );
    await expect(readTable('a.csv', open, known)).rejects.toThrow(
      /2 labels never occur in the training data: line 2, column 3 \('answer'\): 'maybe'.*\n.*the classes of the ticket are no, yes/,
    );
  });

  test('take the test data of an archive', async () => {
    const classNames = ['0', '1', '2'];
    const { labels } = await readTable(fixture('keras.npz'), openFile, {
      what: 'the ticket',
      features: 30,
      classNames,
    });
    expect([...labels]).toEqual([0, 1, 2, 0, 1, 2]);
  });

  test('are features alone where nothing says which class they are of', async () => {
    const classNames = ['0', '1', '2'];
    const ticket = { what: 'the ticket', features: 30, classNames };
    const { x } = await readTable(fixture('keras.npz'), openFile, ticket);
    expect(await readFeatures(fixture('keras.npz'), openFile, ticket)).toEqual(x);
    const open = table([
      [1, 2],
      [3, 4],
    ]);
    expect(await readFeatures('a.csv', open, known)).toEqual(Float32Array.of(1, 2, 3, 4));
    await expect(readFeatures(fixture('keras.npz'), openFile, { ...ticket, features: 9 })).rejects.toThrow(
      'has 30 features, the ticket has 9',
    );
  });

  test('tell of columns to ignore that are not there, or that the network needs', async () => {
    const rows = [[1, 2, 'yes']] as const;
    const open = table(rows, ['p', 'q', 'answer']);
    for (const read of [readTable, readFeatures]) {
      await expect(read('a.csv', open, known, { ignore: ['id'] })).rejects.toThrow(
        /ignore: there is no column 'id'/,
      );
      await expect(read('a.csv', open, known, { ignore: ['q'] })).rejects.toThrow(
        /ignore: found 'q', which the ticket has among its features/,
      );
      await expect(
        read(fixture('keras.npz'), openFile, { ...known, features: 30 }, { ignore: ['id'] }),
      ).rejects.toThrow(/ignore: arrays have no columns with names/);
    }
  });

  test('tell of another number of features', async () => {
    const classNames = ['0', '1', '2'];
    await expect(
      readTable(fixture('keras.npz'), openFile, { what: 'the ticket', features: 9, classNames }),
    ).rejects.toThrow('has 30 features, the ticket has 9');
  });
});

describe('arrays', () => {
  test('of NPY files', async () => {
    const { shape, data } = await readNpyArray(await openFile(fixture('labels-one-hot.npy')));
    expect(shape).toEqual([12, 3]);
    expect([...data.subarray(0, 6)]).toEqual([1, 0, 0, 0, 1, 0]);
    expect(data).toBeInstanceOf(Uint8Array);
    const { data: flags } = await readNpyArray(await openFile(fixture('labels-bool.npy')));
    expect([...flags.subarray(0, 4)]).toEqual([1, 0, 0, 1]);
    await expect(readNpyArray(await openFile(fixture('labels-text.npy')))).rejects.toThrow(
      'expected numbers',
    );
    await expect(readNpyArray(await openFile(fixture('keras.npz')))).rejects.toThrow(
      'expected a file of arrays: NPY',
    );
  });

  test('of NPZ and safetensors files', async () => {
    const archive = await readArrays(await openFile(fixture('unnamed.npz')));
    expect([...archive.keys()]).toEqual(['arr_0', 'arr_1']);
    expect(archive.get('arr_0')?.shape).toEqual([12, 3]);
    const tensors = await readArrays(await openFile(fixture('float16.safetensors')));
    expect(tensors.get('features')?.data).toBeInstanceOf(Float32Array);
    expect(tensors.get('labels')?.data).toBeInstanceOf(Int32Array);
    await expect(readArrays(await openFile(fixture('no-arrays.npz')))).rejects.toThrow('holds no arrays');
  });
});

/** A zip archive of one file, its sizes as they are told. */
function zipOf(name: string, content: Uint8Array, toldSize = content.length): Uint8Array {
  const packed = deflateRawSync(content);
  const fields = (signature: number, extra: number) => {
    const header = Buffer.alloc(extra);
    header.writeUInt32LE(signature);
    return header;
  };
  const sizes = (header: Buffer, at: number) => {
    header.writeUInt16LE(8, at - 6 + 0);
    header.writeUInt32LE(crc32(content), at);
    header.writeUInt32LE(packed.length, at + 4);
    header.writeUInt32LE(toldSize, at + 8);
    header.writeUInt16LE(name.length, at + 12);
    return header;
  };
  const local = sizes(fields(0x04034b50, 30), 14);
  const central = sizes(fields(0x02014b50, 46), 16);
  const end = fields(0x06054b50, 22);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length + name.length, 12);
  end.writeUInt32LE(local.length + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, central, Buffer.from(name), end]);
}

describe('hostile archives', () => {
  const bytes = new Uint8Array(1000);

  test('an honest one is read', async () => {
    const file = zipOf('a.npy', npy(bytes, '|u1', '1000,'));
    expect((await readArrays(sourceOfBytes(file, 'a.npz'))).get('a')?.data).toEqual(bytes);
  });

  test('a header that tells more than the archive is refused', async () => {
    const file = zipOf('a.npy', npy(bytes, '|u1', '1099511627776,'));
    await expect(readArrays(sourceOfBytes(file, 'a.npz'))).rejects.toThrow(
      'its header declares 1099511627776 bytes',
    );
  });

  test('a file that holds more than its sizes tell is refused', async () => {
    const content = npy(new Uint8Array(50e6), '|u1', '1000,');
    const file = zipOf('a.npy', content, npy(bytes, '|u1', '1000,').length);
    await expect(readArrays(sourceOfBytes(file, 'a.npz'))).rejects.toThrow(
      /a\.npz.*(more|too many) bytes|holds more/,
    );
  });

  test('more elements than anyone needs are refused before they are unpacked', async () => {
    const file = zipOf('a.npy', npy(bytes, '|u1', '3000000000,'), 3000000074);
    await expect(readArrays(sourceOfBytes(file, 'a.npz'))).rejects.toThrow(
      'has 3000000000 elements, at most',
    );
  });
});
