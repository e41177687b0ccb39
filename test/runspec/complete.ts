import { parseSpec } from '../../lib/runspec/parser.ts';
import type { RunSpec } from '../../lib/runspec/schema.ts';
import { isComplete } from '../../lib/runspec/shape.ts';

/** The complete spec of one that was written, and that leaves no files to be read. */
export function complete(written: unknown): RunSpec {
  const spec = parseSpec(written);
  if (isComplete(spec)) return spec;
  throw new Error('the spec names files that have not been read');
}
