/** The Markdown files of the repository: every file and every heading that a link names is there, and comments are not seen. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGES = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT }).sort();
const TEXTS = new Map(PAGES.map((page) => [page, readFileSync(join(ROOT, page), 'utf8')]));

/** The text without its blocks and spans of code. */
function prose(page: string): string {
  return (TEXTS.get(page) ?? '').replace(/^```.*?^```$/gms, '');
}

/** The anchors that GitHub and VitePress give to the headings of a page. */
function anchors(page: string): string[] {
  return [...prose(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

function missing(page: string): string[] {
  const links = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : normalize(join(dirname(page), decodeURI(path)));
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchors(target).includes(anchor);
    });
}

test('pages are found', () => {
  expect(PAGES).toContain('README.md');
  expect(PAGES).toContain('docs/reference/spec.md');
});

test.each(PAGES)('%s hides its comments', (page) => {
  // Two hyphens end a comment for some readers of Markdown, a bar ends a cell.
  const comments = [...prose(page).matchAll(/<!--(.*?)-->/gs)].map(([, comment = '']) => comment);
  expect(comments.filter((comment) => comment.includes('--'))).toEqual([]);
  const rows = prose(page)
    .split('\n')
    .filter((line) => line.startsWith('|'));
  expect(rows.filter((row) => /<!--[^>]*[^\\]\|[^>]*-->/.test(row))).toEqual([]);
});

test.each(PAGES)('%s links to files and headings that are there', (page) => {
  expect(missing(page)).toEqual([]);
});
