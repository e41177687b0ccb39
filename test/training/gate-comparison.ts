/** Some steps of a graph of gates, and the same in double precision. */
import fc from 'fast-check';
import { flatten } from '../../lib/algorithms/backprop/step.ts';
import { type Descent, type Gates, gatedStep } from '../../lib/algorithms/gates/gates.ts';
import type { Vectors } from '../../lib/algorithms/parts/training-method.ts';
import { random } from '../../lib/base/random.ts';
import { batchesOf, type GateRule, trainGates } from './reference.ts';
import { expectSame, type Task, tasks, train } from './tasks.ts';

export const SGD = { learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 };

interface Case {
  /** The network in the graph, where it is not the task's; and the one that is meant, where that is another. */
  readonly network?: Task['network'];
  readonly meant?: Task['network'];
  readonly gates: Gates;
  readonly rule: GateRule;
  readonly start: Vectors & { readonly scores: Float32Array };
  readonly noiseOf?: (step: number) => Vectors;
  readonly rates?: Readonly<Record<string, number>>;
  readonly sgd?: Descent & { readonly learningRate: number };
}

export const drawn = (task: Task, length: number, purpose: 'scores' | 'gates', step = 0) => {
  const stream = random(task.order.length, purpose, step);
  return Float32Array.from({ length }, () => stream.uniform());
};

/** Some steps of the graph, and of the reference. */
export async function compareGates(caseOf: (task: Task) => Case): Promise<void> {
  await fc.assert(
    fc.asyncProperty(tasks, async (task) => {
      const { network = task.network, meant = network, ...own } = caseOf(task);
      const { gates, rule, start, noiseOf, rates = {}, sgd = SGD } = own;
      const batches = batchesOf(task.order, task.batch);
      const wanted = trainGates(task.widths, flatten(meant), start.scores, rule, task.data, batches, sgd);
      fc.pre(wanted.kink > 1e-3);
      const constant = { learningRate: sgd.learningRate, ...rates };
      const ratesOf = (steps: number) =>
        Object.fromEntries(
          Object.entries(constant).map(([name, rate]) => [name, new Float32Array(steps).fill(rate)]),
        );
      const state = { ...start, momentum: new Float32Array(start.scores.length) };
      const definition = gatedStep(network, gates, sgd);
      expectSame(await train(task, definition, state, ratesOf, noiseOf), wanted, 1e-4);
    }),
    { numRuns: 15 },
  );
}

export const signed = (task: Task, length: number) => drawn(task, length, 'scores').map((u) => 2 * u - 1);
