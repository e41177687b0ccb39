/** `npm run check`: format and lint, types, the directions of imports, and exports that nobody imports; all at once. */
import { spawn } from 'node:child_process';

const CHECKS = [
  ['biome', 'check', '.'],
  ['node', 'node_modules/typescript-7/bin/tsc'],
  ['node', 'node_modules/typescript-7/bin/tsc', '-p', 'lib/serve/page'],
  ['depcruise', 'bench', 'bin', 'lambdas', 'lib'],
  ['knip'],
];

/** Gives the exit code; the output is printed whole, so that those of several do not mix. */
function run([command, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { shell: process.platform === 'win32' });
    const output = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => output.push(piece));
    child.on('error', (error) => output.push(Buffer.from(`${command}: ${error.message}\n`)));
    child.on('close', (code) => {
      process.stdout.write(Buffer.concat(output));
      resolve(code ?? 1);
    });
  });
}

const codes = await Promise.all(CHECKS.map(run));
process.exitCode = codes.some((code) => code !== 0) ? 1 : 0;
