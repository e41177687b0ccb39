/** Whole trainings of algorithms on the moons. */
import { isEnd } from '../../lib/algorithms/algorithm.ts';
import type { TrainingProgress } from '../../lib/algorithms/parts/training-method.ts';
import { type AlgorithmName, algorithmNamed } from '../../lib/algorithms/registry.ts';
import { makeDataset } from '../../lib/data/builtin/generators.ts';
import { scaled } from '../../lib/data/dataset.ts';
import { INITIALIZERS } from '../../lib/network/initializer.ts';
import { builtInTaskSchema } from '../../lib/runspec/task.ts';
import { Trainer } from '../../lib/training/trainer.ts';
import { complete } from '../runspec/complete.ts';

const layers = [2, 40, 2];
const dataset = makeDataset(builtInTaskSchema.parse({ dataset: 'moons', train: 600, test: 10 }));
export const data = {
  features: 2,
  x: scaled(dataset.train.x, dataset.scaling),
  labels: dataset.train.labels,
};
export const network = INITIALIZERS.uniform(layers, 1);
/** A training of the spec's section, as far as the first call asks, over as many trainers as there are cuts. */
export async function train(
  algorithm: AlgorithmName,
  section: object,
  cuts: readonly number[] = [],
  from = network,
) {
  const { section: own } = algorithmNamed(algorithm);
  const spec = complete({ algorithm, seed: 3, ...(own ? { [own.key]: section } : {}) });
  const problem = { bits: 160, samples: data.labels.length, viable: () => true };
  const { ask } = algorithmNamed(algorithm).start(spec, problem);
  if (ask.work !== 'train') throw new Error('it does not train');
  const method = ask.method(from);
  let progress: TrainingProgress | undefined;
  for (const cut of [...cuts, Number.POSITIVE_INFINITY]) {
    const trainer = await Trainer.create(method, from, data, spec.seed);
    const isOver = (epochs: number, unchanged: number) => epochs >= cut || ask.isOver(epochs, unchanged);
    progress = await trainer.train(progress, isOver).finally(() => trainer.release());
  }
  if (!progress) throw new Error('it trained nothing');
  const { next } = ask.tell(progress);
  return { ...progress, stopReason: isEnd(next) ? next.over : undefined };
}
