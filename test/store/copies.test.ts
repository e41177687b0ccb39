import { expect, test } from 'vitest';
import { DiskCopies } from '../../lib/store/copies.ts';
import { temporaryFolder } from '../steps/small-run.ts';

const megabytes = (count: number, fill: number) => new Uint8Array(count * 1e6).fill(fill);

test('a large copy is found again, a small one is not worth keeping', async () => {
  const copies = new DiskCopies(await temporaryFolder(), 10e6);
  copies.put('large', megabytes(2, 7));
  copies.put('small', new Uint8Array(10));
  expect(copies.get('large')).toEqual(Buffer.from(megabytes(2, 7)));
  expect(copies.get('small')).toBeUndefined();
});

test('what was not used for longest makes room', async () => {
  const copies = new DiskCopies(await temporaryFolder(), 5e6);
  copies.put('first', megabytes(2, 1));
  await new Promise((resolve) => setTimeout(resolve, 20));
  copies.put('second', megabytes(2, 2));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(copies.get('first')).toBeDefined();
  copies.put('third', megabytes(2, 3));
  expect(copies.get('second')).toBeUndefined();
  expect(copies.get('first')).toBeDefined();
  expect(copies.get('third')).toBeDefined();
});

test('what can never fit is left out, and a folder that cannot be made is no error', async () => {
  const folder = await temporaryFolder();
  const copies = new DiskCopies(folder, 3e6);
  copies.put('too-large', megabytes(4, 1));
  expect(copies.get('too-large')).toBeUndefined();
  const nowhere = new DiskCopies('/dev/null/copies', 3e6);
  nowhere.put('one', megabytes(2, 1));
  expect(nowhere.get('one')).toBeUndefined();
});
