import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { type Synthesized, synthesize } from './template.ts';

let synthesized: Synthesized;
beforeAll(async () => {
  synthesized = await synthesize();
});

test('the machine of sweeps has the definition of its file, its functions and the machine of searches', () => {
  const { properties } = synthesized.find('AWS::StepFunctions::StateMachine', 'Sweeps/Machine/StateMachine');
  expect(properties).toMatchObject({
    StateMachineName: 'Tombola-Sweeps',
    StateMachineType: 'STANDARD',
    TracingConfiguration: { Enabled: true },
    LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: true },
    DefinitionString: readFileSync(new URL('../../../lib/workflow/sweep.asl.json', import.meta.url), 'utf8'),
    DefinitionSubstitutions: {
      PlanFunctionArn: '<Sweeps/Plan/Function.Arn>',
      NoteFunctionArn: '<Sweeps/Note/Function.Arn>',
      GatherFunctionArn: '<Sweeps/Gather/Function.Arn>',
      SearchMachineArn: '<Search/StateMachine>',
    },
  });
});

test.each([
  ['Plan', 900],
  ['Note', 60],
  ['Gather', 900],
])('%s knows where sweeps are kept, and has the time that its state waits', (step, timeout) => {
  const { properties } = synthesized.find('AWS::Lambda::Function', `Sweeps/${step}/Function`);
  expect(properties).toMatchObject({
    Runtime: 'nodejs24.x',
    MemorySize: 1769,
    Timeout: timeout,
    Role: `<Sweeps/${step}/Role.Arn>`,
    Environment: {
      Variables: {
        TOMBOLA_RUNS: 's3://<Storage/Bucket>/runs/',
        TOMBOLA_SWEEPS: 's3://<Storage/Bucket>/sweeps/',
      },
    },
  });
});
