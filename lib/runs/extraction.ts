/** One class of a ticket against the rest: the weights that its logit uses, searched further and written as a classifier. */
import { at } from '../base/at.ts';
import { type BinaryScore, binaryScore, type Confusion } from '../base/classes.ts';
import { defined } from '../base/defined.ts';
import { random } from '../base/random.ts';
import { shuffle } from '../base/shuffle.ts';
import type { OpenSource } from '../base/source.ts';
import { type AffineScaling, type Part, pick, type Samples } from '../data/dataset.ts';
import { openPosition } from '../evaluation/flips/positions.ts';
import { bestThreshold, likeliestThreshold, type ThresholdFigure } from '../evaluation/threshold.ts';
import { TicketSession } from '../evaluation/ticket.ts';
import { pathsOfClasses } from '../network/class-paths.ts';
import { withoutDeadWeights } from '../network/minimising/liveness.ts';
import { countParameters, minimise } from '../network/minimising/minimisation.ts';
import { buildMinimisedModel, buildTicketModel } from '../network/models/ticket-model.ts';
import type { AnyNetwork } from '../network/network.ts';
import { oneAgainstRest } from '../network/one-against-rest.ts';
import { imageOfTask } from '../runspec/shape.ts';
import { countOnes } from '../search/genome.ts';
import { bestOf, improve, startImproving } from '../search/improving.ts';
import { isMacroAverage } from '../search/individual.ts';
import type { FinishedRun } from './finished-run.ts';
import { type RunData, readRunData } from './run-data.ts';

export interface ExtractionSettings {
  readonly seed: number;
  /** Flips of the search within the path; 0: none. Null: `FLIPS_PER_WEIGHT` for each weight. */
  readonly flips: number | null;
  /** Price of keeping all weights of the path, in nats. */
  readonly lambda: number;
}

export interface ClassFigures {
  readonly label: number;
  readonly name: string;
  /** Weights of the ticket by which the class's logit depends on the input, and weights of the classifier. */
  readonly pathWeights: number;
  readonly weights: number;
  /** Numbers in the file: weights, biases and all other constants. */
  readonly parameters: number;
  readonly threshold: number;
  /** By part: of the classifier, and of the ticket, whose answer is the class or another one. */
  readonly scores: Readonly<Partial<Record<Part, PartScore>>>;
}

interface PartScore {
  readonly classifier: BinaryScore;
  readonly ticket: BinaryScore;
}

export interface ExtractedClass {
  readonly figures: ClassFigures;
  readonly model: Uint8Array;
}

/** A ticket with its data, from which classes are extracted. */
export interface ExtractionGround {
  readonly run: FinishedRun;
  readonly data: RunData;
  readonly names: readonly string[];
  readonly paths: readonly Uint8Array[];
  readonly confusions: ReadonlyMap<Part, Confusion>;
}

const FLIPS_PER_WEIGHT = 300;
/** Samples that flips are judged by, at most. */
const MOST_SAMPLES = 10_000;

export async function openExtraction(run: FinishedRun, open: OpenSource): Promise<ExtractionGround> {
  const data = await readRunData(run.store, run.spec, ['train', 'test', 'validation'], open);
  const paths = pathsOfClasses(run.network, run.ticket);
  const names = paths.map((_, label) => data.classNames?.[label] ?? String(label));
  const confusions = new Map<Part, Confusion>();
  await using session = await TicketSession.open(buildTicketModel(run.network, run.ticket, data.scaling));
  for (const [part, samples] of data.parts) confusions.set(part, (await session.score(samples)).confusion);
  return { run, data, names, paths, confusions };
}

export async function extractClass(
  ground: ExtractionGround,
  label: number,
  settings: ExtractionSettings,
): Promise<ExtractedClass> {
  const { run, data, names, paths, confusions } = ground;
  const { network } = run;
  const path = at(paths, label);
  const train = against(label, partOf(data, 'train'));
  const figure: ThresholdFigure = isMacroAverage(run.summary.objective) ? 'balanced-accuracy' : 'accuracy';
  const whole = oneAgainstRest(network, label, 0);
  const start = whole.over(path);
  const first = likeliestThreshold(
    await logitsOf(modelOf(whole.network, start, data, {}), train),
    train.labels,
  );
  const genome = searched(
    oneAgainstRest(network, label, first).network,
    start,
    train,
    data.scaling,
    label,
    settings,
  );
  const unthresholded = modelOf(whole.network, genome, data, {});
  const threshold = bestThreshold(await logitsOf(unthresholded, train), train.labels, figure);
  const binary = oneAgainstRest(network, label, threshold).network;
  const name = at(names, label);
  const model = modelOf(binary, genome, data, metadataOf(ground, name));
  await using session = await TicketSession.open(model.bytes);
  const scores: Partial<Record<Part, PartScore>> = {};
  for (const [part, samples] of data.parts) {
    const { accuracy, balancedAccuracy } = await session.score(against(label, samples));
    const confusion = confusions.get(part);
    if (confusion)
      scores[part] = { classifier: { accuracy, balancedAccuracy }, ticket: binaryScore(confusion, label) };
  }
  const figures = {
    label,
    name,
    pathWeights: countOnes(path),
    weights: countOnes(genome),
    parameters: model.parameters,
    threshold,
    scores,
  };
  return { figures, model: model.bytes };
}

/** The samples with the labels 1, the class, and 0, the rest. */
function against(label: number, { features, x, labels }: Samples): Samples {
  return { features, x, labels: labels.map((one) => (one === label ? 1 : 0)) };
}

function partOf({ parts }: RunData, part: Part): Samples {
  const samples = parts.get(part);
  if (samples) return samples;
  throw new Error(`the run has no ${part} data`);
}

/** Simulated annealing among the weights of the path alone, by cross-entropy. */
function searched(
  binary: AnyNetwork,
  start: Uint8Array,
  train: Samples,
  scaling: AffineScaling,
  label: number,
  { seed, flips, lambda }: ExtractionSettings,
): Uint8Array {
  const kept = countOnes(start);
  const all = flips ?? FLIPS_PER_WEIGHT * kept;
  if (all === 0 || kept === 0) return start;
  const order = shuffle(random(seed, 'flip-sample', 2, label), Uint32Array.from(train.labels.keys()));
  const judging = train.labels.length > MOST_SAMPLES ? pick(train, order.subarray(0, MOST_SAMPLES)) : train;
  const position = openPosition(binary, judging, scaling, start, { objective: 'cross-entropy' });
  if (!position) return start;
  // The price is that of a weight of the path.
  const price = (lambda * position.bits) / kept;
  const settings = {
    method: 'annealing',
    heat: 1,
    lambda: price,
    flips: all,
    firstBit: position.firstQuick,
    free: start,
  } as const;
  // Apart from the streams of the run's own search.
  const stream = 2 ** 31 + label;
  const state = improve(
    position,
    startImproving(position, start),
    settings,
    (purpose, index) => random(seed, purpose, index, stream),
    all,
  );
  return withoutDeadWeights(binary, bestOf(position, state, price));
}

async function logitsOf({ bytes }: { readonly bytes: Uint8Array }, { x, features, labels }: Samples) {
  await using session = await TicketSession.open(bytes);
  const own = new Float32Array(labels.length);
  for await (const { start, label, logits } of session.answers(x, features))
    for (let row = 0; row < label.length; row++) own[start + row] = at(logits, 2 * row + 1);
  return own;
}

/** The minimised network as a file: what does not bear on the class is gone. */
function modelOf(
  network: AnyNetwork,
  genome: Uint8Array,
  data: RunData,
  metadata: Readonly<Record<string, string>>,
) {
  const smaller = minimise(network, genome);
  const { features } = partOf(data, 'train');
  return {
    bytes: buildMinimisedModel(smaller, features, data.scaling, metadata),
    parameters: countParameters(smaller.graph),
  };
}

function metadataOf({ run, data }: ExtractionGround, name: string) {
  const { spec, summary } = run;
  const image = imageOfTask(spec.task);
  return {
    tombola: summary.version,
    spec: summary.specHash,
    seed: String(spec.seed),
    classes: JSON.stringify([`not ${name}`, name]),
    ...defined({
      features: data.featureNames && JSON.stringify(data.featureNames),
      image: image && JSON.stringify(image),
    }),
  };
}
