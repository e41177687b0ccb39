/** The ticket of a run: network, mask and model, and its scores on all data. */
import type { Candidate } from '../../algorithms/algorithm.ts';
import { defined } from '../../base/defined.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { TicketSession } from '../../evaluation/ticket.ts';
import { buildTicketModel } from '../../network/models/ticket-model.ts';
import { imageOfTask } from '../../runspec/shape.ts';
import type { LoadedObjective } from '../../search/own-objective.ts';
import type { Inputs } from '../inputs.ts';
import type { Run } from '../run.ts';

export interface Ticket extends Pick<Candidate, 'network' | 'genome'> {
  /** Nothing of the run's name or place: the ticket is a function of the spec alone. */
  readonly metadata: Readonly<Record<string, string>>;
  /** ticket.onnx. */
  readonly model: Uint8Array;
}

/** What a model says of the data that it takes and of the classes that it gives. */
export function metadataOfData({
  classNames,
  featureNames,
  image,
}: Pick<Dataset, 'classNames' | 'featureNames' | 'image'>): Readonly<Record<string, string>> {
  return defined({
    classes: classNames && JSON.stringify(classNames),
    features: featureNames && JSON.stringify(featureNames),
    image: image && JSON.stringify(image),
  });
}

export function ticketOf({ spec, manifest }: Run, network: Candidate['network'], genome: Uint8Array): Ticket {
  const { version, specHash, classNames, featureNames, groups, scaling } = manifest;
  const image = imageOfTask(spec.task);
  const metadata = {
    tombola: version,
    spec: specHash,
    seed: String(spec.seed),
    ...metadataOfData(defined({ classNames, featureNames, image })),
    ...defined({
      groups: groups && JSON.stringify(groups),
      trainedOn: 'found' in spec.task ? trainedOn(spec.task.found.sha256) : undefined,
    }),
  };
  return { network, genome, metadata, model: buildTicketModel(network, genome, scaling, metadata) };
}

/** The digest of the file of training data, or of their features. */
function trainedOn(sha256: Readonly<Record<string, string>>): string | undefined {
  return sha256.train ?? sha256['train.x'];
}

export type Scored = Awaited<ReturnType<TicketSession['score']>>;

/** The scores of a ticket on the data that may choose it. */
export interface KnownScores {
  readonly train: Scored;
  readonly validation: Scored | undefined;
}

export interface TicketScores extends KnownScores {
  readonly test: Scored;
}

/** `own`: the run's own objective, where it has one. */
export async function scoreKnown(
  session: TicketSession,
  inputs: Inputs,
  own?: LoadedObjective,
): Promise<KnownScores> {
  const train = await session.score(inputs.train, own);
  return { train, validation: inputs.validation && (await session.score(inputs.validation)) };
}

/** The test data are scored here, once, when the ticket is chosen, and nowhere else. */
export async function scoreTest(
  session: TicketSession,
  inputs: Inputs,
  own?: LoadedObjective,
): Promise<Scored> {
  return await session.score(inputs.test, own);
}
