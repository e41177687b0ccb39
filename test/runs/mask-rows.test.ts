import { expect, test } from 'vitest';
import { planEvaluation } from '../../lib/algorithms/parts/breeding.ts';
import { randomGenome } from '../../lib/algorithms/parts/operators.ts';
import { DamagedArtifact } from '../../lib/base/errors.ts';
import { random } from '../../lib/base/random.ts';
import { encodeBrood } from '../../lib/runs/individuals.ts';
import { readMaskRows } from '../../lib/runs/mask-rows.ts';
import { packGenomes } from '../../lib/search/genome.ts';
import { FolderStore } from '../../lib/store/folder.ts';
import { placeOf, temporaryFolder } from '../steps/small-run.ts';

const KEY = 'offspring';

async function kept(count: number, bits: number) {
  const newborns = Array.from({ length: count }, (_, id) => ({
    id,
    genome: randomGenome(random(1, 'start', 0, id), bits),
    origin: 'start' as const,
    born: 0,
  }));
  const store = new FolderStore(placeOf(await temporaryFolder()));
  const { genomes, sources } = planEvaluation(newborns, []);
  const origins = newborns.map(({ origin }) => origin);
  const file = encodeBrood({ masks: packGenomes(genomes, bits), sources, origins });
  await store.put(KEY, file);
  return { store, file, genomes: newborns.map(({ genome }) => genome) };
}

test.each([
  ['within the first request', 20, 800],
  ['beyond it', 200, 8_003],
])('the rows of a chunk, %s', async (_, count, bits) => {
  const { store, genomes } = await kept(count, bits);
  for (const [start, end] of [
    [0, 3],
    [count - 7, count],
    [count - 2, count + 40],
    [count + 5, count + 9],
  ] as const) {
    const { start: first, masks } = await readMaskRows(store, KEY, bits, start, end);
    expect(first).toBe(Math.min(start, count));
    expect(masks.count).toBe(Math.max(0, Math.min(end, count) - start));
    expect(Buffer.from(masks.bytes)).toEqual(Buffer.concat(genomes.slice(start, end)));
  }
});

test('missing, cut short or of another network: DamagedArtifact', async () => {
  const { store, file } = await kept(200, 8_003);
  await expect(readMaskRows(store, KEY, 8_100, 0, 5)).rejects.toThrow(DamagedArtifact);
  await expect(readMaskRows(store, 'nothing', 8_003, 0, 5)).rejects.toThrow(/is missing/);
  await store.put(KEY, file.subarray(0, file.length - 3_000));
  await expect(readMaskRows(store, KEY, 8_003, 190, 200)).rejects.toThrow(/it ends before mask 200/);
});
