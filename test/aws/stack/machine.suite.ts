import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Synthesized, synthesize } from './template.ts';

const stateSchema = z.looseObject({ Type: z.string() });
const taskSchema = z.object({
  Resource: z.string(),
  Parameters: z.looseObject({ FunctionName: z.string().optional(), StateMachineArn: z.string().optional() }),
  TimeoutSeconds: z.int(),
  Retry: z.array(z.object({ ErrorEquals: z.array(z.string()), JitterStrategy: z.string() })),
  Catch: z.array(z.object({ ErrorEquals: z.array(z.string()), Next: z.string() })).default([]),
});
const mapSchema = z.object({
  ItemProcessor: z.object({
    ProcessorConfig: z.object({ Mode: z.string(), ExecutionType: z.string().optional() }),
    States: z.record(z.string(), stateSchema),
  }),
});
const definitionSchema = z.object({ States: z.record(z.string(), stateSchema) });

let synthesized: Synthesized;
let properties: Readonly<Record<string, z.core.util.JSONType>>;
/** Every state, those inside Maps among them. */
let states: Map<string, z.output<typeof stateSchema>>;

beforeAll(async () => {
  synthesized = await synthesize();
  properties = synthesized.find('AWS::StepFunctions::StateMachine', 'Search/StateMachine').properties;
  const definition = definitionSchema.parse(JSON.parse(String(properties.DefinitionString)));
  states = new Map(
    Object.entries(definition.States).flatMap(([name, state]) => [
      [name, state],
      ...(state.Type === 'Map' ? Object.entries(mapSchema.parse(state).ItemProcessor.States) : []),
    ]),
  );
});

/** The function that a Task invokes, its substitution filled in. */
function functionOf(name: string): string | undefined {
  const substitutions = z.record(z.string(), z.string()).parse(properties.DefinitionSubstitutions);
  return task(name).Parameters.FunctionName?.replace(
    /\$\{(\w+)\}/,
    (_, substitution) => substitutions[substitution] ?? '',
  );
}

const task = (name: string) => taskSchema.parse(states.get(name));

test('the definition is the file that the embedded engine runs', () => {
  const file = readFileSync(new URL('../../../lib/workflow/search.asl.json', import.meta.url), 'utf8');
  expect(properties.DefinitionString).toBe(file);
});

test('every function that the definition names is filled in, each with its own', () => {
  const named = new Set(
    [...String(properties.DefinitionString).matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name),
  );
  expect(properties.DefinitionSubstitutions).toEqual({
    PrepareFunctionArn: '<Steps/Prepare/Function.Arn>',
    EvaluateFunctionArn: '<Steps/Evaluate/Function.Arn>',
    SelectFunctionArn: '<Steps/Select/Function.Arn>',
    LeapFunctionArn: '<Steps/Leap/Function.Arn>',
    TrainFunctionArn: '<Steps/Train/Function.Arn>',
    FinalizeFunctionArn: '<Steps/Finalize/Function.Arn>',
  });
  expect(named).toEqual(new Set(Object.keys(z.object().loose().parse(properties.DefinitionSubstitutions))));
});

describe.each([
  ['Prepare', 'Steps/Prepare/Function', 900],
  ['Evaluate chunk', 'Steps/Evaluate/Function', 900],
  // An Express child lasts five minutes at most.
  ['Evaluate one of many chunks', 'Steps/Evaluate/Function', 180],
  ['Select', 'Steps/Select/Function', 900],
  ['Leap', 'Steps/Leap/Function', 900],
  ['Train', 'Steps/Train/Function', 900],
  ['Finalize', 'Steps/Finalize/Function', 900],
])('the Task %s', (name, functionName, timeout) => {
  test('invokes its function, within a time', () => {
    expect(task(name).Resource).toBe('arn:aws:states:::lambda:invoke');
    expect(functionOf(name)).toBe(`<${functionName}.Arn>`);
    expect(task(name).TimeoutSeconds).toBe(timeout);
  });

  test('is tried again, with jitter, after throttling, dead sandboxes and S3 errors', () => {
    const { Retry } = task(name);
    expect(new Set(Retry.map(({ JitterStrategy }) => JitterStrategy))).toEqual(new Set(['FULL']));
    const retried = new Set(Retry.flatMap(({ ErrorEquals }) => ErrorEquals));
    for (const error of [
      'Lambda.TooManyRequestsException',
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.Unknown',
      'Sandbox.Timedout',
      'Runtime.ExitError',
      'StoreUnavailable',
    ]) {
      expect(retried, error).toContain(error);
    }
  });
});

test.each([
  ['Prepare', {}],
  ['Select', { IncompleteGeneration: 'Explain' }],
  ['Leap', {}],
  ['Train', {}],
  ['Finalize', {}],
])('%s explains what running it again cannot mend, and leaves the rest to a redrive', (name, more) => {
  const ends = task(name).Catch.flatMap(({ ErrorEquals, Next }) => ErrorEquals.map((error) => [error, Next]));
  expect(Object.fromEntries(ends)).toEqual({
    InvalidSpec: 'Explain',
    UnusableOutput: 'Explain',
    DamagedArtifact: 'Explain',
    ...more,
  });
});

test('the terminal states are these', () => {
  const ends = [...states].filter(
    ([, { Type, End }]) => Type === 'Fail' || Type === 'Succeed' || End === true,
  );
  expect(Object.fromEntries(ends.map(([name, { Type }]) => [name, Type]))).toEqual({
    'Evaluate chunk': 'Task',
    'Evaluate one of many chunks': 'Task',
    Continued: 'Pass',
    'Leave the rest': 'Pass',
    Finalize: 'Task',
    Refused: 'Fail',
  });
});

test('wide generations run in Express children, narrow ones in the execution itself', () => {
  const modeOf = (name: string) => mapSchema.parse(states.get(name)).ItemProcessor.ProcessorConfig;
  expect(modeOf('Evaluate')).toEqual({ Mode: 'INLINE' });
  expect(modeOf('Evaluate widely')).toEqual({ Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' });
});

test('continue-as-new starts this very machine, named by the context', () => {
  expect(states.get('Continue as new')).toMatchObject({
    Resource: 'arn:aws:states:::states:startExecution',
    Parameters: { 'StateMachineArn.$': '$$.StateMachine.Id' },
  });
});

test('an execution that its starter goes on with starts no other', () => {
  const { Choices } = z.looseObject({ Choices: z.array(z.json()) }).parse(states.get('What next?'));
  const rules = Choices.slice(1, 3);
  expect(rules).toEqual([
    {
      And: [
        { Variable: '$.renew', BooleanEquals: true },
        { Variable: '$$.Execution.Input.continuedBy', IsPresent: true },
      ],
      Next: 'Leave the rest',
    },
    { Variable: '$.renew', BooleanEquals: true, Next: 'Continue as new' },
  ]);
});

test('the machine is a Standard one, named as the stack, traced, and logs its errors', () => {
  expect(properties).toMatchObject({
    StateMachineName: 'Tombola',
    StateMachineType: 'STANDARD',
    TracingConfiguration: { Enabled: true },
    LoggingConfiguration: {
      Level: 'ERROR',
      IncludeExecutionData: true,
      Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: '<Search/Log.Arn>' } }],
    },
  });
  expect(synthesized.find('AWS::Logs::LogGroup', 'Search/Log').properties).toMatchObject({
    RetentionInDays: 30,
  });
});
