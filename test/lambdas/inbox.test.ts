import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { Handler } from '../../lib/aws/lambda/handler.ts';
import { S3Store } from '../../lib/aws/s3/store.ts';
import { InvalidSpec } from '../../lib/base/errors.ts';
import { parseJson } from '../../lib/base/json.ts';
import { answer } from '../../lib/engine/invocation.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';
import { getIfThere } from '../../lib/store/store.ts';
import { type S3Server, startS3 } from '../aws/s3/server.ts';

const startSchema = z.object({ stateMachineArn: z.string(), name: z.string(), input: z.string() });
const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:Tombola';
const SWEEP_MACHINE = `${MACHINE}-Sweeps`;

let s3: S3Server;
let stepFunctions: Server;
let handler: Handler;
let inbox: S3Store;
/** What was started. */
const started: z.output<typeof startSchema>[] = [];

beforeAll(async () => {
  s3 = await startS3();
  s3.createBucket('bucket');
  stepFunctions = createServer(async (request, response) => {
    const start = startSchema.parse(JSON.parse(await text(request)));
    const again = started.some(({ name }) => name === start.name);
    response.writeHead(again ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
    if (again) response.end(JSON.stringify({ __type: 'ExecutionAlreadyExists', message: 'there already' }));
    else response.end(JSON.stringify({ executionArn: `arn:${start.name}`, startDate: 0 }));
    if (!again) started.push(start);
  });
  await new Promise<void>((resolve) => stepFunctions.listen(0, '127.0.0.1', resolve));
  const address = stepFunctions.address();
  for (const [name, value] of Object.entries({
    TOMBOLA_INBOX: 's3://bucket/inbox/',
    TOMBOLA_STATE_MACHINE: MACHINE,
    TOMBOLA_SWEEP_MACHINE: SWEEP_MACHINE,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_S3: s3.configuration.endpoint,
    AWS_ENDPOINT_URL_SFN: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
  })) {
    vi.stubEnv(name, String(value));
  }
  handler = (await import('../../lambdas/inbox.ts')).handler;
  inbox = new S3Store('s3://bucket/inbox/', s3.configuration);
});
afterAll(async () => {
  await s3.close();
  await new Promise((resolve) => stepFunctions.close(resolve));
});
beforeEach(() => {
  started.length = 0;
});

let drops = 0;

/** Drops a file into the inbox, and gives the message that EventBridge sends. */
async function drop(name: string, content: string | Uint8Array): Promise<object> {
  await inbox.put(name, content);
  const object = { key: `inbox/${name}`, size: content.length, sequencer: `00${drops++}` };
  return { id: 'event', 'detail-type': 'Object Created', detail: { bucket: { name: 'bucket' }, object } };
}

const receive = (event: object) => answer(handler, 'inbox', event);

async function complaintAbout(name: string): Promise<string | undefined> {
  const bytes = await getIfThere(inbox, name);
  return bytes && Buffer.from(bytes).toString();
}

/** What the command line would say of such a file. */
function refusalOf(content: string, name: string): string {
  try {
    parseSpec(parseJson(content, name));
  } catch (error) {
    if (error instanceof InvalidSpec) return error.message;
  }
  throw new Error('the spec is good');
}

test('a spec starts a run of its name, with the spec as it was written', async () => {
  const answered = await receive(await drop('moons seven.json', '{ "preset": "moons-a",\n "seed": 7 }'));
  expect(started).toEqual([
    {
      stateMachineArn: MACHINE,
      name: expect.stringMatching(/^moons-seven-[0-9a-f]{8}$/),
      input: '{"preset":"moons-a","seed":7}',
    },
  ]);
  expect(answered).toEqual({ result: { started: started[0]?.name } });
});

test('a sweep spec starts a sweep, and a bad one is answered with the cells that could not run', async () => {
  await receive(await drop('ten.json', '{ "base": { "preset": "moons-a" }, "seeds": 10 }'));
  expect(started).toEqual([
    {
      stateMachineArn: SWEEP_MACHINE,
      name: expect.stringMatching(/^ten-[0-9a-f]{8}$/),
      input: '{"base":{"preset":"moons-a"},"seeds":10}',
    },
  ]);
  await receive(await drop('bad.json', '{ "grid": { "search.popluation": [10, 20] }, "seeds": 10 }'));
  expect(await complaintAbout('bad.error.txt')).toMatch(
    /^cell popluation-10_.*: search\.popluation: unknown key/,
  );
  expect(started.length).toBe(1);
});

test('the same file dropped again is another run, the same message again is not', async () => {
  const first = await drop('a.json', '{}');
  await receive(first);
  await receive(first);
  expect(started.length).toBe(1);
  await receive(await drop('a.json', '{}'));
  expect(new Set(started.map(({ name }) => name)).size).toBe(2);
});

test.each([
  ['déjà vu/2 × 3.json', /^deja-vu-2-3-[0-9a-f]{8}$/],
  ['日本.json', /^run-[0-9a-f]{8}$/],
  [`${'long'.repeat(30)}.json`, /^(long){16}-[0-9a-f]{8}$/],
])('a file may be named %s', async (file, name) => {
  await receive(await drop(file, '{}'));
  expect(started).toMatchObject([{ name: expect.stringMatching(name) }]);
});

test.each([
  ['{ "sed": 7 }'],
  ['{ "preset": "moons-z" }'],
  ['{ "seed": 7, }'],
  ['[]'],
  [''],
  ['{"search": {"population": 1}, "stop": {"maxGenerations": -4}}'],
])('the bad spec %s is answered with what the command line says', async (content) => {
  const answered = await receive(await drop('typo.json', content));
  expect(started).toEqual([]);
  const message = refusalOf(content, 'typo.json');
  expect(answered).toEqual({ result: { refused: 'typo.error.txt', message } });
  expect(await complaintAbout('typo.error.txt')).toBe(`${message}\n`);
});

test('a file that is no spec by its size is not even read', async () => {
  await receive(await drop('big.json', new Uint8Array(300 * 1024).fill(32)));
  expect(await complaintAbout('big.error.txt')).toBe('big.json: a spec is at most 255 KiB long\n');
});

test('a spec is refused where the machine could not take it and the name of its execution', async () => {
  // As long as Step Functions takes inputs, so that there is no room for anything around it.
  const padded = (bytes: number) => `{"base":{},"seeds":1}`.padEnd(bytes);
  await receive(await drop('full.json', padded(256 * 1024)));
  expect(await complaintAbout('full.error.txt')).toBe('full.json: a spec is at most 255 KiB long\n');
  // Half as long as allowed, until its numbers are written out.
  const seeds = Array.from({ length: 16_000 }, (_, index) => `${10_000 + index}e11`);
  const answered = await receive(await drop('seeds.json', `{"seeds":[${seeds}]}`));
  expect(answered).toMatchObject({ result: { refused: 'seeds.error.txt' } });
  expect(await complaintAbout('seeds.error.txt')).toMatch(
    /^seeds\.json: a spec is at most 255 KiB long; this one has 266 KiB once numbers/,
  );
  expect(started).toEqual([]);
  await receive(await drop('fits.json', padded(255 * 1024)));
  expect(started.length).toBe(1);
});

test.each(['SEVEN.JSON', 'seven.Json'])('%s is a spec as well', async (file) => {
  await receive(await drop(file, '{"seed": 7}'));
  expect(started).toMatchObject([
    { name: expect.stringMatching(/^seven-[0-9a-f]{8}$/i), input: '{"seed":7}' },
  ]);
  await receive(await drop(file, '{"seed": 7, "seed": 8}'));
  expect(await complaintAbout(file.replace(/json$/i, 'error.txt'))).toMatch(/seed: found twice/);
});

test.each(['a.error.txt', 'notes.txt', 'json', 'folder/'])(
  '%s is no spec, and nothing happens',
  async (file) => {
    expect(await receive(await drop(file, 'x'))).toEqual({ result: { ignored: file } });
    expect(started).toEqual([]);
  },
);

test('the answer goes when the spec is mended', async () => {
  await receive(await drop('mended.json', '{'));
  expect(await complaintAbout('mended.error.txt')).toMatch(/^mended\.json: not valid JSON at line 1/);
  await receive(await drop('mended.json', '{}'));
  expect(await complaintAbout('mended.error.txt')).toBeUndefined();
  expect(started.length).toBe(1);
});

test('what is nobody’s mistake is an error, for Lambda to try again', async () => {
  const event = await drop('gone.json', '{}');
  await inbox.deletePrefix('gone.json');
  expect(await receive(event)).toMatchObject({ error: { errorType: 'MissingObject' } });
  expect(await receive({ id: 'x', detail: {} })).toMatchObject({ error: { errorType: 'InvalidEvent' } });
});
