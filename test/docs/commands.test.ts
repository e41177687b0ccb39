/** Command lines of the docs and of the help: the program takes each as it is written. Files that they name are there. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { CommanderError } from '@commander-js/extra-typings';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createProgram } from '../../lib/cli/program.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGES = globSync(['{README,CONTRIBUTING,SECURITY}.md', 'docs/**/*.md'], { cwd: ROOT }).sort();
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));

/** The words of the command lines in a line of shell, without comments and redirections. */
function commandLines(line: string): string[][] {
  const commands: string[][] = [[]];
  for (const [word] of line.matchAll(/'[^']*'|"[^"]*"|[|;&<>]+|[^\s'"|;&<>]+/g)) {
    if (word.startsWith('#') || word.startsWith('<') || word.startsWith('>')) break;
    if (/^[|;&]/.test(word)) commands.push([]);
    else if (!/^(…|\.\.\.)$/.test(word)) commands.at(-1)?.push(word.replace(/^(['"])(.*)\1$/, '$2'));
  }
  return commands;
}

/** The words after the program's name; undefined where the command is another program's. */
function argumentsOf(words: readonly string[]): readonly string[] | undefined {
  const text = words.join(' ');
  const start = /^npm start( -- |$)/.exec(text);
  if (start) return ['run', ...words.slice(3)];
  const own = /^(npx (--no )?)?tombola (?=.)/.exec(text);
  return own ? words.slice(own[0].trim().split(' ').length) : undefined;
}

/** The complaint of the program about the arguments, without running the command. */
function complaint(args: readonly string[]): string | undefined {
  const program = createProgram(() => undefined);
  for (const command of [program, ...program.commands] as readonly CommandUnknownOpts[]) {
    command.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
    if (command !== program) command.action(() => undefined);
  }
  try {
    program.parse(args, { from: 'user' });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? undefined : error.code + error.message;
  }
}

function complaints(lines: readonly string[], tolerated = /^$/): string[] {
  return lines.flatMap((line) =>
    commandLines(line).flatMap((words) => {
      const script = /^npm run (?:--silent )?([a-z:]+)/.exec(words.join(' '))?.[1];
      if (script !== undefined && scripts[script] === undefined) return [`${line}: no script ${script}`];
      const args = argumentsOf(words);
      const found = args && complaint(args);
      return found === undefined || tolerated.test(found) ? [] : [`${line}: ${found}`];
    }),
  );
}

function textOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

function spansOf(page: string): string[] {
  return [
    ...textOf(page)
      .replace(/^```.*?^```$/gms, '')
      .matchAll(/`([^`]+)`/g),
  ].map(([, code = '']) => code);
}

test('the check finds what is wrong', () => {
  expect(
    complaints([
      'npx tombola run --sed 7',
      'tombola dance',
      'npm run dance',
      'echo 1 | npx tombola run - --bad',
    ]),
  ).toHaveLength(4);
  expect(
    complaints([
      "npm start -- --seed 8 # a comment's --option",
      'npx cdk deploy --x',
      "npx tombola evaluate x --on 'test'",
    ]),
  ).toEqual([]);
});

test.each(PAGES)('%s: its commands are taken as they are written', (page) => {
  const blocks = [...textOf(page).matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) =>
    block.replaceAll('\\\n', ' '),
  );
  expect(complaints(blocks.flatMap((block) => block.split('\n')))).toEqual([]);
  // In running text a command may stand for all of its uses.
  expect(complaints(spansOf(page), /^commander\.(missingArgument|invalidArgument)/)).toEqual([]);
});

test.each(PAGES)('%s: the files that it names are there', (page) => {
  const named = [
    ...textOf(page).matchAll(/(?<![\w/.-])(?:docs|lib|test|bin|lambdas|bench)\/[\w./-]*\w/g),
  ].map(([file]) => file);
  expect(named.filter((file) => !file.includes('NAME') && !existsSync(join(ROOT, file)))).toEqual([]);
});

test('examples of the help are taken as they are written', () => {
  const program = createProgram(() => undefined);
  const lines: string[] = [];
  for (const command of [program, ...program.commands] as readonly CommandUnknownOpts[]) {
    command.configureOutput({ writeOut: (text) => lines.push(...text.split('\n')) }).outputHelp();
  }
  const examples = lines
    .filter((line) => /^ {2}tombola /.test(line))
    .map((line) => line.trim().split(/ {2,}|\s…/)[0] ?? '');
  expect(examples.length).toBeGreaterThan(10);
  expect(complaints(examples)).toEqual([]);
});
