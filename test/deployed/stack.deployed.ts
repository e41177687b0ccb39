/**
 * The real stack, deployed by the real CDK command line to an emulator of AWS, runs searches; their tickets must be the
 * very bytes that the embedded engine makes of the same spec. Only the endpoint differs from a deployment to AWS.
 *
 * What the emulator cannot show, and where it is tested instead:
 * - IAM is enforced for what the functions ask, not for what the state machines do: test/aws/stack asserts every role's
 *   actions and resources.
 * - Its functions lose the name of a thrown error, so a bad spec ends FAILED with another error name here; test/engine
 *   runs the same definition and asserts `InvalidSpec`.
 * - A Distributed Map runs in process: no child executions, no Map Run; test/workflow counts its events.
 * - There is no redrive; test/workflow asserts that what a redrive can mend fails the Task or Map where it happens.
 * - Architecture, memory, cold starts, throttling, lifecycle expiry, metrics and alarms: test/aws/stack asserts the template.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { InvalidSpec } from '../../lib/base/errors.ts';
import { parseJson } from '../../lib/base/json.ts';
import { openStore } from '../../lib/places/store.ts';
import { summarySchema } from '../../lib/report/summary.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';
import * as keys from '../../lib/store/keys.ts';
import { getIfThere } from '../../lib/store/store.ts';
import { continuedSchema, resultSchema, type SearchResult } from '../../lib/workflow/payloads.ts';
import { tombola } from '../cli/command.ts';
import { definitions } from './definitions.suite.ts';
import {
  command,
  deployed,
  emulator,
  end,
  eventually,
  locally,
  outputOf,
  readTickets,
  SMALL,
  stack,
  start,
  stepFunctions,
  TICKETS,
} from './deployment.ts';
import { files } from './files.suite.ts';
import { interpreter } from './interpreter.suite.ts';
import { permissions } from './permissions.suite.ts';
import { sweeps } from './sweeps.suite.ts';

deployed();

/** So high at first that the first population takes several rounds. */
const BOUND = {
  start: { strategy: 'adaptive-bound', bound: 0.95, tries: { reasonable: 100, given: 120 } },
};

/** The run's ticket is, byte for byte, the one that the embedded engine makes of the same spec. */
async function expectTheSameAsLocally(name: string, spec: object, result: SearchResult): Promise<void> {
  const store = await openStore(result.run);
  const here = await locally(name, spec);
  const tickets = await Promise.all(TICKETS.map((key) => store.get(key)));
  expect(tickets.map((bytes) => Buffer.from(bytes))).toEqual(here.tickets);
  // The cost is that of the milliseconds that each took.
  const { run, ticket, report, costDollars, link, ...figures } = result;
  expect(here.result).toMatchObject(figures);
  expect(costDollars).toBeGreaterThan(0);
  expect(link).toContain('report.html');
  expect(run).toBe(`${stack.Runs}${name}/`);
  expect(ticket).toBe(`${run}${keys.TICKET}`);
  expect(report).toBe(`${run}${keys.REPORT}`);
  for (const key of [keys.SUMMARY, keys.HISTORY, keys.REPORT]) {
    expect((await store.get(key)).length, key).toBeGreaterThan(100);
  }
}

test.each([
  ['inline', SMALL],
  ['distributed', { ...SMALL, seed: 5, evaluation: { ...SMALL.evaluation, fanOut: 'distributed' } }],
  ['adaptive-bound', { ...SMALL, search: { ...SMALL.search, ...BOUND } }],
  ['edge-popup', { ...SMALL, algorithm: 'edge-popup', edgePopup: { epochs: 3 } }],
])('%s: a run ends with the ticket of the embedded engine', async (name, spec) => {
  const result = resultSchema.parse(outputOf(await end(await start(name, spec))));
  await expectTheSameAsLocally(name, spec, result);
});

test('moons-a leaps: few states, little money, and the ticket of the embedded engine', async () => {
  const spec = { preset: 'moons-a', seed: 7 };
  const result = resultSchema.parse(outputOf(await end(await start('leaps', spec))));
  await expectTheSameAsLocally('leaps', spec, result);
  const summary = await (await openStore(result.run)).get(keys.SUMMARY);
  const { cost } = summarySchema.parse(JSON.parse(Buffer.from(summary).toString()));
  const { transitions, functions } = cost.usage;
  process.stdout.write(`moons-a, metered: ${JSON.stringify({ ...cost.dollars, transitions, functions })}\n`);
  expect(functions.leap.requests).toBeGreaterThan(0);
  expect([functions.evaluate.requests, functions.select.requests]).toEqual([0, 0]);
  expect(transitions).toBe(2 * functions.leap.requests + 3);
  expect(transitions).toBeLessThanOrEqual(12);
  expect(cost.dollars.total).toBeLessThan(0.002);
});

test('a run that is too long for one execution goes on in others', async () => {
  const spec = { ...SMALL, seed: 9, evaluation: { ...SMALL.evaluation, maxEvents: 150 } };
  let output = outputOf(await end(await start('long', spec)));
  let executions = 1;
  for (;;) {
    const continued = continuedSchema.safeParse(output);
    if (!continued.success) break;
    output = outputOf(await end(continued.data.successor));
    executions++;
  }
  expect(executions).toBeGreaterThan(1);
  await expectTheSameAsLocally('long', spec, resultSchema.parse(output));
});

test('a bad spec ends FAILED, with the message of the command line', async () => {
  const input = { preset: 'moons-z', seed: -1 };
  const { status, cause } = await end(await start('bad', input));
  expect(status).toBe('FAILED');
  const { message } = refusalOf(JSON.stringify(input), '');
  expect(JSON.parse(cause ?? '{}')).toMatchObject({ errorMessage: message });
});

function refusalOf(text: string, source: string): InvalidSpec {
  try {
    parseSpec(parseJson(text, source));
  } catch (error) {
    if (error instanceof InvalidSpec) return error;
  }
  throw new Error('the spec is good');
}

test('a spec dropped into the inbox starts a run', async () => {
  const spec = { ...SMALL, task: { dataset: 'digits', classes: 3 }, network: { layers: [64, 12, 3] } };
  await (await openStore(stack.InboxUri)).put('three digits.json', JSON.stringify(spec));
  const started = await eventually('inbox', async () => {
    const { executions = [] } = await stepFunctions.send(
      new ListExecutionsCommand({ stateMachineArn: stack.StateMachineArn }),
    );
    return executions.find(({ name }) => name?.startsWith('three-digits-'));
  });
  const result = resultSchema.parse(outputOf(await end(started.executionArn ?? '')));
  await expectTheSameAsLocally(started.name ?? '', spec, result);
});

test('a bad spec in the inbox is answered beside it, and the answer goes when it is mended', async () => {
  const inbox = await openStore(stack.InboxUri);
  const text = '{ "sed": 7,\n  "stop": { "maxGenerations": "many" } }';
  await inbox.put('typo.json', text);
  const answer = await eventually('the answer', () => getIfThere(inbox, 'typo.error.txt'));
  expect(Buffer.from(answer).toString()).toBe(`${refusalOf(text, 'typo.json').message}\n`);
  await inbox.put('typo.json', JSON.stringify({ ...SMALL, stop: { maxGenerations: 0, minGenerations: 0 } }));
  await eventually('the end of the answer', async () =>
    (await getIfThere(inbox, 'typo.error.txt')) === undefined ? true : undefined,
  );
});

test('the command line submits, watches, lists and pulls a run', async () => {
  const [name, spec] = ['by-command', { ...SMALL, seed: 11 }];
  await writeFile(join(emulator.folder, 'spec.json'), JSON.stringify(spec));
  const run = `${stack.Runs}${name}/`;
  expect(await command('submit', 'spec.json', '--name', name)).toMatchObject({ name, run });
  const summary = summarySchema.loose().parse(await command('watch', name));
  expect(summary).toMatchObject({ status: 'succeeded', out: run, cost: { basis: 'metered' } });
  expect(await command('list', '--cloud', '--limit', '1')).toMatchObject([
    { name, uri: run, status: 'SUCCEEDED', summary: { testAccuracy: summary.testAccuracy } },
  ]);
  expect(await command('stop', name)).toMatchObject({ run, status: 'SUCCEEDED' });
  const folder = join(emulator.folder, 'runs', name);
  expect(await command('pull', name)).toMatchObject({ run, out: folder });
  expect(await readTickets(folder)).toEqual((await locally(name, spec)).tickets);
});

test('the command line stops a run, and what it pulls goes on here to the same ticket', async () => {
  const [name, generations] = ['stopped', 150];
  const spec = {
    ...SMALL,
    seed: 12,
    stop: { ...SMALL.stop, minGenerations: generations, maxGenerations: generations },
  };
  await writeFile(join(emulator.folder, 'long.json'), JSON.stringify(spec));
  await command('submit', 'long.json', '--name', name);
  const place = await openStore(`${stack.Runs}${name}/`);
  await eventually('its history', () => getIfThere(place, keys.historySegmentOf(0)));
  expect(await command('stop', name)).toMatchObject({ run: place.uri, status: 'ABORTED' });
  const { code, stderr } = await tombola(['watch', name, '--quiet'], { cwd: emulator.folder });
  expect([code, stderr.split('\n')[0]]).toEqual([1, `error: the run ${name} was stopped`]);
  expect(await command('list', '--cloud')).toContainEqual(
    expect.objectContaining({ name, status: 'ABORTED' }),
  );
  await command('pull', name, '--all', '--out', 'here');
  expect(await command('resume', 'here')).toMatchObject({ status: 'succeeded', generations });
  expect(await readTickets(join(emulator.folder, 'here'))).toEqual((await locally(name, spec)).tickets);
});

files();
sweeps();
definitions();
interpreter();
permissions();
