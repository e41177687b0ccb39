/** Checkpoints of improvements: a line of JSON, then the masks. */
import { z } from 'zod';
import { parsedIfSound } from '../base/artifact-json.ts';
import { DamagedArtifact } from '../base/errors.ts';
import { bytesPerGenome } from './genome.ts';
import type { ImprovingState } from './improving.ts';

const count = z.int().nonnegative();
const headerSchema = z.strictObject({
  build: z.string(),
  bits: count,
  flips: count,
  made: count,
  pass: count,
  place: count,
  improved: z.boolean(),
  typical: z.number().nullable(),
  kicks: count,
  bestCost: z.number().nullable(),
});

const LINE_END = 10;

export function encodeImproving({ genome, best, ...rest }: ImprovingState, bits: number): Uint8Array {
  const header = JSON.stringify({ ...rest, bits, bestCost: best?.cost ?? null });
  return Buffer.concat([Buffer.from(`${header}\n`), genome, best?.genome ?? new Uint8Array()]);
}

/** `name`: what errors call it. */
export function decodeImproving(bytes: Uint8Array, bits: number, name: string): ImprovingState {
  const end = bytes.indexOf(LINE_END);
  const header = parsedIfSound(bytes.subarray(0, Math.max(0, end)), headerSchema);
  if (!header)
    throw new DamagedArtifact(`${name}: not a checkpoint of a search, or changed since it was written`);
  const { bits: found, bestCost, ...rest } = header;
  if (found !== bits)
    throw new DamagedArtifact(
      `${name}: a checkpoint of masks of ${found} bits, where the network has ${bits} weights`,
    );
  const size = bytesPerGenome(bits);
  const expected = size * (bestCost === null ? 1 : 2);
  const masks = Uint8Array.from(bytes.subarray(end + 1));
  if (masks.length !== expected)
    throw new DamagedArtifact(`${name}: ${masks.length} bytes of masks, where ${expected} were written`);
  const best = bestCost === null ? null : { genome: masks.subarray(size), cost: bestCost };
  return { ...rest, genome: masks.subarray(0, size), best };
}
