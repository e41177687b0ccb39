/** `tombola open`: the report of a run or a sweep, in the browser. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SOME_TRIES } from '../../aws/client/persistence.ts';
import { placeOf } from '../../aws/client/places.ts';
import { type CloudOptions, configure, findStack } from '../../aws/client/stack.ts';
import { linkTo } from '../../aws/s3/link.ts';
import { S3Store } from '../../aws/s3/store.ts';
import { UserError } from '../../base/errors.ts';
import { shellWord } from '../../base/shell-word.ts';
import * as keys from '../../store/keys.ts';
import { MissingObject } from '../../store/store.ts';
import { showInBrowser } from '../browser.ts';
import { findNamed, folderNamed, nearestStored } from '../local/stored-folders.ts';
import { print, printJson, tell } from '../output.ts';
import { commandLine, wordFor } from './command-line.ts';

export interface OpenOptions extends CloudOptions {
  /** How long a link to S3 is good for. */
  readonly hours: number;
  /** Whether to start a browser; the link is printed in any case. */
  readonly browser: boolean;
  readonly json: boolean;
}

/** `cloud`: it is in the cloud for sure, whatever is here. */
export async function open(named: string, options: OpenOptions, cloud: boolean): Promise<void> {
  const report = (cloud ? undefined : reportHere(named)) ?? (await reportNamed(named, options, cloud));
  if (options.json) printJson(report);
  else print(`${report.link}\n`);
  if (options.browser && !options.json && !(await showInBrowser(report.link))) {
    tell('No browser could be started here: open the link by hand.\n');
  }
}

interface Report {
  readonly report: string;
  readonly link: string;
}

/** The report of a folder on this computer; undefined where there is none. */
function reportHere(named: string): Report | undefined {
  if (/^(s3:|arn:)/.test(named)) return undefined;
  const folder = findNamed(named)?.folder ?? named;
  const report = [keys.SWEEP_REPORT, keys.REPORT].map((key) => resolve(folder, key)).find(existsSync);
  return report === undefined ? undefined : { report, link: pathToFileURL(report).href };
}

/** A name that is near to one on this computer was perhaps meant to be that one: told beside whatever the cloud says. */
async function reportNamed(named: string, options: OpenOptions, cloud: boolean): Promise<Report> {
  try {
    return await reportInCloud(named, options);
  } catch (error) {
    const near = cloud || /^(s3:|arn:)/.test(named) || existsSync(named) ? undefined : nearestStored(named);
    if (near !== undefined) tell(`${named}: is no run on this computer; did you mean ${near}?\n`);
    throw error;
  }
}

async function reportInCloud(named: string, options: OpenOptions): Promise<Report> {
  if (!/^(s3:|arn:)/.test(named) && (existsSync(named) || findNamed(named))) {
    const { kind } = folderNamed(named);
    const remedy =
      kind === 'run'
        ? `write it with: npx tombola report ${shellWord(named)}`
        : 'it is written when the sweep ends';
    throw new UserError(`${named}: has no ${kind === 'run' ? keys.REPORT : keys.SWEEP_REPORT}; ${remedy}`);
  }
  configure(options);
  const stack = await findStack(options);
  const { name, uri, kind } = await placeOf(stack, named, SOME_TRIES);
  const key = kind === 'sweep' ? keys.SWEEP_REPORT : keys.REPORT;
  try {
    await new S3Store(uri).describe(key);
  } catch (cause) {
    if (!(cause instanceof MissingObject)) throw cause;
    const watch = commandLine(`watch ${wordFor(stack, { name, uri })}`, options);
    throw new UserError(
      `${named}: has no report at ${uri}${key}; it is written when the ${kind} ends (${watch}), and 'tombola list --cloud' lists what there is`,
      { cause },
    );
  }
  const report = `${uri}${key}`;
  return { report, link: await linkTo(report, options.hours * 3_600, stack.region) };
}
