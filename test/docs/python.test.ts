/** The examples of docs/how-to/python.md and their notebook, one after another, where Python has what they import. */
import { spawnSync } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../steps/small-run.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PYTHON = process.env.PYTHON ?? 'python3';

function has(...modules: readonly string[]): boolean {
  const code = `import importlib.util as i, sys; sys.exit(any(not i.find_spec(m) for m in ${JSON.stringify(modules)}))`;
  return spawnSync(PYTHON, ['-c', code]).status === 0;
}

const DOCS = await readFile(join(ROOT, 'docs/how-to/python.md'), 'utf8');
const BLOCKS = [...DOCS.matchAll(/<!-- tested( with torch)? -->\n```python\n(.*?)```/gs)];
const NOTEBOOK = z
  .object({ cells: z.array(z.object({ cell_type: z.string(), source: z.array(z.string()) })) })
  .parse(JSON.parse(await readFile(join(ROOT, 'docs/examples/iris.ipynb'), 'utf8')));
const LIBRARIES = ['numpy', 'pandas', 'matplotlib', 'onnxruntime', 'safetensors'];

test('docs/how-to/python.md has its examples', () => {
  expect(BLOCKS.map(([, torch]) => torch !== undefined)).toEqual([false, false, false, true]);
});

test('the notebook has the same ones', () => {
  const cells = NOTEBOOK.cells.filter((cell) => cell.cell_type === 'code');
  expect(cells.map(({ source }) => `${source.join('')}\n`)).toEqual(BLOCKS.map(([, , block]) => block));
});

/** Executes a notebook where Python can, or else the same code as a script. */
const RUNNER = `
import sys
code = open("examples.py").read().split("\\n# %%\\n")
try:
    import nbformat, nbclient, ipykernel
    cells = [nbformat.v4.new_code_cell(cell) for cell in code]
    notebook = nbclient.NotebookClient(nbformat.v4.new_notebook(cells=cells), timeout=300).execute()
    print([output.get("text") for cell in notebook.cells for output in cell.outputs])
except ImportError:
    exec("\\n".join(code))
`;

test.skipIf(!has(...LIBRARIES))('they run', async () => {
  const folder = await temporaryFolder();
  await cp(join(ROOT, 'docs/examples/iris.csv'), join(folder, 'iris.csv'));
  const here = JSON.stringify([process.execPath, join(ROOT, 'bin/tombola.ts')]);
  const code = BLOCKS.filter(([, torch]) => torch === undefined || has('torch'))
    .map(([, , block = '']) => block)
    .join('\n# %%\n')
    .replace('["npx", "--no", "tombola"]', here);
  await writeFile(join(folder, 'examples.py'), code);
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', RUNNER], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, MPLBACKEND: 'Agg' },
  });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain("['setosa', 'setosa', 'setosa']");
});
