/** What finalize makes a ticket and a report of, however it was found. */
import type { AnyNetwork } from '../network/network.ts';
import type { ReportInput } from '../report/report.ts';
import type { GenerationState } from './artifacts.ts';

/** What a search or a training ended with, or has up to now. */
export interface Found extends Pick<ReportInput, 'history' | 'population' | 'objective' | 'epochs' | 'kept'> {
  /** Its weights, frozen or trained, none pruned. */
  readonly network: AnyNetwork;
  /** The packed mask of the ticket. */
  readonly genome: Uint8Array;
  /** What was found before the pruning pass, where there is one. */
  readonly before: { readonly sparsity: number; readonly accuracy: number } | undefined;
  readonly generations: number;
  readonly evaluations: number;
  readonly pruningEvaluations: number;
  /** What it took. */
  readonly taken: Taken;
  readonly historyCsv: string;
}

/** Time that the run was at work, and at its generations or epochs, in milliseconds; what it used. */
export type Taken = Pick<GenerationState['clock'], 'active' | 'evaluating'> & Pick<GenerationState, 'usage'>;
