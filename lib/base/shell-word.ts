/** Words as they are typed in a shell. */

/** A path or word as it is typed in a shell: quoted where it must be. */
export function shellWord(word: string): string {
  if (/^[\w./+@%=:,-]+$/.test(word)) return word;
  // Control characters are spelled out, so that they can be typed and do nothing.
  if (/\p{Cc}/u.test(word)) return `$'${word.replace(/[\p{Cc}'\\]/gu, byteEscapes)}'`;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function byteEscapes(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
