/** Which runs are listed, and in which order. */
import type { RunRow } from '../messages.ts';

export type SortKey =
  | 'name'
  | 'task'
  | 'algorithm'
  | 'testAccuracy'
  | 'sparsity'
  | 'state'
  | 'changed'
  | 'bytes';

/** Empty: any. */
export interface Filters {
  readonly name: string;
  readonly task: string;
  readonly algorithm: string;
  readonly state: string;
}

export const NO_FILTERS: Filters = { name: '', task: '', algorithm: '', state: '' };

export function filtered(runs: readonly RunRow[], { name, task, algorithm, state }: Filters): RunRow[] {
  const part = name.trim().toLowerCase();
  return runs.filter(
    (run) =>
      (part === '' || run.name.toLowerCase().includes(part)) &&
      (task === '' || run.task === task) &&
      (algorithm === '' || run.algorithm === algorithm) &&
      (state === '' || run.state === state),
  );
}

const texts = new Intl.Collator('en', { numeric: true });

/** Upwards, or `down`; by age the newest are first. What a run does not have comes last either way. */
export function sorted(runs: readonly RunRow[], key: SortKey, down: boolean): RunRow[] {
  const sign = down ? -1 : 1;
  return runs.toSorted((one, other) => {
    const [a, b] = key === 'changed' ? [-one.changed, -other.changed] : [one[key], other[key]];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    const order =
      typeof a === 'number' && typeof b === 'number' ? a - b : texts.compare(String(a), String(b));
    return sign * order || texts.compare(one.name, other.name);
  });
}
