/** The figures of a landscape: slices and paths, accuracy beside cross-entropy. */
import { whole } from '../../base/format.ts';
import type { Landscape } from '../../landscape/schema.ts';
import { type Html, html } from '../html.ts';
import type { Figure } from './figure.ts';
import { pathFigures } from './path-figure.ts';
import { sliceFigures } from './slice-figure.ts';

export async function landscapeFigures({ paths, slice, bits }: Landscape): Promise<Figure[]> {
  const drawnPaths = await Promise.all(paths.map((path, index) => pathFigures(path, `path-${index + 1}`)));
  return [...(slice ? await sliceFigures(slice, bits) : []), ...drawnPaths.flat()];
}

/** A note on all figures of the section. */
export function landscapeNote({ evaluations, samples, seed, runs, paths }: Landscape): Html {
  const walked = new Set(paths.flatMap(({ from, to }) => [from, to])).size;
  const some = runs.length > 1 && walked < runs.length;
  return html`<p class="note">Fitness of masks near a ticket and far from it, on all ${whole(samples)} training samples: ${whole(evaluations)} evaluations, landscape seed ${seed}. The frozen weights are the same everywhere.${some ? ` Paths lead between the first ${whole(walked)} of ${whole(runs.length)} runs.` : ''}</p>`;
}
