/** A state machine's definition as tests read it: its states, those inside Maps among them, and the ways between them. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const rule = z.looseObject({ ErrorEquals: z.array(z.string()) });
const retrier = rule.extend({ MaxAttempts: z.int(), JitterStrategy: z.string().optional() });
const catcher = rule.extend({ Next: z.string(), ResultPath: z.string() });
const stateSchema = z.looseObject({
  Type: z.enum(['Task', 'Map', 'Choice', 'Pass', 'Fail']),
  Next: z.string().optional(),
  Default: z.string().optional(),
  End: z.boolean().optional(),
  Choices: z.array(z.looseObject({ Next: z.string() })).default([]),
  Retry: z.array(retrier).default([]),
  Catch: z.array(catcher).default([]),
  TimeoutSeconds: z.int().optional(),
  Resource: z.string().optional(),
  get ItemProcessor(): z.ZodOptional<typeof machineSchema> {
    return machineSchema.optional();
  },
});
const machineSchema = z.looseObject({
  StartAt: z.string(),
  get States(): z.ZodRecord<z.ZodString, typeof stateSchema> {
    return z.record(z.string(), stateSchema);
  },
});
export type State = z.output<typeof stateSchema>;
export type Machine = z.output<typeof machineSchema>;

/** The definition in lib/workflow of that name: its text, and the machine. */
export function readDefinition(file: string): { readonly text: string; readonly machine: Machine } {
  const text = readFileSync(new URL(`../../lib/workflow/${file}`, import.meta.url), 'utf8');
  return { text, machine: machineSchema.parse(JSON.parse(text)) };
}

export interface Placed {
  readonly name: string;
  readonly state: State;
  /** The state itself, and the Maps around it. */
  readonly around: readonly State[];
}

export function statesOf({ States }: Machine, around: readonly State[] = []): Placed[] {
  return Object.entries(States).flatMap(([name, state]) => {
    const here = [state, ...around];
    const inner = state.ItemProcessor ? statesOf(state.ItemProcessor, here) : [];
    return [{ name, state, around: here }, ...inner];
  });
}
export function nextOf({ Next, Default, Choices, Catch }: State): string[] {
  return [Next, Default, ...Choices.map((choice) => choice.Next), ...Catch.map((one) => one.Next)].filter(
    (name) => name !== undefined,
  );
}

export function reachable({ StartAt, States }: Machine): Set<string> {
  const seen = new Set<string>();
  const open = [StartAt];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...nextOf(States[name] ?? z.never().parse(name)));
  }
  return seen;
}
