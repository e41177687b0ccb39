/** Shares of the training data to hold out, which only the data show to be unfit. */
import { expect, test } from 'vitest';
import { InvalidSpec } from '../../lib/base/errors.ts';
import { resolveSpec } from '../../lib/runs/spec-resolution.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';
import { csv, filesInMemory } from '../data/memory.ts';

/** Sixty samples of one class, six of the other. */
const DATA = csv(
  Array.from({ length: 66 }, (_, row) => [row, row % 7, row % 11 === 0 ? 'rare' : 'common']),
  ['a', 'b', 'label'],
);

test.each([
  ['name', 'files', 'rare', { train: 'data.csv', label: 'label' }, 4],
  ['number', 'a data set of Tombola', '0', { dataset: 'blobs', pointsPerClass: 7 }, 5],
])('are refused with the %s of the class, of %s', async (_, __, name, task, samples) => {
  const spec = { task, network: { hidden: [4] }, algorithm: 'backprop', backprop: { validationShare: 0.09 } };
  const refusal = async () => resolveSpec(parseSpec(spec), filesInMemory({ 'data.csv': DATA }));
  await expect(refusal()).rejects.toThrow(
    new InvalidSpec([
      `backprop.validationShare: found 0.09, which leaves none of the ${samples} training samples of class '${name}' to validate on; choose 0 or another share`,
    ]),
  );
});
