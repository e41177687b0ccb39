/** The network of a run spec: a multilayer perceptron, a convolutional network by its name, or a model in a file. */
import { z } from 'zod';
import { defined } from '../base/defined.ts';
import { InvalidSpec } from '../base/errors.ts';
import { CONVNET_NAMES } from '../network/convnets.ts';
import { INITIALIZER_NAMES } from '../network/initializer.ts';

const seed = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const width = z.int().min(1).max(1_000_000);
const layers = z.array(width).min(2).max(20);
const architecture = z.enum(CONVNET_NAMES);
const uri = z.string().min(1);
const patterns = z.array(z.string().min(1)).min(1).max(100);
const initializer = z.enum(INITIALIZER_NAMES);
const keptShare = z.number().gt(0).max(1);

/** Facts about the model's file: filled in by Tombola. In a spec that is given again, they must be found again. */
const foundNetworkSchema = z.strictObject({
  /** SHA-256 of the file. */
  sha256: z.string(),
  /** In all prunable tensors that `include` and `exclude` leave. */
  weights: z.int().min(1),
  multiplyAdds: z.number().min(1),
  units: z.number().min(1),
  /** The elements of one sample's input, and of its logits. */
  features: z.int().min(1),
  classes: z.int().min(1),
  /** Where the file has its classes in another order than the data: their names in that order. */
  classNames: z.array(z.string()).optional(),
});
export type FoundNetwork = z.output<typeof foundNetworkSchema>;

/** As users write it: one of the first four keys, and what belongs to it. */
export const writtenNetworkSchema = z.strictObject({
  layers: layers
    .optional()
    .meta({ description: 'Width of every layer: inputs, hidden layers (ReLU), one output per class' }),
  hidden: z
    .array(width)
    .max(18)
    .optional()
    .meta({ description: 'Widths of the hidden layers alone; inputs and outputs follow from the data' }),
  architecture: architecture
    .optional()
    .meta({ description: 'A convolutional network for images, by its name' }),
  model: uri
    .optional()
    .meta({ description: 'A feed-forward classifier in an ONNX file: a local path or an s3:// URI' }),
  weights: z.enum(['given', 'redrawn']).optional().meta({
    description:
      'Of a model: its own weights, so that the search prunes a trained network, or weights drawn anew',
  }),
  include: patterns.optional().meta({
    description: 'Of a model: only initializers whose names match one of these patterns (* and ?) are pruned',
  }),
  exclude: patterns.optional().meta({
    description: 'Of a model: initializers whose names match one of these patterns (* and ?) stay whole',
  }),
  initializer: initializer.optional().meta({
    description:
      'uniform: weights and biases from U[-1, 1], the default of layers; the others: biases 0; architecture-aware: variance by fan-in and by the values that are summed; signed-kaiming-constant is the default of all other networks',
  }),
  keptShare: keptShare.optional().meta({
    description:
      'signed-kaiming-constant and architecture-aware: weights are scaled as if this share of them is kept; 1 if absent',
  }),
  planted: z.boolean().optional().meta({
    description:
      'Of layers: a ticket that solves the task is put among the random weights, so that it is known; for moons, rings and teacher',
  }),
  seed: seed.optional().meta({ description: "Seed of the frozen weights; the run's seed if absent" }),
  ticket: uri.optional().meta({
    description:
      "For algorithms that train weights: a run's ticket.safetensors, whose weights they begin with, those that its mask prunes 0; a local path or an s3:// URI",
  }),
  ticketSha256: z.string().optional().meta({ description: 'Filled in by Tombola: SHA-256 of the ticket' }),
  found: foundNetworkSchema
    .optional()
    .meta({ description: 'Filled in by Tombola: what the file of the model held' }),
});
type WrittenNetwork = z.output<typeof writtenNetworkSchema>;

/** How weights are drawn, or the ticket whose weights take their place. */
const drawing = {
  initializer,
  keptShare,
  seed: seed.optional(),
  ticket: uri.optional(),
  ticketSha256: z.string().optional(),
};
const planted = z.literal(true).optional();
const model = {
  model: uri,
  weights: z.literal('given'),
  include: patterns.optional(),
  exclude: patterns.optional(),
};
const redrawn = { ...model, weights: z.literal('redrawn'), ...drawing };
const found = foundNetworkSchema;

/** The network of a complete spec. Its first key says of which kind it is: `'layers' in network`. */
export const networkSchema = z.union([
  z.strictObject({ layers, ...drawing, planted }),
  z.strictObject({ architecture, ...drawing }),
  z.strictObject({ ...model, found }),
  z.strictObject({ ...redrawn, found }),
]);
export type NetworkSpec = z.output<typeof networkSchema>;

type Fields<Shape extends z.core.$ZodShape> = z.output<z.ZodObject<Shape>>;
type Drawn = Fields<typeof drawing>;
/** Layers whose first and last width follow from the data. */
type Hidden = Drawn & { readonly hidden: number[]; readonly planted?: true | undefined };
/** A model whose file has not been read. */
type Unread = (Fields<typeof model> | Fields<typeof redrawn>) & { readonly found?: undefined };

/** The network of a spec whose model has been read, and whose data may not have been. */
export type ReadNetwork = NetworkSpec | Hidden;
export type AskedNetwork = ReadNetwork | Unread;

/** The keys that say what the network is, of which there is exactly one. */
const NETWORK_KINDS = ['layers', 'hidden', 'architecture', 'model'] as const;
type NetworkKind = (typeof NETWORK_KINDS)[number];

/** Which of them a network has. */
export function kindsOf(network: { readonly [Kind in NetworkKind]?: unknown }): NetworkKind[] {
  return NETWORK_KINDS.filter((kind) => network[kind] !== undefined);
}

/** Whether the weights are drawn, and not those of the model's file. */
export function isDrawn(network: AskedNetwork): network is Extract<AskedNetwork, Drawn> {
  return 'initializer' in network;
}

/** The ticket's file whose weights take the place of those that are drawn. */
export function givenTicket(network: AskedNetwork): string | undefined {
  return isDrawn(network) ? network.ticket : undefined;
}

/** Its name for people: the widths of its layers, the name of the architecture, or that of the model's file. */
export function nameOfNetwork(network: AskedNetwork): string {
  if ('layers' in network) return `[${network.layers}]`;
  if ('hidden' in network) return `hidden layers [${network.hidden}]`;
  if ('architecture' in network) return network.architecture;
  return network.model.split(/[\\/]/).at(-1) ?? '';
}

/** From what was written, with the defaults of its kind. Throws InvalidSpec. */
export function askedNetwork(written: WrittenNetwork, show: (value: unknown) => string): AskedNetwork {
  const { layers, hidden, architecture, model, weights = 'given', include, exclude, found } = written;
  const kinds = kindsOf(written);
  const [kind, another] = kinds;
  if (another !== undefined) {
    throw new InvalidSpec([
      `network: found ${kinds.join(' and ')}, expected only one of ${NETWORK_KINDS.join(', ')}: each says what the network is`,
    ]);
  }
  const refuse = (keys: readonly (keyof WrittenNetwork)[], why: string) => {
    const there = keys.filter((key) => written[key] !== undefined);
    if (there.length === 0) return;
    throw new InvalidSpec(there.map((key) => `network.${key}: found ${show(written[key])}, ${why}`));
  };
  const usual = layers || hidden ? 'uniform' : 'signed-kaiming-constant';
  const { initializer = usual, keptShare = 1, seed, ticket, ticketSha256 } = written;
  const drawing = { initializer, keptShare, ...defined({ seed, ticket, ticketSha256 }) };
  if (ticket === undefined) refuse(['ticketSha256'], 'but no network.ticket; leave it out');
  else refuse(['planted'], 'but the weights are those of network.ticket; leave one of them out');
  if (written.planted && !layers && !hidden) {
    refuse(['planted'], 'which is for network.layers: leave it out');
  }
  if (model !== undefined) {
    const choice = defined({ include, exclude });
    const read = defined({ found });
    if (weights === 'redrawn') return { model, weights, ...choice, ...drawing, ...read };
    refuse(
      ['initializer', 'keptShare', 'seed', 'ticket'],
      'but the weights are those of the model; set network.weights to "redrawn", or leave it out',
    );
    return { model, weights, ...choice, ...read };
  }
  const why = `which is for a network.model; leave it out with network.${kind}`;
  if (kind !== undefined) refuse(['weights', 'include', 'exclude', 'found'], why);
  const planting = written.planted ? { planted: true as const } : {};
  if (layers) return { layers, ...drawing, ...planting };
  if (hidden) return { hidden, ...drawing, ...planting };
  if (architecture) return { architecture, ...drawing };
  throw new InvalidSpec([`network: found ${show(written)}, expected one of ${NETWORK_KINDS.join(', ')}`]);
}
