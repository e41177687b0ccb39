/** Pieces of work as they travel to a thread and back. */
import type { Spent } from '../../cost/usage.ts';
import type { RunName } from '../../runs/run.ts';
import type { Piece, PieceDone } from '../../steps/pieces.ts';

export interface PieceTask extends RunName {
  readonly piece: Piece;
}

export type WarmDone = PieceDone & {
  /** Whether the evaluator was there already. */
  readonly warm: boolean;
};

/** A thread's answer: its result and its usage; errors by their names, which do not cross threads by themselves. */
export type PieceAnswer =
  | { readonly done: WarmDone; readonly spent: Spent }
  | { readonly error: { readonly name: string; readonly message: string } };

/** Lambda's report of a sandbox that died. */
export const SANDBOX_DIED = 'Runtime.ExitError';

/** Replaces the answer of a thread that died. */
export function died(message: string): PieceAnswer {
  return { error: { name: SANDBOX_DIED, message } };
}

/** Threads that do pieces, each with evaluators of its own. */
export interface Threads {
  readonly width: number;
  readonly run: (task: PieceTask) => Promise<PieceAnswer>;
}
