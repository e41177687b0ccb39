/** The state machine of searches: the definition that the embedded engine runs, with the functions' ARNs filled in. */
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';
import { TombolaMachine } from './state-machine.ts';
import type { Steps } from './steps.ts';

export class SearchMachine extends TombolaMachine {
  constructor(scope: Construct, id: string, { settings, steps }: { settings: Settings; steps: Steps }) {
    super(scope, id, {
      settings,
      name: settings.stackName,
      description: `What ${settings.stackName}'s state machine may do`,
      file: 'search.asl.json',
      functions: steps.functions,
    });
  }
}
