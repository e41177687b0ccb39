/** The description of itself in a ticket's ONNX file. */
import { z } from 'zod';
import { changed, parsedIfSound } from '../../base/artifact-json.ts';
import { defined } from '../../base/defined.ts';
import { hasChanged, SEAL } from '../../base/seal.ts';
import { parseModel, shapeSchema } from '../onnx/decoder.ts';
import { UnusableModel } from '../unusable-model.ts';

export interface TicketInfo {
  readonly features: number;
  readonly classes: number;
  readonly classNames?: readonly string[];
  readonly featureNames?: readonly string[];
  /** Names of the groups of its run's data, and the class that counts as positive. */
  readonly groups?: z.output<typeof groupsSchema>;
  /** Channels, height, width, where the features are images. */
  readonly image?: readonly [number, number, number];
  /** The run that made it: version of Tombola, hash of the spec, seed. */
  readonly version?: string;
  readonly spec?: string;
  readonly seed?: string;
  /** SHA-256 of the file that the training data were read from. */
  readonly trainedOn?: string;
  /** Of a nested ticket, which takes the share of the weights to keep: all prunable weights, those that it can keep, see `keptAt`. */
  readonly nested?: z.output<typeof nestedSchema>;
}

const valueSchema = z.object({
  name: z.string().default(''),
  // Values of other models may be sequences or maps, as scikit-learn's, or of any shape.
  type: z.object({ tensorType: z.object({ shape: shapeSchema.optional() }).optional() }).default({}),
});

const modelSchema = z.object({
  graph: z.object({ input: z.array(valueSchema), output: z.array(valueSchema) }),
  metadataProps: z.array(z.object({ key: z.string(), value: z.string().default('') })).default([]),
});

/** Advice for a ticket that has changed. */
export const TICKET_REMEDY = `restore it, or write it again from its run with 'tombola report'; to use one that you changed on purpose, remove '${SEAL}' from its metadata`;

const namesSchema = z.array(z.string());
const nestedSchema = z.object({
  weights: z.int().positive(),
  ranked: z.int().positive(),
  pauses: z.array(z.object({ from: z.int(), to: z.int() })),
});
const groupsSchema = z.object({ names: z.array(z.string()), positive: z.int().nullable() });
const imageSchema = z.tuple([z.int(), z.int(), z.int()]);

/** Throws DamagedArtifact for a ticket that has changed since it was written, `UnusableModel` for bytes that are no ONNX model, or none with a ticket's inputs and outputs. */
export function readTicketInfo(bytes: Uint8Array, name: string): TicketInfo {
  if (hasChanged(bytes)) throw changed(name, TICKET_REMEDY);
  const { graph, metadataProps } = parseModel(bytes, name, modelSchema, 'give the ticket.onnx of a run');
  const width = (values: typeof graph.input, wanted: string) => {
    const dims = values.find((value) => value.name === wanted)?.type.tensorType?.shape?.dim;
    return dims?.length === 2 ? dims[1]?.dimValue : undefined;
  };
  const features = width(graph.input, 'x');
  const classes = width(graph.output, 'logits');
  const labelled = graph.output.some((output) => output.name === 'label');
  const metadata = new Map(metadataProps.map(({ key, value }) => [key, value]));
  const nested = parsedIfSound(metadata.get('nested'), nestedSchema);
  const inputs = nested && graph.input.some((input) => input.name === 'kept') ? 2 : 1;
  if (graph.input.length !== inputs || features === undefined || classes === undefined || !labelled) {
    const found = `${listed(graph.input)} → ${listed(graph.output)}`;
    throw new UnusableModel(name, [
      `found ${found}, expected a ticket: x [N, features] → logits [N, classes], label [N]; give the ticket.onnx of a run. To search a model of your own, give it to a run: tombola run --data FILE --network ${name}`,
    ]);
  }
  const classNames = parsedIfSound(metadata.get('classes'), namesSchema);
  const featureNames = parsedIfSound(metadata.get('features'), namesSchema);
  const groups = parsedIfSound(metadata.get('groups'), groupsSchema);
  const image = parsedIfSound(metadata.get('image'), imageSchema);
  const [version, spec, seed, trainedOn] = ['tombola', 'spec', 'seed', 'trainedOn'].map((key) =>
    metadata.get(key),
  );
  return defined({
    features,
    classes,
    classNames: classNames?.length === classes ? classNames : undefined,
    featureNames: featureNames?.length === features ? featureNames : undefined,
    groups,
    image,
    version,
    spec,
    seed,
    trainedOn,
    nested,
  });
}

function listed(values: readonly { readonly name: string }[]): string {
  return values.length === 0 ? 'nothing' : values.map(({ name }) => name).join(', ');
}
