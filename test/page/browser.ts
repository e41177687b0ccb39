/** The page in a real browser, and the server that it belongs to: the command as users start it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { z } from 'zod';
import { storedIn } from '../../lib/cli/local/stored-folders.ts';
import { processIn } from '../../lib/store/folder-lock.ts';

export const COMMAND = fileURLToPath(new URL('../../bin/tombola.ts', import.meta.url));

/** Chromium of the system; CHROMIUM names another one. */
export const CHROMIUM = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));

export interface Site {
  /** Where the server was started. */
  readonly folder: string;
  readonly link: string;
  /** A page that has the token; what it should not do fails the test. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** The same by the link of another server, which holds the token. */
  follow(link: string, options?: BrowserContextOptions): Promise<Page>;
  /** Sends Ctrl-C to the server; gives its exit code and what it said. */
  stop(): Promise<readonly [code: number | null, said: string]>;
}

/** A server over a new folder, and a browser, for all tests of a file; `prepare` may give what is to be done at their end. */
export function site(prepare: (folder: string) => Promise<(() => Promise<void>) | void>): Site {
  let browser: Browser;
  let folder = '';
  let link = '';
  let server: ReturnType<typeof spawn>;
  let said = '';
  let end: (() => Promise<void>) | void;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tombola-page-'));
    end = await prepare(folder);
    server = spawn(process.execPath, [COMMAND, 'serve'], { cwd: folder, stdio: 'pipe' });
    server.stderr?.on('data', (text) => {
      said += text;
    });
    const [printed]: unknown[] = await once(server.stdout ?? server, 'data');
    link = String(printed).trim();
    browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    server?.kill('SIGKILL');
    endRunsIn(folder);
    await end?.();
    await rm(folder, { recursive: true, force: true });
  });
  async function follow(address: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext(options);
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on('pageerror', ({ message }) => wrong.push(message));
    page.on('console', (message) => {
      // The browser tells of every answer that is none of success; the page shows what is wrong itself.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load'))
        wrong.push(message.text());
    });
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== new URL(address).origin) wrong.push(request.url());
    });
    onTestFinished(() => expect(wrong).toEqual([]));
    await page.goto(address);
    return page;
  }
  return {
    get folder() {
      return folder;
    },
    get link() {
      return link;
    },
    async open(path, options) {
      const page = await follow(link, options);
      await page.goto(new URL(path, link).href);
      return page;
    },
    follow,
    async stop() {
      const ended = once(server, 'exit');
      server.kill('SIGINT');
      await ended;
      return [server.exitCode, said];
    },
  };
}

/** Runs outlive the server that started them: those that a failed test left behind end here. */
function endRunsIn(folder: string): void {
  for (const { folder: run } of storedIn(folder)) {
    const worker = processIn(run);
    if (typeof worker === 'object' && worker.pid !== process.pid) process.kill(worker.pid, 'SIGKILL');
  }
}

/** What the rules of accessibility (WCAG 2.2 A and AA) have against the page as it is. */
export async function barriersOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found: unknown = await page.evaluate(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
  );
  const { violations } = z
    .object({
      violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
    })
    .parse(found);
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`);
}

/** By how many pixels the page is wider than its window. */
export async function overflowOf(page: Page): Promise<number> {
  const { scrollWidth, clientWidth } = z
    .object({ scrollWidth: z.number(), clientWidth: z.number() })
    .parse(
      await page.evaluate('({ scrollWidth: document.documentElement.scrollWidth, clientWidth: innerWidth })'),
    );
  return scrollWidth - clientWidth;
}
