/** Whether a network takes the codewords that a spec asks for. */
import { InvalidSpec } from '../base/errors.ts';
import { lastLayerOf } from '../network/class-codes.ts';
import type { AnyNetwork } from '../network/network.ts';
import { nameOfNetwork } from '../runspec/network.ts';
import type { RunSpec } from '../runspec/schema.ts';

/** Throws InvalidSpec. */
export function checkCodes({ search: { codes }, network }: RunSpec, drawn: AnyNetwork): void {
  if (!codes) return;
  const name = nameOfNetwork(network);
  const last = lastLayerOf(drawn);
  if (!last)
    throw new InvalidSpec([
      `search.codes: found ${JSON.stringify(codes)}, but the network ${name} does not end in a dense layer of prunable weights after hidden units, which is where codewords decide what feeds a class; leave search.codes out, or give another network`,
    ]);
  if (codes.groups <= last.units) return;
  throw new InvalidSpec([
    `search.codes.groups: found ${codes.groups}, expected at most ${last.units}, the hidden units or channels before the last layer of ${name}`,
  ]);
}
