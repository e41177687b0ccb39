/** Names of classes in the confusion matrix. */
import { expect, test } from 'vitest';
import { confusionFigure } from '../../../lib/report/figures/confusion-figure.ts';

test('classes may have the names of JavaScript’s own, and wide letters', async () => {
  const classes = ['constructor', '"', '類'.repeat(9)];
  const counts = [12, 0, 3, 0, 4, 0, 7, 8, 9];
  const figure = await confusionFigure({ classes: 3, counts }, { classes });
  const drawn = figure?.drawing.content.markup;
  for (const label of ['constructor', '"', `${'類'.repeat(6)}…`]) expect(drawn).toContain(`>${label}</text>`);
});
