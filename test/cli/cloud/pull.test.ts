import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { pull } from '../../../lib/cli/cloud/pull.ts';
import { cloud, NAME, tombola, URI } from './cloud.ts';

const here = cloud();

describe('pull', () => {
  test('loads the results, byte for byte, and not a second time', async () => {
    await here.upload(NAME);
    const out = join(here.folder, 'pulled');
    expect(await tombola('pull', NAME, '--out', out, '--json')).toBe(0);
    const first = JSON.parse(here.printed);
    expect(first.files).toContain('ticket.onnx');
    expect(first.files.some((key: string) => key.includes('/'))).toBe(false);
    expect(first.downloaded).toBe(first.files.length);
    for (const key of first.files)
      expect(await readFile(join(out, key))).toEqual(Buffer.from(here.artifacts.get(key) ?? ''));

    here.printed = '';
    expect(await tombola('pull', URI, '--out', out, '--json')).toBe(0);
    expect(JSON.parse(here.printed).downloaded).toBe(0);

    // A file that another hand changed is loaded again.
    await writeFile(join(out, 'history.csv'), 'cut short');
    here.printed = '';
    expect(await tombola('pull', NAME, '--out', out, '--json')).toBe(0);
    expect(JSON.parse(here.printed).downloaded).toBe(1);
    expect(await readFile(join(out, 'history.csv'))).toEqual(
      Buffer.from(here.artifacts.get('history.csv') ?? ''),
    );
  });

  test('--all loads what the generations left', async () => {
    await here.upload(NAME);
    const out = join(here.folder, 'all');
    expect(await tombola('pull', NAME, '--out', out, '--all')).toBe(0);
    for (const [key, bytes] of here.artifacts) expect((await stat(join(out, key))).size).toBe(bytes.length);
  });

  test('survives lost connections', async () => {
    await here.upload(NAME);
    const out = join(here.folder, 'flaky');
    const pulling = pull(
      NAME,
      { stack: 'Tombola', out, all: true, json: true },
      { pauses: [50, 200], retries: 50 },
    );
    // What stands before the first file is asked for at once or not at all: without a stack there is nothing to wait for.
    await vi.waitFor(() => stat(out), { timeout: 30_000, interval: 5 });
    for (let cut = 0; cut < 3; cut++) {
      here.aws.cut();
      await new Promise((resolve) => setTimeout(resolve, 300));
      here.aws.mend();
    }
    await pulling;
    for (const [key, bytes] of here.artifacts)
      expect(await readFile(join(out, key))).toEqual(Buffer.from(bytes));
  });

  test('refuses a folder with another run', async () => {
    await here.upload(NAME);
    const out = await mkdtemp(join(here.folder, 'other-'));
    await writeFile(join(out, 'run.json'), '{}');
    expect(await tombola('pull', NAME, '--out', out)).toBe(2);
    expect(here.complained).toContain('holds another run');
  });

  test('no such run', async () => {
    expect(await tombola('pull', 'nothing')).toBe(2);
    expect(here.complained).toContain('error: nothing: there is no such run');
  });
});
