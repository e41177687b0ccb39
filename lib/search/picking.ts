/** Which mask of a front becomes the ticket. */
import { at } from '../base/at.ts';

/** The rules that take no number. */
export const PICK_NAMES = ['best', 'knee', 'sparsest-within-one-standard-error'] as const;

export type PickRule =
  | (typeof PICK_NAMES)[number]
  | { readonly accuracy: { readonly atLeast: number } }
  | { readonly weights: { readonly atMost: number } };

/** What a rule knows of a mask: its size, its accuracy on the data by which the ticket is chosen, and how sure that is. */
export interface FrontMember {
  readonly kept: number;
  readonly accuracy: number;
  readonly standardError: number;
}

export interface PickResult {
  readonly position: number;
  /** The accuracy that was to be reached, where the rule has one. */
  readonly least?: number;
  /** Whether it satisfies the rule; if not, it is the nearest to it. */
  readonly met: boolean;
}

/** `best`: the position of the mask that the search itself ranks first. */
export function pickFrom(rule: PickRule, contenders: readonly FrontMember[], best: number): PickResult {
  if (rule === 'best') return { position: best, met: true };
  if (rule === 'knee') return { position: kneeOf(contenders) ?? best, met: true };
  const accurate = inOrder(contenders, (a, b) => b.accuracy - a.accuracy || a.kept - b.kept);
  const sparse = inOrder(contenders, (a, b) => a.kept - b.kept || b.accuracy - a.accuracy);
  const [mostAccurate, sparsest] = [at(accurate, 0), at(sparse, 0)];
  if (typeof rule === 'object' && 'weights' in rule) {
    const position = accurate.find((one) => at(contenders, one).kept <= rule.weights.atMost);
    return { position: position ?? sparsest, met: position !== undefined };
  }
  const { accuracy, standardError } = at(contenders, mostAccurate);
  const least = typeof rule === 'object' ? rule.accuracy.atLeast : accuracy - standardError;
  const position = sparse.find((one) => at(contenders, one).accuracy >= least);
  return { position: position ?? mostAccurate, least, met: position !== undefined };
}

function inOrder(contenders: readonly FrontMember[], compare: (a: FrontMember, b: FrontMember) => number) {
  return [...contenders.keys()].sort((a, b) => compare(at(contenders, a), at(contenders, b)) || a - b);
}

/**
 * The one farthest above the straight line from the densest to the sparsest, by accuracy over kept weights; the sparser one
 * of two. Undefined where none lies above the line.
 */
function kneeOf(contenders: readonly FrontMember[]): number | undefined {
  const order = inOrder(contenders, (a, b) => b.kept - a.kept || b.accuracy - a.accuracy);
  const [dense, sparse] = [at(contenders, at(order, 0)), at(contenders, at(order, order.length - 1))];
  const slope = (dense.accuracy - sparse.accuracy) / Math.max(1, dense.kept - sparse.kept);
  let [knee, farthest]: [number | undefined, number] = [undefined, 0];
  for (const position of order) {
    const { kept, accuracy } = at(contenders, position);
    const above = accuracy - sparse.accuracy - slope * (kept - sparse.kept);
    // Rounding errors of points on the line are no knee.
    if (above > 1e-9 && above >= farthest) [knee, farthest] = [position, above];
  }
  return knee;
}
