/** Every call of the store by every step fails: once, and it is tried again; for good, and the step is. */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { S3Store } from '../../lib/aws/s3/store.ts';
import * as keys from '../../lib/store/keys.ts';
import { checksum } from '../../lib/store/store.ts';
import type { SearchState } from '../../lib/workflow/payloads.ts';
import { type Fault, type S3Server, startS3 } from '../aws/s3/server.ts';
import { evaluate, finalize, prepare, search, select } from '../lambdas/invoke.ts';
import { SMALL_SPEC } from './small-run.ts';

let server: S3Server;

/** Patience that suits a test. */
const SHORT = { requestTimeout: 250, socketTimeout: 250, throwOnRequestTimeout: true };
const storeAt = (uri: string) =>
  new S3Store(uri, { ...server.configuration, forcePathStyle: true, requestHandler: SHORT });

vi.mock('../../lib/places/store.ts', () => ({ openStore: async (uri: string) => storeAt(uri) }));

const SPEC = { ...SMALL_SPEC, stop: { minGenerations: 0, maxGenerations: 2 } };

beforeAll(async () => {
  server = await startS3();
  // Retries wait for a random share of a delay: none here.
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
  server.fault = () => undefined;
});
afterAll(async () => {
  vi.restoreAllMocks();
  await server.close();
});

let buckets = 0;
function newPlace(): string {
  const bucket = `failures-${buckets++}`;
  server.createBucket(bucket);
  return `s3://${bucket}/run/`;
}

/** All that a run ends with, but what was measured. */
async function resultsOf(place: string): Promise<Record<string, string>> {
  const store = storeAt(place);
  const results = [keys.TICKET, keys.TICKET_MASK, keys.HISTORY, keys.survivorsOf(2), keys.WEIGHTS];
  const sums = results.map(async (key) => [key, checksum(await store.get(key))] as const);
  return Object.fromEntries(await Promise.all(sums));
}

async function wholeRun(place: string): Promise<Record<string, string>> {
  await finalize(await search(await prepare({ ...SPEC, run: place })));
  return resultsOf(place);
}

let undisturbed: Record<string, string>;
let calls = 0;
test('undisturbed', async () => {
  server.requests.length = 0;
  undisturbed = await wholeRun(newPlace());
  calls = server.requests.length;
  expect(calls).toBeGreaterThan(40);
});

describe('every request fails the first time that it is made', () => {
  /** Whole runs at once, each with a fault of its own in its bucket. */
  async function runsWith(...faults: readonly Fault[]): Promise<void> {
    const places = faults.map((fault) => ({ fault, place: newPlace(), seen: new Set<string>() }));
    server.fault = ({ method, url = '', headers }) => {
      const own = places.find(({ place }) => url.startsWith(`/${place.split('/')[2]}`));
      // What the SDK adds to a second try is no part of what is asked.
      const request = `${method} ${url} ${headers.range ?? ''}`;
      if (!own || own.seen.has(request)) return undefined;
      own.seen.add(request);
      return own.fault === 'stalled' && method !== 'GET' ? 'silent' : own.fault;
    };
    await Promise.all(
      places.map(async ({ place, seen }) => {
        expect(await wholeRun(place)).toEqual(undisturbed);
        expect(seen.size).toBeGreaterThan(20);
      }),
    );
  }

  test.each<[string, Fault]>([
    ['with 503', 'unavailable'],
    ['by a connection that is reset', 'dropped'],
    ['by an answer that is cut off, though the work was done', 'cut off'],
  ])('%s: tried again, to the same bytes', (_, fault) => runsWith(fault));

  // Side by side, since most of their time is waiting.
  test('by a body that stands still, or without an answer: tried again, to the same bytes', () =>
    runsWith('stalled', 'silent'));
});

test('a store that does not answer fails each step, loudly; the step is repeated to the same bytes', async () => {
  const place = newPlace();
  /** Its first `through` requests pass, all others of this try fail; then everything passes. */
  async function repeated<Result>(step: () => Promise<Result>): Promise<Result> {
    for (let through = 0; ; through++) {
      let passed = 0;
      let refused = 0;
      server.fault = () => {
        if (passed++ < through) return undefined;
        refused++;
        return 'unavailable';
      };
      try {
        const result = await step();
        expect(refused).toBe(0);
        return result;
      } catch (error) {
        expect(error).toMatchObject({ name: 'StoreUnavailable' });
      } finally {
        server.fault = () => undefined;
      }
    }
  }
  let state: SearchState = await repeated(() => prepare({ ...SPEC, run: place }));
  while (!state.done) {
    const now = state;
    await repeated(() => evaluate(now));
    state = await repeated(() => select(now));
  }
  await repeated(() => finalize(state));
  expect(await resultsOf(place)).toEqual(undisturbed);
});
