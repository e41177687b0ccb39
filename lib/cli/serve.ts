/** `tombola serve`: the runs and sweeps of this computer as a page in the browser. */
import { once } from 'node:events';
import type { Command } from '@commander-js/extra-typings';
import type { CloudOptions } from '../aws/client/stack.ts';
import { wholeNumber } from './arguments.ts';
import { showInBrowser } from './browser.ts';
import { print, tell } from './output.ts';

/** Milliseconds for which no page may be open before `--until-closed` ends the server. */
const UNUSED = 60_000;

export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('Show the runs and sweeps on this computer as a page that follows them live')
    .argument('[folders...]', 'where to look: folders that hold runs (default: here)')
    .option('--port <n>', 'port on 127.0.0.1; 0: any that is free', wholeNumber(0, 65_535), 0)
    .option('--open', 'open the page in the browser', false)
    .option('--show <run>', 'the run or sweep that the page shows first')
    .option('--until-closed', 'end when no page has been open for a minute', false)
    .option('--stack <name>', 'the deployed stack whose runs are shown, too', 'Tombola')
    .option('--region <name>', "AWS region (default: the SDK's usual configuration)")
    .option('--profile <name>', "AWS profile (default: the SDK's usual configuration)")
    .addHelpText(
      'after',
      `
The page lists runs and sweeps, follows one live, compares those that are ticked, and starts, stops and resumes them.
Runs that it starts continue when this command ends. Only this computer can open it, and only with the token in the
link. Ctrl-C ends the command.

Examples:
  tombola serve --open          the runs and sweeps in this folder
  tombola serve my-study        those in another one`,
    )
    .action(async (folders, options) => {
      await serveUntilStopped(folders.length > 0 ? folders : ['.'], options);
    });
}

interface ServeOptions extends CloudOptions {
  readonly port: number;
  readonly open: boolean;
  readonly untilClosed: boolean;
  readonly show?: string | undefined;
}

async function serveUntilStopped(folders: readonly string[], options: ServeOptions): Promise<void> {
  const { serve } = await import('../serve/server.ts');
  await using serving = await serve(folders, options.port, options);
  const address = serving.address(options.show === undefined ? '/' : pathOfRun(options.show));
  print(`${address}\n`);
  if (options.open && !(await showInBrowser(address))) {
    tell('No browser could be started here: open the link by hand.\n');
  }
  const stop = new AbortController();
  if (options.untilClosed) serving.whenUnused(UNUSED, () => stop.abort());
  const ends = (['SIGINT', 'SIGTERM'] as const).map((signal) => once(process, signal));
  const unused = new Promise((resolve) => {
    stop.signal.addEventListener('abort', resolve);
  });
  await Promise.race([...ends, unused]);
}

function pathOfRun(name: string): string {
  return `/run?${new URLSearchParams({ name })}`;
}
