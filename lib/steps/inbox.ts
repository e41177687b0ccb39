/** inbox: a spec dropped as NAME.json, in small letters or in capitals, becomes a run or a sweep, or NAME.error.txt beside it says why not. */
import { textOf } from '../base/artifact-json.ts';
import { InvalidSpec } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import { parseSpec } from '../runspec/parser.ts';
import type { Store } from '../store/store.ts';
import { parseSweep } from '../sweep/cells.ts';
import { isSweep } from '../sweep/recognition.ts';
import { LARGEST_INPUT } from '../workflow/payloads.ts';

/** Work that a spec asks for: one search, or many. */
export type SpecKind = 'run' | 'sweep';

export interface InboxContext {
  readonly inbox: Store;
  /** Starts what was dropped as `base`, without its ending, and gives its name; a second start for one drop is no error. */
  readonly start: (kind: SpecKind, base: string, input: string) => Promise<string>;
}

/** Outcome of a dropped spec: the execution's name, or the message in `refused`. */
export type Received =
  | { readonly started: string }
  | { readonly refused: string; readonly message: string }
  /** No spec by its name, such as an answer to one. */
  | { readonly ignored: string };

const SUFFIX = /\.json$/i;

/** Starts a run or a sweep for an object in the inbox, or writes the message that the command line would print. Safe to repeat. */
export async function receive(key: string, { inbox, start }: InboxContext): Promise<Received> {
  if (!SUFFIX.test(key)) return { ignored: key };
  const base = key.replace(SUFFIX, '');
  const complaint = `${base}.error.txt`;
  try {
    const { kind, input } = await readSpec(inbox, key);
    const started = await start(kind, base, input);
    // An earlier spec's problem under that name is resolved.
    await inbox.deletePrefix(complaint);
    return { started };
  } catch (error) {
    if (!(error instanceof InvalidSpec)) throw error;
    await inbox.put(complaint, `${error.message}\n`);
    return { refused: complaint, message: error.message };
  }
}

/** The spec as it was written, once it is certain that it can be run. Throws InvalidSpec. */
async function readSpec(inbox: Store, key: string): Promise<{ kind: SpecKind; input: string }> {
  const source = key.slice(key.lastIndexOf('/') + 1);
  const longest = `${source}: a spec is at most ${LARGEST_INPUT / 1024} KiB long`;
  const bytes = await inbox.getRange(key, 0, LARGEST_INPUT + 1);
  if (bytes.length > LARGEST_INPUT) throw new InvalidSpec([longest]);
  const text = textOf(bytes);
  const written = parseJson(text, source);
  const input = JSON.stringify(written);
  const length = Buffer.byteLength(input);
  if (length > LARGEST_INPUT) {
    const found = `${Math.ceil(length / 1024)} KiB once numbers such as 1e15 are written out`;
    throw new InvalidSpec([`${longest}; this one has ${found}`]);
  }
  const kind = isSweep(written) ? 'sweep' : 'run';
  if (kind === 'sweep') parseSweep(written);
  else parseSpec(written);
  return { kind, input };
}
