/** The network of a run spec: a multilayer perceptron, a convolutional network by its name, or a model in a file. */
import { z } from 'zod';
import { CONVNET_NAMES } from '../network/convnets.ts';
import { INITIALIZER_NAMES, type InitializerName } from '../network/initializer.ts';

const seed = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const width = z.int().min(1).max(1_000_000);
const patterns = z.array(z.string().min(1)).min(1).max(100);

/** Where a model's weights come from. */
export const WEIGHTS = ['given', 'redrawn'] as const;

/** What the model's file held: filled in by Tombola. In a spec that is given again, it must be found again. */
const foundNetworkSchema = z.strictObject({
  /** SHA-256 of the file. */
  sha256: z.string(),
  /** Of all its prunable tensors that `include` and `exclude` leave. */
  weights: z.int().min(1),
  multiplyAdds: z.number().min(1),
  units: z.number().min(1),
  /** Of one sample: the elements of the input, and of the logits. */
  features: z.int().min(1),
  classes: z.int().min(1),
  /** Where the file has its classes in another order than the data: their names in that order. */
  classNames: z.array(z.string()).optional(),
});
export type FoundNetwork = z.output<typeof foundNetworkSchema>;

export const networkSchema = z.strictObject({
  layers: z
    .array(width)
    .min(2)
    .max(20)
    .optional()
    .meta({ description: 'Width of every layer: inputs, hidden layers (ReLU), one output per class' }),
  hidden: z
    .array(width)
    .max(18)
    .optional()
    .meta({ description: 'Widths of the hidden layers alone; inputs and outputs follow from the data' }),
  architecture: z
    .enum(CONVNET_NAMES)
    .optional()
    .meta({ description: 'A convolutional network for images, by its name' }),
  model: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'A feed-forward classifier in an ONNX file: a local path or an s3:// URI' }),
  weights: z.enum(WEIGHTS).optional().meta({
    description: 'Of a model: as they come, so that the search prunes a trained network, or drawn anew',
  }),
  include: patterns.optional().meta({
    description: 'Of a model: only initializers whose names match one of these patterns (* and ?) are pruned',
  }),
  exclude: patterns.optional().meta({
    description: 'Of a model: initializers whose names match one of these patterns (* and ?) stay whole',
  }),
  initializer: z.enum(INITIALIZER_NAMES).optional().meta({
    description:
      'uniform: weights and biases from U[-1, 1], the default of layers; the others: biases 0; signed-kaiming-constant is the default of all other networks',
  }),
  keptShare: z.number().gt(0).max(1).optional().meta({
    description: 'signed-kaiming-constant: weights are scaled as if this share of them is kept; 1 if absent',
  }),
  seed: seed.optional().meta({ description: "Seed of the frozen weights; the run's seed if absent" }),
  found: foundNetworkSchema
    .optional()
    .meta({ description: 'Filled in by Tombola: what the file of the model held' }),
});
export type NetworkSpec = z.output<typeof networkSchema>;

/** The keys that say what the network is, of which there is exactly one. */
export const NETWORK_KINDS = ['layers', 'hidden', 'architecture', 'model'] as const;
export type NetworkKind = (typeof NETWORK_KINDS)[number];

/** Which of them a network has. */
export function kindsOf(network: Readonly<Record<string, unknown>>): NetworkKind[] {
  return NETWORK_KINDS.filter((kind) => network[kind] !== undefined);
}

/** Whether the weights are drawn, or those of the model's file. */
export function isDrawn({ model, weights }: NetworkSpec): boolean {
  return model === undefined || weights === 'redrawn';
}

export function initializerOf({ layers, hidden, initializer }: NetworkSpec): InitializerName {
  return initializer ?? ((layers ?? hidden) ? 'uniform' : 'signed-kaiming-constant');
}

/** The network with its defaults. `shape`: of the data, as far as it is known; with it `hidden` becomes `layers`. */
export function completeNetwork(
  network: NetworkSpec,
  shape: { readonly features: number; readonly classes: number } | undefined,
): NetworkSpec {
  const { layers, hidden, architecture, model, initializer: _, keptShare, seed: own, ...rest } = network;
  const seeded = own === undefined ? {} : { seed: own };
  const drawn = { initializer: initializerOf(network), keptShare: keptShare ?? 1, ...seeded };
  if (layers !== undefined) return { layers, ...drawn };
  if (hidden !== undefined) {
    if (shape === undefined) return { hidden, ...drawn };
    return { layers: [shape.features, ...hidden, shape.classes], ...drawn };
  }
  if (architecture !== undefined) return { architecture, ...drawn };
  const { weights = 'given', include, exclude, found } = rest;
  return {
    ...(model === undefined ? {} : { model }),
    weights,
    ...(include === undefined ? {} : { include }),
    ...(exclude === undefined ? {} : { exclude }),
    ...(weights === 'redrawn' ? drawn : {}),
    ...(found === undefined ? {} : { found }),
  };
}

/** What people call it: the widths of its layers, the name of the architecture, or that of the model's file. */
export function nameOfNetwork({ layers, hidden, architecture, model }: NetworkSpec): string {
  if (layers) return `[${layers}]`;
  if (hidden) return `hidden layers [${hidden}]`;
  return architecture ?? model?.split(/[\\/]/).at(-1) ?? '';
}

/** What is wrong with the network, whatever the data; a line each. */
export function networkProblems(network: NetworkSpec, show: (value: unknown) => string): string[] {
  const kinds = kindsOf(network);
  const [kind, another] = kinds;
  if (kind === undefined) {
    return [`network: found ${show(network)}, expected one of ${NETWORK_KINDS.join(', ')}`];
  }
  if (another !== undefined) {
    return [
      `network: found ${kinds.join(' and ')}, expected only one of ${NETWORK_KINDS.join(', ')}: each says what the network is`,
    ];
  }
  const problems: string[] = [];
  if (kind !== 'model') {
    for (const key of ['weights', 'include', 'exclude', 'found'] as const) {
      if (network[key] === undefined) continue;
      problems.push(
        `network.${key}: found ${show(network[key])}, which is for a network.model; leave it out with network.${kind}`,
      );
    }
  } else if (!isDrawn(network)) {
    for (const key of ['initializer', 'keptShare', 'seed'] as const) {
      if (network[key] === undefined) continue;
      problems.push(
        `network.${key}: found ${show(network[key])}, but the weights are those of the model; set network.weights to "redrawn", or leave it out`,
      );
    }
  }
  return problems;
}
