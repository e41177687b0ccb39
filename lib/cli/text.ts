/** Numbers as people read them. */

/** 0.9234 → "92.3 %". */
export function percent(share: number | null, digits = 1): string {
  return share === null ? '–' : `${(share * 100).toFixed(digits)} %`;
}

/** 12345.6 → "12,346". */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A path or word as it is typed in a shell: quoted where it must be. */
export function shellWord(word: string): string {
  if (/^[\w./+@%=:,-]+$/.test(word)) return word;
  // What a terminal would obey is spelled out, so that it can be typed.
  if (/\p{Cc}/u.test(word)) return `$'${word.replace(/[\p{Cc}'\\]/gu, byteEscapes)}'`;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function byteEscapes(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}

/** Seconds as "4.2 s", "3 min 20 s" or "2 h 5 min". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  const minutes = Math.floor(rounded / 60);
  if (minutes < 60) return `${minutes} min ${rounded % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
