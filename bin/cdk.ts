/** The CDK app: what `cdk synth` and `cdk deploy` run. */
import { createApp } from '../lib/cloud/app.ts';
import { InvalidSettings } from '../lib/cloud/settings.ts';

try {
  createApp();
} catch (error) {
  if (!(error instanceof InvalidSettings)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 2;
}
