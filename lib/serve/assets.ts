/** The page itself: its document, its style sheet, and its script, which a package holds ready and a clone bundles. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { STYLESHEET } from '../report/stylesheet.ts';
import { PAGE_STYLESHEET } from './stylesheet.ts';

export const DOCUMENT = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Tombola</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page.css">
<script type="module" src="/page.js"></script>
</head>
<body>
<div id="page"><noscript><main><p>This page needs JavaScript.</p></main></noscript></div>
</body>
</html>
`;

export const STYLES = STYLESHEET + PAGE_STYLESHEET;

/** A ticket: some of its weights kept. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0a5ca8"/><g fill="#fff"><circle cx="9" cy="9" r="3"/><circle cx="9" cy="23" r="3"/><circle cx="23" cy="16" r="3"/></g><path d="M9 9L23 16M9 23L23 16" stroke="#fff" stroke-width="2"/></svg>`;

/** Where `bin/build-package.ts` puts the script. */
const BUILT = fileURLToPath(new URL('./page.js', import.meta.url));
const SOURCE = fileURLToPath(new URL('./page/main.tsx', import.meta.url));

let script: Promise<string> | undefined;

export function pageScript(): Promise<string> {
  script ??= existsSync(BUILT) ? readFile(BUILT, 'utf8') : bundled();
  return script;
}

async function bundled(): Promise<string> {
  const { bundlePage } = await import('./bundle.ts');
  return bundlePage(SOURCE);
}
