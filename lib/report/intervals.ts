/** Confidence intervals of shares and of their differences. */

/** The 97.5 % quantile of the normal distribution. */
const Z = 1.959963984540054;

/** The 95 % interval of a share that was measured on `samples` (Wilson's score interval); within 0..1. */
export function wilsonInterval(share: number, samples: number): readonly [low: number, high: number] {
  const square = Z ** 2 / samples;
  const centre = share + square / 2;
  const room = Math.sqrt(square * (share * (1 - share) + square / 4));
  const low = (centre - room) / (1 + square);
  const high = (centre + room) / (1 + square);
  // Removes rounding errors where the interval reaches 0 or 1 exactly.
  return [share === 0 ? 0 : low, share === 1 ? 1 : high];
}

/** A share of so many samples. */
interface MeasuredShare {
  readonly share: number;
  readonly samples: number;
}

/** The 95 % interval of how much larger `high` is than `low`: Newcombe's hybrid score interval (1998, method 10). */
export function differenceInterval(
  high: MeasuredShare,
  low: MeasuredShare,
): readonly [low: number, high: number] {
  const difference = high.share - low.share;
  const [highFrom, highTo] = wilsonInterval(high.share, high.samples);
  const [lowFrom, lowTo] = wilsonInterval(low.share, low.samples);
  return [
    difference - Math.hypot(high.share - highFrom, lowTo - low.share),
    difference + Math.hypot(highTo - high.share, low.share - lowFrom),
  ];
}
