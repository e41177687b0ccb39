/** Text that others chose, such as class names, made safe to show: what a terminal would obey is spelled out. */

/** C0 and C1 control characters, DEL, and those that turn the direction of text around. */
const CONTROL = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

function spelledOut(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A name on one line: `\u001b` for an escape character, `\n` for a new line. */
export function printable(text: string): string {
  return text.replace(CONTROL, (character) =>
    character === '\n' ? '\\n' : character === '\t' ? '\\t' : spelledOut(character),
  );
}

/** Text of several lines: new lines and tabs stay. */
export function printableLines(text: string): string {
  return text.replace(CONTROL, (character) =>
    character === '\n' || character === '\t' ? character : spelledOut(character),
  );
}

/** JSON on which printing has no effect either: its own escapes leave DEL and C1 as they are. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(CONTROL, (character) =>
    character === '\n' ? character : spelledOut(character),
  );
}
