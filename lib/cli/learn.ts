/** `tombola learn`: what the tickets of finished runs say about which weights the next one keeps, as a file. */
import { resolve } from 'node:path';
import { counted, decimals } from '../base/format.ts';
import { learnPrior } from '../runs/prior/learning.ts';
import { encodePrior } from '../runs/prior/prior.ts';
import { checksum } from '../store/store.ts';
import { openRuns } from './given-runs.ts';
import { print, printJson, tell } from './output.ts';
import { shown } from './paths.ts';
import { plainTable } from './result.ts';
import { refuseArtifact, writeResult } from './text-file.ts';

interface LearnOptions {
  readonly cells?: string;
  readonly out: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Throws UserError for runs that make no prior, and where it cannot be written. */
export async function learn(folders: readonly string[], { cells, out, json, quiet }: LearnOptions) {
  const path = resolve(out);
  refuseArtifact(path);
  const { runs, leftOut } = await openRuns(folders, cells);
  if (leftOut !== undefined && !quiet) tell(`${leftOut}\n`);
  const prior = learnPrior(runs);
  const bytes = encodePrior(prior);
  await writeResult('--out', path, bytes);
  const weights = new Set(prior.runs.map((run) => run.weights)).size;
  const facts = { prior: path, sha256: checksum(bytes), runs: prior.runs.length, networks: weights };
  if (json) {
    printJson(facts);
    return;
  }
  if (quiet) {
    print(`${shown(path)}\n`);
    return;
  }
  const largest = prior.features
    .map((name, index) => ({ name, coefficient: prior.model.coefficients[index] ?? 0 }))
    .sort((a, b) => Math.abs(b.coefficient) - Math.abs(a.coefficient))
    .slice(0, 5);
  print(
    `${plainTable([
      ['prior', shown(path)],
      ['learned from', `${counted(facts.runs, 'ticket')} of ${counted(weights, 'network')}`],
      [
        'kept weights',
        `by ${largest.map(({ name, coefficient }) => `${name} (${decimals(coefficient, 2)})`).join(', ')}`,
      ],
    ])}\n\nStart a search from it: "search": {"start": {"strategy": "learned", "prior": "${shown(path)}"}}\n`,
  );
}
