/** What every input gets, whatever it holds: it works, or one line says what is wrong and the exit code is 2. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { type Answered, runMain } from '../cli/main.ts';

/** Inputs that a property tries; FUZZ_RUNS=n tries more. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 20);

/** For a test that asks much of a busy machine. */
export const PATIENT = { timeout: 180_000 * Math.max(1, RUNS / 20) };

/** For fast-check: `share` of the inputs that others try, where each takes long. A hang is a failure. */
export function bounded(share = 1): fc.Parameters<unknown> {
  const time = 150_000 * Math.max(1, RUNS / 20);
  return {
    numRuns: Math.max(3, Math.round(RUNS * share)),
    interruptAfterTimeLimit: time,
    markInterruptAsFailure: true,
  };
}

/** Runs the command line in this process and checks how it ends. */
export async function answered(...args: string[]): Promise<Answered> {
  const answer = await runMain(...args);
  const told = `${JSON.stringify(args)}: ${answer.stderr}`;
  expect([0, 2], told).toContain(answer.code);
  if (answer.code === 2) {
    expect(answer.stdout, told).toBe('');
    expect(answer.stderr, told).toMatch(/^(error: [^\n]+\n)+(\([^\n]*\)\n)*$/);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may reach a terminal
  expect(answer.stdout + answer.stderr, told).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  return answer;
}

/** Texts that do harm where they are not expected. */
export const HOSTILE_TEXTS = [
  '',
  ' ',
  '\u0000',
  '\u001b[2J\u001b]0;pwned\u0007',
  '\u202egpj.exe',
  '<script>alert(1)</script>',
  '"><svg onload=alert(1)>',
  '=HYPERLINK("http://x","y")',
  '@SUM(A1)',
  '../../../etc/passwd',
  '/dev/zero',
  '__proto__',
  'constructor',
  'toString',
  '%s%n',
  'a\nb',
  'x'.repeat(5_000),
  '\ud800',
];

/** Values of JSON that are not what was asked for. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], 0, -0, -1, 1, 0.5, 3, 100, 1e-320, 1e9, 1e15),
  fc.constantFrom<unknown>(2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 1e300, [1, 2, 3], [2, 1e9, 2], {
    a: { a: {} },
  }),
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.jsonValue({ maxDepth: 2 }),
);

type Path = readonly (string | number)[];

function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]))];
}

/** The value with what stands at the path replaced; `undefined` leaves it out. */
function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, inner]) => {
    if (name !== key) return [[name, inner]];
    const other = replaced(inner, rest, by);
    return other === undefined ? [] : [[name, other]];
  });
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

/** A document with one to three of its values replaced, left out, or joined by others. */
export function damagedJson(document: unknown): fc.Arbitrary<unknown> {
  const paths = pathsIn(document);
  const change = fc.tuple(
    fc.constantFrom(...paths),
    fc.oneof(hostileValue, fc.constant(undefined)),
    fc.option(fc.constantFrom(...HOSTILE_TEXTS, 'seed', 'layers', 'model'), { freq: 5 }),
  );
  return fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) =>
      changes.reduce<unknown>(
        (result, [path, value, key]) =>
          replaced(result, key == null ? path : [...path.slice(0, -1), key], value) ?? {},
        document,
      ),
    );
}

/** Bytes cut short, with bits flipped, with others in their place, or with more among them. */
export function damagedBytes(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const place = fc.nat(bytes.length - 1);
  // Headers and footers tell the sizes: what is wrong there does most harm.
  const edge = fc.oneof(
    fc.nat(Math.min(200, bytes.length - 1)),
    place,
    fc.nat(Math.min(1500, bytes.length - 1)).map((at) => bytes.length - 1 - at),
  );
  const written = (value: (byte: number, other: number) => number) =>
    fc.array(fc.tuple(edge, fc.nat(255)), { minLength: 1, maxLength: 4 }).map((changes) => {
      const copy = Uint8Array.from(bytes);
      for (const [at, other] of changes) copy[at] = value(copy[at] ?? 0, other);
      return copy;
    });
  return fc.oneof(
    place.map((length) => bytes.slice(0, length)),
    written((byte, other) => byte ^ (1 << (other % 8))),
    written((_, other) => other),
    fc
      .tuple(edge, fc.uint8Array({ minLength: 1, maxLength: 9 }))
      .map(([at, more]) => Uint8Array.of(...bytes.subarray(0, at), ...more, ...bytes.subarray(at))),
  );
}
