/** The memory that is there: of the machine, and of whatever holds the process within it. */
import { execFile } from 'node:child_process';
import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { availableMemory } from '../../lib/base/memory.ts';

const MEGABYTE = 2 ** 20;

afterEach(() => vi.unstubAllEnvs());

test('is the least that machine, Lambda function and Node.js allow', () => {
  vi.stubEnv('NODE_OPTIONS', undefined);
  const here = availableMemory();
  expect(here).toBeGreaterThan(0);
  expect(here).toBeLessThanOrEqual(totalmem());
  for (const none of ['', '0', 'much']) {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', none);
    expect(availableMemory()).toBe(here);
  }
  vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '512');
  expect(availableMemory()).toBe(512 * MEGABYTE);
  vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '999999999');
  expect(availableMemory()).toBe(here);
});

test.each([
  ['--max-old-space-size=300', 300],
  ['--no-warnings --max_old_space_size=300 --trace-warnings', 300],
  ['--max-old-space-size=400 --max-old-space-size=300', 300],
])('NODE_OPTIONS=%j', (options, megabytes) => {
  vi.stubEnv('NODE_OPTIONS', options);
  expect(availableMemory()).toBe(megabytes * MEGABYTE);
});

/** A control group with 400 MB, or nothing where this process may not make one. */
async function controlGroup(): Promise<string | undefined> {
  for (const [root, limit] of [
    ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes'],
    ['/sys/fs/cgroup', 'memory.max'],
  ] as const) {
    const group = join(root, `tombola-${process.pid}`);
    try {
      await mkdir(group);
      await writeFile(join(group, limit), String(400 * MEGABYTE));
      return group;
    } catch {
      await rmdir(group).catch(() => undefined);
    }
  }
  return undefined;
}

test("a container's limit counts", async (context) => {
  const group = await controlGroup();
  if (group === undefined) return context.skip();
  const script = `import(${JSON.stringify(resolve('lib/base/memory.ts'))}).then((m) => console.log(m.availableMemory()))`;
  try {
    const inside = `echo $$ > ${join(group, 'cgroup.procs')} && exec "$0" -e '${script}'`;
    const { stdout } = await promisify(execFile)('sh', ['-c', inside, process.execPath]);
    expect(Number(stdout)).toBe(400 * MEGABYTE);
  } finally {
    // The kernel needs a moment to see that the group is empty.
    await vi.waitFor(() => rmdir(group), 5_000);
  }
});
