/** The examples of docs/how-to/python.md, one after another, where Python has what they import. */
import { spawnSync } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../steps/small-run.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PYTHON = process.env.PYTHON ?? 'python3';

function has(...modules: readonly string[]): boolean {
  const code = `import importlib.util as i, sys; sys.exit(any(not i.find_spec(m) for m in ${JSON.stringify(modules)}))`;
  return spawnSync(PYTHON, ['-c', code]).status === 0;
}

const DOCS = await readFile(join(ROOT, 'docs/how-to/python.md'), 'utf8');
const BLOCKS = [...DOCS.matchAll(/<!-- tested( with torch)? -->\n```python\n(.*?)```/gs)];
const LIBRARIES = ['numpy', 'pandas', 'matplotlib', 'onnxruntime', 'safetensors'];

test('docs/how-to/python.md has its examples', () => {
  expect(BLOCKS.map(([, torch]) => torch !== undefined)).toEqual([false, false, false, true]);
});

test.skipIf(!has(...LIBRARIES))('they run', async () => {
  const folder = await temporaryFolder();
  await cp(join(ROOT, 'docs/examples/iris.csv'), join(folder, 'iris.csv'));
  const here = JSON.stringify([process.execPath, join(ROOT, 'bin/tombola.ts')]);
  const code = BLOCKS.filter(([, torch]) => torch === undefined || has('torch'))
    .map(([, , block = '']) => block)
    .join('\n')
    .replace('["npx", "--no", "tombola"]', here);
  await writeFile(join(folder, 'examples.py'), code);
  const { status, stdout, stderr } = spawnSync(PYTHON, ['examples.py'], { cwd: folder, encoding: 'utf8' });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain("['setosa', 'setosa', 'setosa']");
});
