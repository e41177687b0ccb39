/**
 * Simulations of IAM as JSON on standard input; what each comes to, Allowed or one of the denials, on standard output. The
 * simulator is a tool beside the project, in the folder that the first argument names: see emulator.ts.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';

const [, , folder] = process.argv;
const { runSimulation } = createRequire(join(folder, 'package.json'))('@cloud-copilot/iam-simulate');

const results = [];
for (const simulation of await json(process.stdin)) {
  const result = await runSimulation(simulation, {});
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
  results.push(result.overallResult);
}
process.stdout.write(JSON.stringify(results));
