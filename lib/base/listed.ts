/** Lists in messages. */

/** The first `most` words, commas between them; `rest` where there are others. */
export function listed(words: readonly string[], most: number, rest = '…'): string {
  return (words.length > most ? [...words.slice(0, most), rest] : words).join(', ');
}
