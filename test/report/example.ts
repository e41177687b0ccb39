/** Made-up but plausible runs to draw reports of. */

import type { HistoryRow } from '../../lib/algorithms/parts/history-row.ts';
import { randomGenome } from '../../lib/algorithms/parts/operators.ts';
import { random } from '../../lib/base/random.ts';
import { AS_IF, costOf } from '../../lib/cost/cost.ts';
import { NO_USAGE } from '../../lib/cost/usage.ts';
import { keptWeights } from '../../lib/landscape/kept-shares.ts';
import { countWeights } from '../../lib/network/architecture.ts';
import { uniformNetwork } from '../../lib/network/initializer.ts';
import type { Plane } from '../../lib/report/figures/plane-figure.ts';
import type { Survivor } from '../../lib/report/figures/population-figure.ts';
import type { ReportInput } from '../../lib/report/report.ts';
import type { RunSummary } from '../../lib/report/summary.ts';
import { countOnes, pack } from '../../lib/search/genome.ts';
import { isMacroAverage, type Objective, ORIGINS } from '../../lib/search/individual.ts';

export interface ExampleOptions {
  readonly widths?: readonly number[];
  readonly objective?: Objective;
  /** Rows of the history. */
  readonly rows?: number;
  readonly survivors?: number;
}

const SURVIVORS = 100;

/** A run without a plane: curves that rise and level off, a population that has nearly converged. */
export function exampleInput(options: ExampleOptions = {}): ReportInput {
  const { widths = [2, 20, 2], objective = 'accuracy', rows = 180, survivors = SURVIVORS } = options;
  const bits = countWeights(widths);
  const stream = random(7, 'start');
  const ticket = pack(Uint8Array.from({ length: bits }, () => (stream.uniform() < 0.4 ? 1 : 0)));
  const kept = countOnes(ticket);
  const history = exampleHistory(rows, objective);
  const byLoss = objective === 'cross-entropy';
  const population = Array.from({ length: survivors }, (_, index): Survivor => {
    const drop = (index / survivors) ** 2 * 0.006;
    return {
      accuracy: Math.round((0.989 - drop) * 50_000) / 50_000,
      loss: byLoss ? 0.21 + 4 * drop : null,
      macroAverage: isMacroAverage(objective) ? 0.93 - 2 * drop : null,
      sparsity: Math.round((0.5 + 0.12 * (stream.uniform() - 0.5)) * bits) / bits,
      origin: ORIGINS[stream.uniform() < 0.6 ? 1 : stream.uniform() < 0.8 ? 2 : 3] ?? 'start',
      born: rows - index,
    };
  });
  const summary: RunSummary = {
    runId: '20250301-101500-moons-a-4f2a',
    preset: 'moons-a',
    seed: 42,
    status: 'succeeded',
    stopReason: 'stagnation',
    algorithm: 'sltn-ga',
    objective,
    layers: [...widths],
    validationAccuracy: null,
    minimised: {
      before: { parameters: bits + 22, multiplyAdds: bits, bytes: 1_290, latencyMs: 0.0312 },
      after: { parameters: kept + 9, multiplyAdds: kept, bytes: 1_012, latencyMs: 0.0297 },
    },
    generations: rows,
    evaluations: rows * 47 + 100,
    pruningEvaluations: 61,
    trainAccuracy: 0.98914,
    testAccuracy: 0.98781,
    trainBalancedAccuracy: 0.9312,
    testBalancedAccuracy: 0.9274,
    trainMacroF1: 0.9287,
    testMacroF1: 0.9246,
    trainLoss: byLoss ? 0.208 : null,
    testLoss: byLoss ? 0.2153 : null,
    sparsity: 1 - kept / bits,
    sparsityBeforePruning: 0.525,
    trainAccuracyBeforePruning: 0.98902,
    keptWeights: kept,
    prunableWeights: bits,
    trainSamples: 50_000,
    testSamples: 16_000,
    seconds: 3.184,
    evaluationsPerSecond: 3412.7,
    cost: costOf(NO_USAGE, AS_IF),
    version: '0.1.0',
    specHash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  };
  const classes = widths.at(-1) ?? 0;
  const confusion = {
    classes,
    counts: Uint32Array.from({ length: classes ** 2 }, (_, cell) =>
      Math.floor(cell / classes) === cell % classes ? 1_500 : stream.below(30),
    ),
  };
  const spec = { algorithm: 'sltn-ga', preset: summary.preset, seed: 42, network: { layers: widths } };
  const masks = Array.from({ length: 20 }, (_, index) => randomGenome(random(11, 'start', 0, index), bits));
  return {
    summary,
    spec,
    history: { by: 'generation', rows: history },
    population,
    objective,
    network: uniformNetwork(widths, 42),
    ticket,
    kept: keptWeights({ widths }, masks),
    confusion,
  };
}

/** `rows` generations of a search that improves quickly at first. */
export function exampleHistory(rows: number, objective: Objective): HistoryRow[] {
  const stream = random(3, 'mutate');
  let best = 0.6;
  let sparsity = 0.5;
  return Array.from({ length: rows }, (_, generation) => {
    if (stream.uniform() < 0.3) best += (0.989 - best) * 0.25 * stream.uniform();
    if (stream.uniform() < 0.1) sparsity += 0.02 * (stream.uniform() - 0.4) * (1 - sparsity);
    const spread = 0.3 * Math.exp(-generation / (rows / 8)) + 0.004;
    const start = Math.round(SURVIVORS * Math.exp(-generation / 12));
    const recombination = Math.round((SURVIVORS - start) * (0.5 + 0.15 * Math.sin(generation / 25)));
    const mutation = Math.round((SURVIVORS - start - recombination) * 0.85);
    const byLoss = objective === 'cross-entropy';
    const byMean = isMacroAverage(objective);
    return {
      generation,
      offspring: 47,
      evaluated: 45,
      evaluations: 100 + 45 * generation,
      bestAccuracy: best,
      meanAccuracy: best - spread * 0.4,
      worstAccuracy: best - spread,
      bestLoss: byLoss ? 12 * (1 - best) ** 1.5 : null,
      meanLoss: byLoss ? 12 * (1 - best + 0.4 * spread) ** 1.5 : null,
      worstLoss: byLoss ? 12 * (1 - best + spread) ** 1.5 : null,
      bestMacroAverage: byMean ? best - 0.05 : null,
      meanMacroAverage: byMean ? best - 0.05 - spread * 0.4 : null,
      worstMacroAverage: byMean ? best - 0.05 - spread : null,
      bestSparsity: sparsity,
      meanSparsity: sparsity - 0.01,
      minSparsity: sparsity - 0.08,
      maxSparsity: sparsity + 0.3 * (1 - sparsity),
      survivorsStart: start,
      survivorsRecombination: recombination,
      survivorsMutation: mutation,
      survivorsMigration: SURVIVORS - start - recombination - mutation,
      newSurvivors: 9,
    };
  });
}

/** Two half moons, and a curved border between them that gets some points wrong. */
export function examplePlane(points = 1_200): Plane {
  const stream = random(5, 'noise');
  const [columns, rows] = [120, 90];
  const grid = { xMin: -1.3, xMax: 2.3, yMin: -0.85, yMax: 1.35, columns, rows };
  const labels = Uint8Array.from({ length: columns * rows }, (_, cell) => {
    const x = grid.xMin + (((cell % columns) + 0.5) * (grid.xMax - grid.xMin)) / columns;
    const y = grid.yMin + ((Math.floor(cell / columns) + 0.5) * (grid.yMax - grid.yMin)) / rows;
    return y < 0.25 + 0.45 * Math.cos(Math.PI * (x + 0.02)) ? 1 : 0;
  });
  return {
    points: Array.from({ length: points }, (_, index) => {
      const angle = Math.PI * stream.uniform();
      const label = index % 2;
      return {
        x: (label === 0 ? Math.cos(angle) : 1 - Math.cos(angle)) + 0.07 * stream.normal(),
        y: (label === 0 ? Math.sin(angle) : 0.5 - Math.sin(angle)) + 0.07 * stream.normal(),
        label,
      };
    }),
    grid: { ...grid, labels },
  };
}
