/** The CDK app: one stack, checked against the AWS Solutions rules whenever it is synthesised. */
import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readSettings } from './settings.ts';
import { TombolaStack } from './stack.ts';

/** Throws InvalidSettings. */
export function createApp(props?: AppProps): { readonly app: App; readonly stack: TombolaStack } {
  const app = new App(props);
  const stack = new TombolaStack(app, readSettings(app.node));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { app, stack };
}
