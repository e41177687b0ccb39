/** The functions that the Task states of both machines call. */
import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { recordOf } from '../../base/record.ts';
import { patternsOf, RUN_ARTIFACTS, SWEEP_ARTIFACTS } from '../../store/artifacts.ts';
import * as keys from '../../store/keys.ts';
import {
  SEARCH_FUNCTION_NAMES,
  SEARCH_FUNCTIONS,
  type SearchFunction,
  SWEEP_FUNCTION_NAMES,
  SWEEP_FUNCTIONS,
  type SweepFunction,
  type TaskFunction,
} from '../../workflow/states.ts';
import { INPUTS, RUNS, SWEEPS } from '../bucket.ts';
import { type Access, allowData } from './access.ts';
import { TombolaFunction } from './function.ts';
import type { Settings } from './settings.ts';
import type { Storage } from './storage.ts';

interface StepsProps {
  readonly settings: Settings;
  readonly storage: Storage;
}

/** A function as its row says. It reads what the others left; what it writes and deletes is its own. */
function taskFunction(
  scope: Construct,
  name: string,
  row: TaskFunction,
  access: Omit<Access, 'writes' | 'tags' | 'deletes'> & ReturnType<typeof patternsOf>,
  { settings, storage }: StepsProps,
): TombolaFunction {
  const { description, file, seconds, computes = false, files = [], readsNothing, readsData } = row;
  const inputs = readsData ? [`${INPUTS}*`] : [];
  const made = new TombolaFunction(scope, name, {
    settings,
    file,
    description,
    onnxruntime: computes,
    files,
    memory: settings.memory,
    timeout: Duration.seconds(seconds),
    environment: { TOMBOLA_RUNS: storage.runs, TOMBOLA_SWEEPS: storage.sweeps },
    bucket: storage.bucket,
    access: {
      ...access,
      reads: readsNothing ? [] : [...access.reads, ...inputs],
      lists: readsNothing ? [] : access.lists,
    },
  });
  if (readsData) allowData(made.role, settings);
  if (row.asksConcurrency) {
    made.role.addToPolicy(new PolicyStatement({ actions: ['lambda:GetAccountSettings'], resources: ['*'] }));
  }
  return made;
}

/** Runs of their own, and runs that are cells of a sweep. */
const PLACES_OF_RUNS = [`${RUNS}*/`, `${SWEEPS}*/${keys.CELLS}*/`] as const;

export class Steps extends Construct {
  readonly functions: Readonly<Record<SearchFunction, TombolaFunction>>;

  constructor(scope: Construct, id: string, props: StepsProps) {
    super(scope, id);
    this.functions = recordOf(SEARCH_FUNCTION_NAMES, (name) =>
      taskFunction(
        this,
        name,
        SEARCH_FUNCTIONS[name],
        {
          ...patternsOf(name, RUN_ARTIFACTS, PLACES_OF_RUNS),
          reads: [`${RUNS}*`, `${SWEEPS}*/${keys.CELLS}*`],
          lists: [RUNS, SWEEPS],
          reason:
            'A run is named when it starts, so its objects can only be named by pattern: runs/*/ or sweeps/*/cells/*/ and the names that this step reads, writes or deletes.',
        },
        props,
      ),
    );
  }
}

/** In `scope`, the construct of sweeps. */
export function sweepFunctions(
  scope: Construct,
  props: StepsProps,
): Readonly<Record<SweepFunction, TombolaFunction>> {
  return recordOf(SWEEP_FUNCTION_NAMES, (name) =>
    taskFunction(
      scope,
      name,
      SWEEP_FUNCTIONS[name],
      {
        ...patternsOf(name, SWEEP_ARTIFACTS, [`${SWEEPS}*/`]),
        reads: [`${SWEEPS}*`],
        lists: [SWEEPS],
        reason:
          'A sweep is named when it starts, and has as many cells as its spec asks for: its objects can only be named by pattern.',
      },
      props,
    ),
  );
}
