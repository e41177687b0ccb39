import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { showInBrowser } from '../../lib/cli/browser.ts';
import { temporaryFolder } from '../steps/small-run.ts';

const LINK = 'https://example.com/report.html?a=1&b=2';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('the browser that the environment names is given the link as it is', async () => {
  const folder = await temporaryFolder();
  const program = join(folder, 'browser');
  await writeFile(
    program,
    `#!/bin/sh\nprintf %s "$1" > "${folder}/shown.part" && mv "${folder}/shown.part" "${folder}/shown"\n`,
  );
  await chmod(program, 0o755);
  vi.stubEnv('BROWSER', program);
  expect(await showInBrowser(LINK, 'linux')).toBe(true);
  await vi.waitFor(async () => expect(await readFile(join(folder, 'shown'), 'utf8')).toBe(LINK), 10_000);
});

test('without a screen, or where the program is missing, nothing is opened', async () => {
  for (const name of ['BROWSER', 'DISPLAY', 'WAYLAND_DISPLAY', 'WSL_DISTRO_NAME']) vi.stubEnv(name, '');
  expect(await showInBrowser(LINK, 'linux')).toBe(false);
  vi.stubEnv('BROWSER', '/nowhere/browser');
  expect(await showInBrowser(LINK, 'linux')).toBe(false);
});
