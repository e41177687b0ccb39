/** `tombola run --open`: a run on the page of `tombola serve`, whose process it leaves to itself. */
import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { tell } from './output.ts';
import { shown } from './paths.ts';

/** The command line, to be run by this Node. */
export const COMMAND = fileURLToPath(new URL('../../bin/tombola.ts', import.meta.url));

/** Shows the run in a folder on a page of its own process, which ends some time after the page is closed. */
export function showOnPage(out: string): void {
  const name = shown(out);
  const args = ['serve', '.', out, '--open', '--until-closed', '--show', name];
  const child = spawn(process.execPath, [COMMAND, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.on('error', (error) => tell(`the page cannot be shown: ${error.message}\n`));
  child.stdout.setEncoding('utf8').once('data', (link: string) => tell(`The run's page: ${link.trim()}\n`));
  child.unref();
  if (child.stdout instanceof Socket) child.stdout.unref();
}
