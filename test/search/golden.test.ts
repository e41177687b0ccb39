/** Pins the search: if one of these changes, runs of the same spec give other tickets than they used to. */
import { expect, test } from 'vitest';
import { breedOffspring, breedStart } from '../../lib/algorithms/parts/breeding.ts';
import { runSpecSchema } from '../../lib/runspec/schema.ts';
import { countOnes, packGenomes } from '../../lib/search/genome.ts';
import { evaluated, type Individual, type Newborn, selectSurvivors } from '../../lib/search/individual.ts';
import { checksum } from '../../lib/store/store.ts';

const BITS = 83;
const { search } = runSpecSchema.parse({ task: { dataset: 'moons' }, network: { layers: [2, 2] } });

/** Any function of the mask will do: what is pinned is what the search makes of it. */
const scored = (newborn: Newborn): Individual => {
  const [first = 0, second = 0] = newborn.genome;
  return evaluated(
    newborn,
    { correct: first ^ second, loss: countOnes(newborn.genome) / 7, macroAverage: Number.NaN },
    BITS,
  );
};

function generations(seed: number, objective: 'accuracy' | 'cross-entropy', count: number) {
  const start = breedStart(seed, search, BITS);
  let survivors = selectSurvivors([], start.map(scored), search.population, objective);
  let nextId = start.length;
  const hashes = [hash(start)];
  for (let generation = 1; generation <= count; generation++) {
    const offspring = breedOffspring(seed, search, BITS, generation, survivors, nextId);
    hashes.push(hash(offspring));
    nextId += offspring.length;
    survivors = selectSurvivors(survivors, offspring.map(scored), search.population, objective);
  }
  return { hashes, survivors: hash(survivors), nextId, best: survivors[0]?.id };
}

const hash = (newborns: readonly Newborn[]) =>
  checksum(
    packGenomes(
      newborns.map(({ genome }) => genome),
      BITS,
    ).bytes,
  ).slice(0, 16);

test('seeded runs breed the masks they always did', () => {
  expect(generations(0, 'accuracy', 4)).toMatchInlineSnapshot(`
    {
      "best": 245,
      "hashes": [
        "eebca73b8871ef41",
        "a0b5dbd7023c2e5b",
        "d240f6ada33edfda",
        "93f2389522123f3d",
        "404e51d92fbd6cc5",
      ],
      "nextId": 296,
      "survivors": "dc9f7bf2aa74b53a",
    }
  `);
  expect(generations(1, 'cross-entropy', 4)).toMatchInlineSnapshot(`
    {
      "best": 256,
      "hashes": [
        "c95594195c3c5d1a",
        "3e826381659b2f0c",
        "a28499f916180d56",
        "62081d79d05c51fe",
        "db53d5f7572c8633",
      ],
      "nextId": 311,
      "survivors": "62f1f23b1c205f64",
    }
  `);
  expect(generations(2 ** 40 + 1, 'accuracy', 4)).toMatchInlineSnapshot(`
    {
      "best": 308,
      "hashes": [
        "52c820d4c1968918",
        "2c21187921b03af3",
        "295599af2d2122cd",
        "5195c500fbc0e9a7",
        "558bb31066061705",
      ],
      "nextId": 309,
      "survivors": "1edf39ec7349905e",
    }
  `);
});
