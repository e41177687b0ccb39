/** The page of a probabilistic neural network whose classes come and go. */
import { at } from '../base/at.ts';
import { decimals, percent, whole } from '../base/format.ts';
import { countAxis, upwards } from './figures/chart.ts';
import { linearAxis } from './figures/domain.ts';
import type { Figure } from './figures/figure.ts';
import { drawLines, type Line, legendOf } from './figures/lines.ts';
import { html } from './html.ts';
import { page, section } from './page.ts';

/** A network of the first classes: accuracy on the test samples of these, and centres. */
export interface KnownClasses {
  /** Null where there are none of these. */
  readonly accuracy: number | null;
  readonly centers: number;
}

/** With so many classes known. */
export interface ClassPhase {
  readonly classes: number;
  /** Class after class, each in one pass over its samples alone. */
  readonly added: KnownClasses;
  /** One pass over the samples of all classes, and the last ones unlearned. */
  readonly unlearned: KnownClasses;
  /** One pass over the samples of these classes. */
  readonly alone: KnownClasses;
}

const CURVES = [
  { of: 'added', name: 'added class by class', mark: 'line' },
  { of: 'unlearned', name: 'learned together, the others unlearned', mark: 'dashed' },
  { of: 'alone', name: 'learned without the others', mark: 'dotted' },
] as const;

async function classFigure(phases: readonly ClassPhase[]): Promise<Figure> {
  const axis = linearAxis(
    phases.flatMap((phase) => CURVES.map(({ of }) => phase[of].accuracy)),
    0.01,
    [0, 1],
  );
  const rows = phases.map((phase) => ({
    classes: phase.classes,
    ...Object.fromEntries(CURVES.map(({ of }) => [of, phase[of].accuracy])),
  }));
  const lines = CURVES.map(({ of, name, mark }): Line => ({ field: of, name, mark }));
  const chart = {
    rows,
    x: countAxis('classes', [1, phases.length]),
    y: upwards(axis, 'percent', 'test accuracy'),
    lines,
    height: 320,
  };
  const last = at(phases, phases.length - 1);
  const gap = Math.max(
    ...phases.map(({ unlearned, alone }) => Math.abs((unlearned.accuracy ?? 0) - (alone.accuracy ?? 0))),
  );
  return {
    id: 'classes',
    title: 'Classes added and unlearned',
    legend: legendOf(chart),
    drawing: await drawLines(chart, 'classes'),
    caption: `Accuracy on the test samples of the known classes. Each class is learned in one pass over its samples: added one by one, all ${whole(last.classes)} reach ${percent(last.added.accuracy)}, together ${percent(last.unlearned.accuracy)}. After unlearning, accuracy differs by at most ${decimals(100 * gap, 2)} points from that of a network that never saw the other classes.`,
  };
}

export async function renderClassesPage(
  name: string,
  facts: { readonly testAccuracy: number; readonly centers: number },
  phases: readonly ClassPhase[],
): Promise<string> {
  const title = `${name}: a probabilistic neural network`;
  return page(
    title,
    html`<header>
<p class="run">Tombola · CS-PNN</p>
<h1>${title}</h1>
<p>${whole(facts.centers)} centres after one pass over the training data; test accuracy ${percent(facts.testAccuracy)}.</p>
</header>
${section('classes', 'Classes', [await classFigure(phases)])}`,
  );
}
