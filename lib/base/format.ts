/**
 * Numbers as people read them, on the terminal and in reports alike: units with a space before them, as the SI writes
 * them; "–" for what there is not.
 */
import prettyBytes from 'pretty-bytes';

const integer = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const significant = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });

/** 12345.6 → "12,346". */
export function whole(value: number): string {
  return integer.format(value);
}

/** "1 run", "12 runs". */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${whole(count)} ${count === 1 ? one : several}`;
}

/**
 * A share of 0..1: with `digits` decimals, "92.30 %", or without, with up to two, "92.3 %". A share short of 1 is never
 * written as 100 %.
 */
export function percent(share: number | null, digits?: number): string {
  if (share === null) return '–';
  const written = (value: number) => {
    const text = value.toFixed(digits ?? 2);
    return digits === undefined ? String(Number(text)) : text;
  };
  const text = written(100 * share);
  return share < 1 && Number(text) >= 100 ? `>${written(100 - 10 ** -(digits ?? 2))} %` : `${text} %`;
}

/** With so many decimals: "0.25", "−0.50". */
export function decimals(value: number | null, digits: number): string {
  if (value === null) return '–';
  return `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(digits)}`;
}

/** A difference with its sign, "+1.25" or "−0.50". */
export function signed(value: number, digits: number): string {
  return `${value < 0 ? '' : '+'}${decimals(value, digits)}`;
}

/** With at most so many significant digits: "0.5", "12.34". */
export function significantly(value: number | null, digits: number): string {
  return value === null ? '–' : String(Number(value.toPrecision(digits)));
}

/** The p value of a test: "0.042", "< 0.001". */
export function probability(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** Bytes in decimal units, three significant digits: "812 B", "34.5 kB", "1.2 MB". */
export function byteSize(bytes: number): string {
  return prettyBytes(bytes);
}

/**
 * Seconds as "4.2 s", "42 s", "3 min 20 s" or "2 h 5 min". Not by pretty-ms: it rounds down, has no symbols of the SI
 * ("3m 20s") and leaves the choice of digits to its callers, which is most of this function.
 */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  if (rounded < 3600) return `${Math.floor(rounded / 60)} min ${rounded % 60} s`;
  const minutes = Math.round(rounded / 60);
  return `${whole(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

/** A time that is a guess: "seconds", "a minute", "20 min", "5 h". */
export function about(seconds: number): string {
  if (seconds < 20) return 'seconds';
  if (seconds < 90) return 'a minute';
  const [value, unit] = seconds < 3_300 ? [seconds / 60, 'min'] : [seconds / 3_600, 'h'];
  return `${whole(Number(value.toPrecision(1)))} ${unit}`;
}

const SPANS = [
  [365.25 * 86_400, 'a'],
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
] as const;

/** How long ago, in its largest unit: "42 s", "5 min", "3 h", "12 d", "2 a". */
export function age(seconds: number): string {
  const [length, unit] = SPANS.find(([span]) => seconds >= span) ?? [1, 's'];
  return `${whole(Math.floor(seconds / length))} ${unit}`;
}

/** A short time: "0.031 ms", "12.4 ms". */
export function milliseconds(value: number): string {
  return `${significantly(value, value < 0.1 ? 2 : 3)} ms`;
}

/** A positive number, two significant digits where it is small: "0.031", "3.2", "12,346". */
export function amount(value: number): string {
  return value < 9.95 ? significantly(value, 2) : whole(value);
}

/** A loss in nats, four significant digits, tiny ones as "1.51e-6". */
export function nats(loss: number | null): string {
  if (loss === null) return '–';
  return loss !== 0 && Math.abs(loss) < 1e-4 ? loss.toExponential(2) : significant.format(loss);
}

/** US dollars: cents where there are many, two significant digits where there are few. */
export function money(amount: number): string {
  if (amount === 0) return '$0';
  if (amount < 0.0001) return '<$0.0001';
  if (amount >= 1_000) return `$${whole(amount)}`;
  return amount >= 1 ? `$${amount.toFixed(2)}` : `$${significantly(amount, 2)}`;
}
