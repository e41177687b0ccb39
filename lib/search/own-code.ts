/** Code that programs bring along, as far as this thread has loaded it; and its mistakes, as one line each. */
import { InvalidSpec } from '../base/errors.ts';

/** What a spec calls an algorithm or an objective of a program; specs of users, help and lists do without it. */
export const OWN = 'own';

/** How a spec names it: the module's own name, and the SHA-256 of its file. */
export interface OwnCodeName {
  readonly name: string;
  readonly sha256: string;
}

export type OwnKind = 'algorithm' | 'objective';

export class OwnCode<Loaded> {
  readonly #kind: OwnKind;
  readonly #loaded = new Map<string, Loaded>();

  constructor(kind: OwnKind) {
    this.#kind = kind;
  }

  add({ sha256 }: OwnCodeName, loaded: Loaded): void {
    this.#loaded.set(sha256, loaded);
  }

  has({ sha256 }: OwnCodeName): boolean {
    return this.#loaded.has(sha256);
  }

  /** Throws InvalidSpec where this thread has not loaded it. */
  get(named: OwnCodeName | undefined): Loaded {
    const loaded = named && this.#loaded.get(named.sha256);
    if (loaded) return loaded;
    throw new InvalidSpec([notLoaded(this.#kind, named)]);
  }

  /**
   * Calls one of its functions, and reads what that returns. Throws InvalidSpec where the function throws or is asynchronous,
   * and where `read` throws Unexpected. `part`: the function, for messages.
   */
  call<Value>(name: string, part: string, make: () => unknown, read: (made: unknown) => Value): Value {
    const refused = (problem: string, cause?: unknown) =>
      new InvalidSpec([`${this.#kind} ${name}: ${part}: ${problem}`], { cause });
    let made: unknown;
    try {
      made = make();
    } catch (thrown) {
      throw refused(thrownText(thrown), thrown);
    }
    if (made instanceof Promise) {
      made.catch(() => undefined);
      throw refused('found a promise, expected the result itself: make the function synchronous');
    }
    try {
      return read(made);
    } catch (thrown) {
      throw thrown instanceof Unexpected ? refused(thrown.message, thrown) : thrown;
    }
  }
}

/** What a function returned is not what it must return. */
export class Unexpected extends Error {}

/** Why a run with it cannot go on here. */
export function notLoaded(kind: OwnKind, named: OwnCodeName | undefined): string {
  const found = named ? `found ${named.name}, a module` : 'found "own", which stands for a module';
  return `${kind}: ${found} of a program that uses the library; commands and the cloud cannot run it: use search or resume of the library, with this ${kind}`;
}

/** With the line of the module that threw. */
function thrownText(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `threw ${String(thrown)}`;
  const frame = thrown.stack?.split('\n').find((line) => /^\s+at /.test(line)) ?? '';
  const [, file, line] = /([^/\\\s(?]+)(?:\?[^\s:]*)?:(\d+):\d+\)?$/.exec(frame) ?? [];
  return `threw ${thrown.name}: ${thrown.message}${file ? ` (${file}, line ${line})` : ''}`;
}
