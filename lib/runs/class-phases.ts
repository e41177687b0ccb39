/** What a probabilistic neural network knows while its classes are added one by one, and unlearned one by one. */
import { ConstructivePnn } from '../algorithms/pnn/constructive-pnn.ts';
import { random } from '../base/random.ts';
import { shuffle } from '../base/shuffle.ts';
import { type Dataset, pick, type Samples, scaled } from '../data/dataset.ts';
import { TicketSession } from '../evaluation/ticket.ts';
import { buildPnnModel } from '../network/models/pnn-model.ts';
import type { ClassPhase, KnownClasses } from '../report/class-phases-page.ts';
import { metadataOfData } from './final/ticket.ts';

export interface OnePass {
  /** The network after one pass over all training samples. */
  readonly model: Uint8Array;
  readonly trainAccuracy: number;
  readonly testAccuracy: number;
  readonly centers: number;
  /** Of the pass. */
  readonly seconds: number;
  /** From one class on. */
  readonly phases: readonly ClassPhase[];
}

/** The order of the samples is drawn by `seed`. `elapsed`: milliseconds. */
export async function learnInOnePass(
  { train, test, classes, scaling, ...named }: Dataset,
  seed: number,
  elapsed: () => number,
): Promise<OnePass> {
  const { features, labels } = train;
  const x = scaled(train.x, scaling);
  const order = shuffle(random(seed, 'order'), Int32Array.from(labels.keys()));
  const pass = (pnn: ConstructivePnn, of: (label: number) => boolean) => {
    for (const sample of order) {
      const label = labels[sample] ?? 0;
      if (of(label)) pnn.learn(x.subarray(sample * features, (sample + 1) * features), label);
    }
    return pnn;
  };
  const metadata = metadataOfData(named);
  const modelOf = (pnn: ConstructivePnn) => buildPnnModel(pnn, classes, features, scaling, metadata);
  const knownOf = async (pnn: ConstructivePnn, count: number): Promise<KnownClasses> => {
    const centers = pnn.centers.length;
    const known = ofClasses(test, count);
    if (known.labels.length === 0) return { accuracy: null, centers };
    await using session = await TicketSession.open(modelOf(pnn));
    const { accuracy } = await session.score(known);
    return { accuracy, centers };
  };

  const began = elapsed();
  const all = pass(new ConstructivePnn(), () => true);
  const seconds = (elapsed() - began) / 1_000;
  const model = modelOf(all);
  await using session = await TicketSession.open(model);
  const whole = { model, centers: all.centers.length, seconds };
  const [onTrain, onTest] = [await session.score(train), await session.score(test)];

  const added: KnownClasses[] = [];
  const growing = new ConstructivePnn();
  for (let count = 1; count <= classes; count++)
    added.push(
      await knownOf(
        pass(growing, (label) => label === count - 1),
        count,
      ),
    );
  const phases: ClassPhase[] = [];
  for (let count = classes; count >= 1; count--) {
    const alone = pass(new ConstructivePnn(), (label) => label < count);
    phases.unshift({
      classes: count,
      added: added[count - 1] ?? { accuracy: null, centers: 0 },
      unlearned: await knownOf(all, count),
      alone: await knownOf(alone, count),
    });
    all.forget(count - 1);
  }
  return { ...whole, trainAccuracy: onTrain.accuracy, testAccuracy: onTest.accuracy, phases };
}

/** The samples of the first classes. */
function ofClasses(samples: Samples, count: number): Samples {
  const indices = Uint32Array.from(samples.labels.keys());
  return pick(
    samples,
    indices.filter((sample) => (samples.labels[sample] ?? 0) < count),
  );
}
