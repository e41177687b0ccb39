/** How the report writes numbers. */

const integer = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const significant = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });
const hundredths = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });

/** 12345 → "12,345". */
export function formatCount(count: number): string {
  return integer.format(count);
}

/** A share of 0..1 in percent, two decimals; a share short of 1 is never written as 100%. */
export function formatShare(share: number): string {
  const rounded = Math.round(share * 1e4);
  if (rounded === 10_000 && share < 1) return '>99.99%';
  return `${hundredths.format(rounded / 100)}%`;
}

/** A loss in nats, four significant digits, tiny ones as 1.51e-6; "–" where there is none. */
export function formatLoss(loss: number | null): string {
  if (loss === null) return '–';
  return loss !== 0 && Math.abs(loss) < 1e-4 ? loss.toExponential(2) : significant.format(loss);
}

/** Evaluations per second. */
export function formatRate(rate: number): string {
  return rate < 100 ? significant.format(rate) : integer.format(rate);
}

/** A time in seconds: "3.2 s", "2 min 5 s", "1 h 3 min". */
export function formatDuration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${formatCount(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

/** Bytes: "812 B", "34.5 kB", "1.2 MB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1e3) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A short time: "0.031 ms", "12.4 ms". */
export function formatMilliseconds(milliseconds: number): string {
  return `${Number(milliseconds.toPrecision(milliseconds < 0.1 ? 2 : 3))} ms`;
}
