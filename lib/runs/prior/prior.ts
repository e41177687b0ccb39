/**
 * A prior: what the tickets of earlier runs say about which weights the next one keeps. For networks with the same frozen
 * weights it holds the tickets; for all others a model of what kept weights look like.
 */
import { z } from 'zod';
import type { StartSpec } from '../../algorithms/parts/sections.ts';
import { at } from '../../base/at.ts';
import { UserError } from '../../base/errors.ts';
import { hasChanged, sealedJson } from '../../base/seal.ts';
import type { Source } from '../../base/source.ts';
import { type AnyNetwork, isGraph } from '../../network/network.ts';
import type { KeepProbabilities } from '../../search/drawing.ts';
import { bytesPerGenome, unpack } from '../../search/genome.ts';
import { checksum } from '../../store/store.ts';
import { networkArtifact } from '../networks.ts';
import { logisticSchema, predict } from './logistic.ts';
import { eachWeight, WEIGHT_FEATURES } from './weight-features.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);

const priorSchema = z.object({
  prior: z.literal(1),
  version: z.string(),
  /** How all the weights were drawn; null: they were given. */
  initializer: z.string().nullable(),
  runs: z
    .array(
      z.object({
        run: z.string(),
        specHash: z.string(),
        /** See `weightsDigest`. */
        weights: digest,
        /** The packed mask of its ticket, base64. */
        ticket: z.string(),
        bits: z.int().min(1),
        sparsity: z.number().min(0).max(1),
        loss: z.number().nullable(),
      }),
    )
    .min(2),
  features: z.array(z.string()),
  model: logisticSchema,
});
export type Prior = z.output<typeof priorSchema>;

/** No weight is certain to be kept, or pruned. */
const DOUBT = 0.02;

/** Digest of the frozen weights, and of which of them masks prune. */
export function weightsDigest(network: AnyNetwork): string {
  const { bytes } = networkArtifact(network);
  if (!isGraph(network)) return checksum(bytes);
  const prunable = network.prunable.map(({ name }) => name);
  return checksum(Buffer.concat([bytes, Buffer.from(JSON.stringify(prunable))]));
}

export function encodePrior(prior: Prior): Uint8Array {
  return sealedJson(prior, 1);
}

/** The settings of a start that is drawn from a prior. */
type LearnedStart = Extract<StartSpec, { strategy: 'learned' }>;

/** Bytes that a prior may have. */
const MOST_BYTES = 2 ** 28;

/** A prior from its file, and the file's digest. Throws UserError. */
export async function readPrior(source: Source): Promise<{ readonly prior: Prior; readonly sha256: string }> {
  const where = `search.start.prior: ${source.name}`;
  const remedy = "give the file that 'tombola learn RUNS' wrote";
  if (source.size > MOST_BYTES) {
    throw new UserError(`${where}: has ${source.size} bytes, expected at most ${MOST_BYTES}; ${remedy}`);
  }
  const bytes = await source.read(0, source.size);
  if (hasChanged(bytes)) throw new UserError(`${where}: it has changed since it was written; learn it anew`);
  try {
    return { prior: priorSchema.parse(JSON.parse(new TextDecoder().decode(bytes))), sha256: checksum(bytes) };
  } catch (cause) {
    throw new UserError(`${where}: is no prior of this version; ${remedy}`, { cause });
  }
}

/** The probabilities for a network. `where`: the prior's file, for errors. Throws UserError. */
export function probabilitiesOf(
  prior: Prior,
  network: AnyNetwork,
  initializer: string | null,
  { use, sparsity, loss }: Omit<LearnedStart, 'strategy' | 'prior'>,
  where: string,
): KeepProbabilities {
  const own = weightsDigest(network);
  const known = prior.runs.filter(({ weights }) => weights === own);
  const chosen = use ?? (known.length > 0 ? 'frequencies' : 'features');
  if (chosen === 'features') return [byFeatures(prior, network, initializer, { sparsity, loss }, where)];
  if (known.length === 0) {
    const others = new Set(prior.runs.map(({ weights }) => weights)).size;
    throw new UserError(
      `search.start.use: found "${chosen}", but ${where} has no ticket of these weights (SHA-256 ${own.slice(0, 12)}…), only of ${others} others: set network.seed, initializer and layers, or model, include and exclude, as in the runs that it was learned from, or use "features"`,
    );
  }
  const masks = known.map(({ ticket, bits, run }) => {
    const packed = new Uint8Array(Buffer.from(ticket, 'base64'));
    if (packed.length !== bytesPerGenome(bits)) {
      throw new UserError(`${where}: the ticket of '${run}' does not have ${bits} bits`);
    }
    return unpack(packed, bits);
  });
  if (chosen === 'tickets') {
    return masks.map((mask) => Float32Array.from(mask, (bit) => (bit ? 1 - DOUBT : DOUBT)));
  }
  const counts = Float32Array.from(at(masks, 0), (_, bit) =>
    masks.reduce((sum, mask) => sum + at(mask, bit), 0),
  );
  return [counts.map((count) => Math.min(1 - DOUBT, Math.max(DOUBT, (count + 0.5) / (masks.length + 1))))];
}

function byFeatures(
  prior: Prior,
  network: AnyNetwork,
  initializer: string | null,
  asked: Pick<LearnedStart, 'sparsity' | 'loss'>,
  where: string,
): Float32Array {
  if (prior.initializer !== initializer) {
    const [learned, found] = [prior.initializer, initializer].map((name) => name ?? 'given');
    throw new UserError(
      `search.start.prior: ${where} was learned from weights that were ${learned}, and these are ${found}: their looks cannot be compared; set network.initializer to ${learned}, or learn from other runs`,
    );
  }
  if (prior.features.join() !== WEIGHT_FEATURES.join()) {
    throw new UserError(
      `search.start.prior: ${where} was learned by version ${prior.version}, from other features of weights; learn it anew: npx tombola learn RUNS`,
    );
  }
  const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
  const wanted = {
    sparsity: asked.sparsity ?? middle(prior.runs.map(({ sparsity }) => sparsity)),
    loss: asked.loss ?? middle(prior.runs.map(({ loss }) => loss ?? 0)),
  };
  const found: number[] = [];
  eachWeight(network, wanted, (features, bit) => {
    found[bit] = Math.min(1 - DOUBT, Math.max(DOUBT, predict(prior.model, features)));
  });
  return Float32Array.from(found);
}
