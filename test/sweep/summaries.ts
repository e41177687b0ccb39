/** Results of cells as their summaries would tell them. */
import type { CellResult, CellSummary } from '../../lib/sweep/results.ts';

export function succeeded(changes: Partial<CellSummary> = {}): CellResult {
  return {
    status: 'succeeded',
    summary: {
      status: 'succeeded',
      stopReason: 'stagnation',
      trainAccuracy: 0.93,
      testAccuracy: 0.92,
      trainLoss: 0.4,
      testLoss: 0.5,
      sparsity: 0.7,
      generations: 120,
      evaluations: 5_000,
      seconds: 1.5,
      cost: { dollars: { total: 0.01 } },
      specHash: 'f'.repeat(64),
      ...changes,
    },
  };
}
