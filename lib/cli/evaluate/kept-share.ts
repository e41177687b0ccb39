/** `--kept` and `--sparsity` of `tombola evaluate` and `tombola predict`: the size of a nested ticket. */
import { defined } from '../../base/defined.ts';
import { UserError } from '../../base/errors.ts';
import { type OpenedTicket, type Target, ticketOfRun } from './target.ts';

export interface SizeOptions {
  readonly kept?: number | undefined;
  readonly sparsity?: number | undefined;
}

/** The share of the weights that is asked for. */
function keptAsked({ kept, sparsity }: SizeOptions): number | undefined {
  return kept ?? (sparsity === undefined ? undefined : 1 - sparsity);
}

/** The same for the file of a ticket, which must be nested if a share is asked for, and only then. */
function keptOfFile({ name, info }: OpenedTicket, options: SizeOptions): number | undefined {
  const kept = keptAsked(options);
  if (info.nested && kept === undefined) {
    throw new UserError(
      `${name}: is a nested ticket, which takes the share of the weights to keep; add --kept SHARE or --sparsity SHARE, such as --sparsity 0.9`,
    );
  }
  if (!info.nested && kept !== undefined) {
    throw new UserError(
      `${name}: is the ticket of one mask; leave --kept and --sparsity out, or give the ticket.nested.onnx of a run with "algorithm": "nested" or "lcs"`,
    );
  }
  return kept;
}

/** The ticket of the target, of the size that is asked for. Throws UserError. */
export async function ticketAsked(target: Target, options: SizeOptions): Promise<OpenedTicket> {
  return target.kind === 'run'
    ? ticketOfRun(target.store, target.name, keptAsked(options))
    : { ...target, ...defined({ kept: keptOfFile(target, options) }) };
}

/** `other`: the option that gives other masks or weights, if there is one. */
export function refuseSizes({ kept, sparsity }: SizeOptions, other: string | undefined): void {
  if (kept !== undefined && sparsity !== undefined)
    throw new UserError('--kept: says the same as --sparsity, which is 1 less it; leave one of them out');
  if (other !== undefined && keptAsked({ kept, sparsity }) !== undefined)
    throw new UserError(
      `--${kept === undefined ? 'sparsity' : 'kept'}: is for the nested ticket of a run, and ${other} gives other masks or weights; leave one of them out`,
    );
}
