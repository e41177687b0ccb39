import { expect, test } from 'vitest';
import { printable, printableJson, printableLines } from '../../lib/base/printable.ts';

const HOSTILE = '\u001b[2J\u001b]0;title\u0007 \u009b1m \u007f \r\n\t \u202eback\u202c';

test('nothing that a terminal obeys is left', () => {
  expect(printable(HOSTILE)).toBe(
    '\\u001b[2J\\u001b]0;title\\u0007 \\u009b1m \\u007f \\u000d\\n\\t \\u202eback\\u202c',
  );
  expect(printableLines('a\tb\nc\u001bd')).toBe('a\tb\nc\\u001bd');
  const json = printableJson({ [HOSTILE]: HOSTILE });
  expect(json).toMatch(/^[\x20-\x7e\n]+$/);
  expect(JSON.parse(json)).toEqual({ [HOSTILE]: HOSTILE });
});

test('all other text stays as it is', () => {
  const text = 'Größe – 日本語 🎟 e\u0301 \u200d ‏';
  expect(printable(text)).toBe(text);
});
