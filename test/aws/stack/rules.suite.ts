/** cdk-nag's AWS Solutions rules, which every synthesis runs: it fails where one is broken and not acknowledged. */
import { App, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createApp } from '../../../lib/aws/stack/app.ts';
import { assemblyFolder, CONTEXT } from './template.ts';

const acknowledgedSchema = z.record(z.string(), z.string());

function appWith(context: Readonly<Record<string, unknown>>) {
  return createApp({
    outdir: assemblyFolder(),
    context: { ...CONTEXT, 'aws:cdk:bundling-stacks': [], ...context },
  });
}

describe.each([
  ['the defaults', {}],
  [
    'every choice',
    {
      region: 'eu-north-1',
      alarmEmail: 'a@example.com',
      notify: 'b@example.com,https://example.com/',
      architecture: 'arm64',
      dataBuckets: 'my-data,theirs/x*',
    },
  ],
])('with %s', (_, context) => {
  const { app } = appWith(context);

  test('no rule is broken that is not acknowledged', () => {
    expect(() => app.synth()).not.toThrow();
  });

  test('every acknowledgement names one finding and says why', () => {
    const acknowledged = app.node
      .findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(acknowledgedSchema.parse(data)));
    expect(acknowledged.length).toBeGreaterThan(10);
    for (const [id, reason] of acknowledged) {
      expect(id).toMatch(/AwsSolutions-(S1|SF1|IAM5\[Resource::.+\])$/);
      expect(reason.length, id).toBeGreaterThan(40);
    }
  });
});

test('a broken rule fails the synthesis', () => {
  const { app, stack } = appWith({});
  new Bucket(stack, 'Careless');
  expect(app).toBeInstanceOf(App);
  expect(() => app.synth()).toThrow(/AwsSolutions-S10/);
});
