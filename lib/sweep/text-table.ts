/** Tables in text: of table.md, of the page and of the command line. */
import { printable } from '../base/printable.ts';

export interface TextTable {
  readonly head: readonly string[];
  /** How many columns, from the left, are words; the others are numbers. */
  readonly words: number;
  readonly rows: readonly (readonly string[])[];
}

/** Names stay on their line and in their cell, and are no HTML. */
export function markdownText(text: string): string {
  return printable(text.replace(/\s+/g, ' ')).replace(/[\\|]|<(?=[a-z/!?])/gi, '\\$&');
}

export function markdown({ head, words, rows }: TextTable): string {
  const line = (cells: readonly string[]) => `| ${cells.map(markdownText).join(' | ')} |`;
  const rule = head.map((_, index) => (index < words ? '---' : '---:'));
  return [line(head), `|${rule.join('|')}|`, ...rows.map(line)].join('\n');
}
