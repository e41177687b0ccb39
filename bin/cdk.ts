/** The CDK app: what `cdk synth` and `cdk deploy` run. */
import { createApp } from '../lib/aws/stack/app.ts';
import { InvalidSettings } from '../lib/aws/stack/settings.ts';

try {
  createApp();
} catch (error) {
  if (!(error instanceof InvalidSettings)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 2;
}
