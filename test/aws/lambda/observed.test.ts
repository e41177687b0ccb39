import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import middy from '@middy/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { answer } from '../../../lib/engine/invocation.ts';

/** Imports a handler as the embedded engine does, and prints what else that loaded. */
const LIST_MODULES = `
  import { registerHooks } from 'node:module';
  const urls = [];
  registerHooks({ resolve(name, context, next) { const found = next(name, context); urls.push(found.url); return found; } });
  await import(process.argv[1]);
  console.log(JSON.stringify(urls));
`;

describe('outside Lambda', () => {
  test.each([
    ['prepare', /@aws-|powertools|onnxruntime-node/],
    ['select', /@aws-|powertools|onnxruntime-node/],
    ['evaluate', /@aws-|powertools/],
    ['train', /@aws-|powertools/],
    ['finalize', /@aws-|powertools/],
  ])('%s loads none of what it needs in the cloud alone, and is quiet', async (name, needless) => {
    const file = fileURLToPath(new URL(`../../../lambdas/${name}.ts`, import.meta.url));
    const args = ['--input-type=module', '--eval', LIST_MODULES, file];
    const { stdout, stderr } = await promisify(execFile)('node', args);
    const urls = z.array(z.string()).parse(JSON.parse(stdout));
    expect(urls.length).toBeGreaterThan(20);
    expect(urls.filter((url) => needless.test(url))).toEqual([]);
    expect(stderr).toBe('');
  });
});

describe('in Lambda', () => {
  const lines: Record<string, unknown>[] = [];

  beforeEach(() => {
    vi.resetModules();
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'a-function');
    vi.stubEnv('AWS_LAMBDA_INITIALIZATION_TYPE', 'on-demand');
    vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'Tombola');
    vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'Tombola');
    lines.length = 0;
    for (const stream of [process.stdout, process.stderr]) {
      vi.spyOn(stream, 'write').mockImplementation((chunk) => {
        for (const line of String(chunk).split('\n').filter(Boolean)) {
          lines.push(z.record(z.string(), z.unknown()).parse(JSON.parse(line)));
        }
        return true;
      });
    }
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  async function invoke(work: (observed: typeof import('../../../lib/aws/lambda/observation.ts')) => void) {
    const observed = await import('../../../lib/aws/lambda/observation.ts');
    const wrapped = middy()
      .use(observed.observed())
      .handler(async () => work(observed));
    const call = () => answer((event, context) => wrapped(event, context), 'a-function', {});
    return { result: await call(), again: call };
  }
  const metricsOf = (line: Record<string, unknown> = {}) => {
    const { _aws, timestamp: _, ...values } = line;
    return { ...(_aws === undefined ? {} : { emf: true }), ...values };
  };

  test('publishes the metrics of an invocation, and the cold start of the first', async () => {
    const { again } = await invoke(({ count }) => {
      count('Evaluations', 40);
      count('CacheHits', 0);
    });
    expect(lines.map(metricsOf)).toEqual([
      { emf: true, service: 'Tombola', ColdStart: 1 },
      { emf: true, service: 'Tombola', Evaluations: 40, CacheHits: 0 },
    ]);
    lines.length = 0;
    await again();
    expect(lines.map(metricsOf)).toEqual([{ emf: true, service: 'Tombola', Evaluations: 40, CacheHits: 0 }]);
  });

  test('says nothing where there is nothing to say', async () => {
    const { again } = await invoke(() => undefined);
    lines.length = 0;
    await again();
    expect(lines).toEqual([]);
  });

  test('logs as JSON, with the request that it belongs to', async () => {
    await invoke(({ log }) => log('selected', { run: 's3://b/runs/7/', accuracy: 0.5 }));
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'INFO',
        message: 'selected',
        run: 's3://b/runs/7/',
        accuracy: 0.5,
        service: 'Tombola',
        function_name: 'a-function',
        function_request_id: expect.any(String),
      }),
    );
  });

  test.each([
    ['an error', async () => new Error('the disk is on fire'), 'ERROR'],
    [
      'a mistake of the user',
      async () => new (await import('../../../lib/base/errors.ts')).InvalidSpec(['seed: found -1']),
      'WARN',
    ],
  ])('%s is logged, and thrown on', async (_, make, level) => {
    const error = await make();
    const { result } = await invoke(() => {
      throw error;
    });
    const { name, message } = error;
    expect(result).toMatchObject({ error: { errorType: name, errorMessage: message } });
    const logged = expect.objectContaining({ level, message, error: expect.objectContaining({ name }) });
    expect(lines).toContainEqual(logged);
  });

  test('an error of many lines stays JSON in the cause that Step Functions keeps, and says how it begins', async () => {
    const { InvalidSpec } = await import('../../../lib/base/errors.ts');
    const problem = (index: number) =>
      `cell population-${index}: search.population: found "-${index}", expected a number`;
    const { result } = await invoke(() => {
      throw new InvalidSpec(Array.from({ length: 400 }, (_, index) => problem(index)));
    });
    expect(JSON.stringify(result).length).toBeLessThan(32_768);
    const told = /^cell population-0: .* number\n… and [\d,]+ more characters$/s;
    expect(result).toMatchObject({
      error: { errorType: 'InvalidSpec', errorMessage: expect.stringMatching(told) },
    });
  });
});
