/** `tombola network`. */
import { copyFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../steps/small-run.ts';
import { runMain, runMainIn } from './main.ts';

const model = (name: string) => fileURLToPath(new URL(`../network/models/${name}.onnx`, import.meta.url));

/** A folder with the model as net.onnx. */
async function folderWith(name: string): Promise<string> {
  const cwd = await temporaryFolder();
  await copyFile(model(name), join(cwd, 'net.onnx'));
  return cwd;
}

describe('tombola network', () => {
  test('shows the layers of a model, what they cost, and how fast they are', async () => {
    const place = await folderWith('torch-residual');
    const { code, stdout, stderr } = await runMainIn(place, 'network', 'net.onnx', '--samples', '50');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain('\u001b');
    const lines = stdout.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '));
    expect(lines).toEqual(
      expect.arrayContaining([
        'layer | operator | output | weights | prunable | multiply-adds | tensor',
        '/conv2/Conv | Conv | [N, 4, 8, 8] | 148 | 144 | 9,216 | conv2.weight',
        '/Relu | Relu | [N, 4, 8, 8] | – | – | –',
        'total | 370 | 340 | 11,680',
        'network | net.onnx',
        'input | [N, 1, 8, 8], 64 features',
        'genome | 340 bits, 43 B',
      ]),
    );
    expect(stdout).toMatch(/evaluations\/s +[\d,.]+ on one core with 50 samples/);
  });

  test('takes patterns, and says which weights they leave', async () => {
    const place = await folderWith('torch-residual');
    const args = [
      'network',
      'net.onnx',
      '--include',
      'conv*',
      '--exclude',
      '*2.weight',
      '--no-measure',
      '--json',
    ];
    const { code, stdout } = await runMainIn(place, ...args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      network: 'net.onnx',
      inputShape: [1, 8, 8],
      features: 64,
      classes: 10,
      weights: 370,
      prunableWeights: 36,
      prunable: [{ name: 'conv1.weight', shape: [4, 1, 3, 3], offset: 0, size: 36, fanIn: 9, fanOut: 36 }],
      bytes: { genome: 5, maskedWeights: 144, population: 500, evaluator: null },
      evaluations: null,
    });
    const wrong = await runMainIn(place, 'network', 'net.onnx', '--include', 'fc*', '--no-measure');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain(
      'error: net.onnx: include "fc*": no weight matches; the weights are "conv1.weight"',
    );
  });

  test('shows the network of a preset, and that of a spec', async () => {
    const preset = await runMain('network', 'digits-2', '--no-measure');
    expect(preset.stdout).toContain('digits-2, [64,75,2]');
    expect(preset.stdout).toMatch(/total +5,027 +4,950 +4,950/);
    const cwd = await temporaryFolder();
    const spec = { task: { dataset: 'digits' }, network: { architecture: 'conv-small' } };
    await writeFile(join(cwd, 'spec.json'), JSON.stringify(spec));
    const { stdout } = await runMainIn(cwd, 'network', 'spec.json', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      inputShape: [1, 8, 8],
      prunableWeights: 1864,
      multiplyAdds: 23_680,
      evaluations: { samples: 1347, measuredSamples: 1347 },
    });
  });

  test('does not read a file that is too large for a model, nor does a run', async () => {
    const place = await folderWith('torch-mlp');
    await truncate(join(place, 'net.onnx'), 3 * 2 ** 30);
    const spec = { task: { dataset: 'digits' }, network: { model: 'net.onnx' } };
    await writeFile(join(place, 'spec.json'), JSON.stringify(spec));
    for (const args of [
      ['network', 'net.onnx'],
      ['run', 'spec.json', '--out', 'run'],
    ]) {
      const { code, stderr } = await runMainIn(place, ...args);
      expect(code).toBe(2);
      expect(stderr).toContain('net.onnx: it has 3221225472 bytes; 536870912 are the most that are read');
    }
  });

  test.each([
    ['a model that cannot be searched', ['net.onnx'], 'net.onnx: LSTM "/cells/LSTM": is recurrent'],
    ['a file that is not there', ['other.onnx'], 'other.onnx: cannot be read: there is no such file'],
    ['samples of a spec', ['moons-a', '--samples', '5'], '--samples: is for an ONNX file'],
    ['patterns for a spec', ['moons-a', '--include', '*'], 'write network.include into the spec'],
    ['data for a model', ['net.onnx', '--data', 'x.csv'], 'give --data FILE --network net.onnx'],
  ])('refuses %s', async (_, args, message) => {
    const { code, stdout, stderr } = await runMainIn(await folderWith('refused-lstm'), 'network', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`error: `);
    expect(stderr).toContain(message);
  });
});
