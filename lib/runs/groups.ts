/** Groups of samples: the class that counts as positive, and whether their gaps can be measured. */
import { at } from '../base/at.ts';
import type { Confusion } from '../base/classes.ts';
import { InvalidSpec } from '../base/errors.ts';
import { listed } from '../base/listed.ts';
import { namesOfClasses } from '../data/class-order.ts';
import type { Dataset, Samples } from '../data/dataset.ts';
import type { FairnessTask } from '../evaluation/fair-evaluator.ts';
import { countsOfGroups } from '../report/fairness.ts';
import { figuresOf } from '../runspec/figures.ts';
import { show } from '../runspec/parser.ts';
import type { RunSpec } from '../runspec/schema.ts';
import type { ReadTask } from '../runspec/task.ts';
import { type Fairness, fairnessOf, type Gap, type GroupCounts, RATES_OF } from '../search/fairness.ts';
import type { Run } from './run.ts';

/** The class that counts as positive: the one that the task names, or the second of two; null where there is neither. */
export function positiveClass(task: ReadTask, dataset: Dataset): number | null {
  const named = task.dataset === 'files' ? task.positive : undefined;
  if (named === undefined) return dataset.classes === 2 ? 1 : null;
  const found = namesOfClasses(dataset).indexOf(String(named));
  return found < 0 ? null : found;
}

/** Throws InvalidSpec where gaps between groups are to be measured, and cannot be. */
export function checkGroups(spec: RunSpec, dataset: Dataset): void {
  const { task } = spec;
  const classes = namesOfClasses(dataset);
  const positive = positiveClass(task, dataset);
  const named = task.dataset === 'files' ? task.positive : undefined;
  if (named !== undefined && positive === null)
    throw new InvalidSpec([
      `task.positive: found ${show(named)}, expected one of the classes: ${listed(classes.map(show), 20)}`,
    ]);
  if (named !== undefined && !dataset.groupNames)
    throw new InvalidSpec([
      `task.positive: found ${show(named)}, which is for gaps between groups, and the samples have none; name their column with task.group (--group), or leave it out`,
    ]);
  const { gaps } = figuresOf(spec);
  if (gaps.length === 0) return;
  if (!dataset.groupNames)
    throw new InvalidSpec([
      `${spec.search.constraints ? 'search.constraints' : 'nsga.objectives'}: the samples have no groups to measure gaps between; name their column with task.group (--group)`,
    ]);
  if (positive === null)
    throw new InvalidSpec([
      `task.positive: found nothing, expected the class that counts as positive (--positive), one of ${listed(classes.map(show), 20)}: gaps are of answers with one class`,
    ]);
  const problems = dataset.groupNames.flatMap((name, group) => {
    const counts = countsOf(dataset.train, group, positive);
    return missing(counts, gaps).map(
      (what) =>
        `task.group: the group ${show(name)} has no ${what} samples (class ${show(at(classes, positive))} is positive) in the training data, by which its gap is measured: leave its rows out, or merge it with another group`,
    );
  });
  if (problems.length > 0) throw new InvalidSpec(problems);
}

/** How gaps between groups are measured; undefined where the run does without. */
export function fairnessTask({ spec, manifest }: Pick<Run, 'spec' | 'manifest'>): FairnessTask | undefined {
  const positive = manifest.groups?.positive ?? null;
  return figuresOf(spec).gaps.length > 0 && positive !== null
    ? { positive, limits: spec.search.constraints }
    : undefined;
}

/** Gaps in the scores of a ticket, where the search measures them. */
export function fairnessIn(
  run: Pick<Run, 'spec' | 'manifest'>,
  { groups }: { readonly groups?: readonly Confusion[] },
): Fairness | undefined {
  const task = fairnessTask(run);
  return task && groups && fairnessOf(countsOfGroups(groups, task.positive), task.limits);
}

function missing({ positives, negatives }: GroupCounts, gaps: readonly Gap[]): string[] {
  const rates = new Set(gaps.flatMap((gap) => RATES_OF[gap]));
  return [
    ...(rates.has('truePositive') && positives === 0 ? ['positive'] : []),
    ...(rates.has('falsePositive') && negatives === 0 ? ['negative'] : []),
  ];
}

function countsOf({ labels, groups }: Samples, group: number, positive: number): GroupCounts {
  const own = labels.filter((_, row) => groups?.[row] === group);
  const positives = own.filter((label) => label === positive).length;
  return { positives, negatives: own.length - positives, truePositives: 0, falsePositives: 0 };
}
