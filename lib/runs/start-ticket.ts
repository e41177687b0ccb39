/** The ticket of another run, whose weights a training begins with: those that its mask prunes are 0. */
import { InvalidSpec, UserError } from '../base/errors.ts';
import { hasChanged } from '../base/seal.ts';
import type { OpenSource } from '../base/source.ts';
import { readArrays } from '../data/user-arrays.ts';
import { maskedConstants, maskedWeights } from '../network/masked-weights.ts';
import { type AnyNetwork, isGraph } from '../network/network.ts';
import { type AskedNetwork, givenTicket } from '../runspec/network.ts';
import { checksum } from '../store/store.ts';
import { maskAmong, withWeights } from './user-masks.ts';

/** Bytes that a ticket may have. */
const MOST_BYTES = 2 ** 31;

/**
 * The network with the digest of the ticket that it names, and what puts the ticket's weights into a network. Undefined
 * where it names none. Throws UserError.
 */
export async function readStartTicket<Asked extends AskedNetwork>(network: Asked, open: OpenSource) {
  const file = givenTicket(network);
  if (file === undefined) return undefined;
  const source = await open(file);
  const where = `network.ticket: ${source.name}`;
  const remedy = 'give the ticket.safetensors of a finished run';
  if (source.size > MOST_BYTES)
    throw new UserError(`${where}: has ${source.size} bytes, expected at most ${MOST_BYTES}; ${remedy}`);
  const bytes = await source.read(0, source.size);
  if (hasChanged(bytes)) throw new UserError(`${where}: it has changed since it was written; ${remedy}`);
  const sha256 = checksum(bytes);
  const before = 'ticketSha256' in network ? network.ticketSha256 : undefined;
  if (before !== undefined && before !== sha256) {
    const [wanted, found] = [before, sha256].map((one) => one.slice(0, 12));
    throw new InvalidSpec([
      `network.ticketSha256: found ${wanted}…, but ${source.name} has SHA-256 ${found}…: the file is not the one that the spec was made with; restore it, or remove \`ticketSha256\` from the spec to take the file as it is`,
    ]);
  }
  const arrays = await readArrays(source);
  return {
    network: { ...network, ticketSha256: sha256 },
    into(drawn: AnyNetwork): AnyNetwork {
      const given = withWeights(drawn, arrays, where);
      const mask = maskAmong(given, arrays, where);
      if (!mask) throw new UserError(`${where}: holds no masks; ${remedy}`);
      return isGraph(given)
        ? { ...given, constants: maskedConstants(given, mask) }
        : { ...given, weights: maskedWeights(given, mask) };
    },
  };
}
