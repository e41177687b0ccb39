/** Template and definitions, read by tools that are not ours. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { emulator, STACK } from './deployment.ts';
import { ROOT, tool } from './emulator.ts';

export function definitions(): void {
  test.each(['search', 'sweep'])('asl-validator finds no fault in %s.asl.json', async (name) => {
    const file = join(ROOT, 'lib/workflow', `${name}.asl.json`);
    const { stdout } = await promisify(execFile)('asl-validator', ['--json-path', file], {
      env: process.env,
    });
    expect(stdout).toContain('is valid');
  });

  test('cfn-lint finds no fault in the template', async () => {
    const template = join(emulator.folder, 'cdk.out', `${STACK}.template.json`);
    // W3005: the CDK names dependencies that references make already.
    const args = ['--template', template, '--regions', 'us-east-1', '--ignore-checks', 'W3005'];
    expect(await tool('cfn-lint', args)).toBe('');
  });
}
