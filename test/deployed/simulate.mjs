/** Simulations of IAM as JSON on standard input; what each comes to, Allowed or one of the denials, on standard output. */
import { json } from 'node:stream/consumers';
import { runSimulation } from '@cloud-copilot/iam-simulate';

const results = [];
for (const simulation of await json(process.stdin)) {
  const result = await runSimulation(simulation, {});
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
  results.push(result.overallResult);
}
process.stdout.write(JSON.stringify(results));
