/** What a report's page holds, for assertions. */
import { expect } from 'vitest';

export const figuresOf = (page: string) => [...page.matchAll(/<figure id="([^"]+)"/g)].map(([, id]) => id);
export const sectionsOf = (page: string) => [...page.matchAll(/<h2 id="([^"]+)"/g)].map(([, id]) => id);

/** Assertions that name what they looked for instead of printing the page. */
export const expectText = (page: string, text: string) => expect(read(page).includes(text), text).toBe(true);
export const expectNone = (page: string, pattern: RegExp) =>
  expect(pattern.exec(read(page))?.[0]).toBeUndefined();

/** As people read it: a space that never breaks is a space. */
const read = (page: string) => page.replaceAll('\u00a0', ' ');

/** What holds of every page: complete, closed on itself, and drawn without gaps in the numbers. */
export function expectSound(page: string): void {
  expect(page.slice(0, 33)).toBe('<!doctype html>\n<html lang="en">\n');
  expect(page.slice(-8)).toBe('</html>\n');
  expectNone(page, /NaN|undefined|Infinity|\[object/);
  expectNone(page, /<script|<link|<iframe|@import|url\(/);
  expectNone(page.replace(/xmlns(:\w+)?="[^"]*"/g, ''), /https?:|src=/);
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, id] of page.matchAll(/aria-(?:labelledby|describedby)="([^"]+)"/g)) expect(ids).toContain(id);
  expect(page.match(/<figure /g)?.length ?? 0).toBe(
    page.match(/<svg class="drawing"[^>]*role="img"/g)?.length ?? 0,
  );
}
