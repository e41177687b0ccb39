/** Functions of two elements, a row each, with numpy's broadcasting; either operand may be a constant. */
import { broadcastIndices, sizeOf } from '../tensor.ts';
import { type Call, type Computed, type Fixed, type Readable, Refusal, type Whole } from './call.ts';
import { type Entries, EPSILON, emptyEntries, gathered, spreadBlocks } from './entries.ts';
import { besideSamples, broadcastShape, combined } from './folding.ts';
import { check, withSamples } from './mismatch.ts';
import { type KnownSite, type Operand, PLAIN, type PlainRules } from './rules.ts';

/** Errors of the operands where they are these numbers, to the error of the result. */
type Error = (a: number, b: number, errorA: number, errorB: number) => number;

interface Row {
  readonly of: (a: number, b: number) => number;
  readonly error: Error;
  /** Operands of which an exact zero makes an exact zero. */
  readonly zero: 'none' | 'first' | 'either';
  /** The right operand that leaves the left one as it is; NaN where there is none. */
  readonly neutral: number;
  /** Whether the operands may change places. */
  readonly commutes: boolean;
  /** Whether it makes something finite of zeros: what fills blocks up is zeros. */
  readonly blocked: boolean;
}

const isZero = (value: number, error: number) => value === 0 && error === 0;

const ofSum: Error = (a, b, ea, eb) => {
  // Adding an exact zero to an exact number is exact.
  if ((isZero(a, ea) && eb === 0) || (isZero(b, eb) && ea === 0)) return 0;
  return ea + eb + EPSILON * (Math.abs(a) + Math.abs(b));
};
const ofProduct: Error = (a, b, ea, eb) =>
  Math.abs(a) * eb + (Math.abs(b) + eb + 1) * ea + EPSILON * Math.abs(a * b);
const ofQuotient: Error = (a, b, ea, eb) => {
  const least = Math.abs(b) - eb;
  if (least <= 0) return Number.POSITIVE_INFINITY;
  return (ea + Math.abs(a / b) * eb) / least + EPSILON * Math.abs(a / b);
};
const ofChoice: Error = (_, __, ea, eb) => Math.max(ea, eb);

const SUM = { error: ofSum, zero: 'none', neutral: 0, commutes: false, blocked: true } as const;
const CHOICE = { ...SUM, error: ofChoice, neutral: Number.NaN } as const;
const SLOPE = { ...CHOICE, error: ofProduct, zero: 'first', blocked: false } as const;

const ROWS = {
  Add: { ...SUM, of: (a, b) => a + b, commutes: true },
  Sub: { ...SUM, of: (a, b) => a - b },
  Mul: { of: (a, b) => a * b, error: ofProduct, zero: 'either', neutral: 1, commutes: true, blocked: true },
  Div: { of: (a, b) => a / b, error: ofQuotient, zero: 'none', neutral: 1, commutes: false, blocked: false },
  Max: { ...CHOICE, of: Math.max },
  Min: { ...CHOICE, of: Math.min },
  PRelu: { ...SLOPE, of: (x, slope) => (x < 0 ? slope * x : x) },
} as const satisfies Readonly<Record<string, Row>>;

type PairOperator = keyof typeof ROWS;

interface Pair<Op extends PairOperator> {
  readonly op: Op;
}

type Read<Op extends PairOperator> = PlainRules<Pair<Op>>['read'];

function pair<Op extends PairOperator>(op: Op, read: Read<Op>): PlainRules<Pair<Op>> {
  const { of, error, zero, blocked }: Row = ROWS[op];
  return {
    ...PLAIN,
    read,
    shape(_, operands) {
      const shape = broadcast(operands);
      const [x, slopes] = operands;
      check(
        op !== 'PRelu' || sizeOf(shape) === sizeOf(x?.shape ?? []),
        () => `slopes [${slopes?.shape.join(', ')}] for ${withSamples(x?.shape ?? [])}`,
      );
      return shape;
    },
    kernel(_, { value, output }) {
      const [a, b, to] = [value(0), value(1), output.data];
      const [ofA, ofB] = [broadcastIndices(a.shape, output.shape), broadcastIndices(b.shape, output.shape)];
      return () => {
        for (let index = 0; index < to.length; index++) {
          to[index] = of(a.data[ofA[index] ?? 0] ?? 0, b.data[ofB[index] ?? 0] ?? 0);
        }
      };
    },
    known(_, site) {
      const [first, second] = [operandOf(site, 0), operandOf(site, 1)];
      const result = emptyEntries(sizeOf(site.shape));
      for (let index = 0; index < result.value.length; index++) {
        const [a, b] = [first.value[index] ?? Number.NaN, second.value[index] ?? Number.NaN];
        const [ea, eb] = [first.error[index] ?? 0, second.error[index] ?? 0];
        if ((zero !== 'none' && isZero(a, ea)) || (zero === 'either' && isZero(b, eb))) continue;
        result.value[index] = of(a, b);
        result.error[index] = error(a, b, ea, eb);
      }
      return result;
    },
    reach(_, index, after, marks, site) {
      const from = broadcastIndices(site.inputs[index]?.shape ?? [], site.shape);
      // The other factor of an exact zero does not matter.
      const factor = zero === 'either' && !site.inputs[1 - index]?.constant && operandOf(site, 1 - index);
      for (let element = 0; element < from.length; element++) {
        if (after[element] === 0) continue;
        if (factor && factor.value[element] === 0 && factor.error[element] === 0) continue;
        marks[from[element] ?? 0] = 1;
      }
    },
    ties(_, { inputs, shape }) {
      const values = inputs.filter(({ constant }) => !constant);
      return values.every((value) => (value.shape[0] ?? 1) === (shape[0] ?? 1)) ? 'each' : 'all';
    },
    constants: 'broadcast',
    // Without broadcasting.
    blocked: (_, { inputs: [a, b] }) =>
      blocked && a?.shape.join() === b?.shape.join() ? 'as usual' : undefined,
    write: (_, { write }) => write(),
  };
}

/** The entries of an operand, one per element of the output. */
function operandOf({ inputs, shape, entries }: KnownSite, index: number): Entries {
  return gathered(spreadBlocks(entries(index)), broadcastIndices(inputs[index]?.shape ?? [], shape));
}

const binary = <Op extends PairOperator>(op: Op) =>
  pair(op, (call) => {
    const whole = [0, 1].every((place) => call.input(place).kind === 'wholes');
    return call.inputs.length === 2 && whole
      ? combineWholes(call, ROWS[op])
      : combine(call, op, call.float32(0), call.float32(1));
  });

const chain = <Op extends PairOperator>(op: Op) => pair(op, (call) => readChain(call, op));

export const PAIRS = {
  Add: binary('Add'),
  Sub: binary('Sub'),
  Mul: binary('Mul'),
  Div: binary('Div'),
  Max: chain('Max'),
  Min: chain('Min'),
  PRelu: pair('PRelu', (call) => combine(call, 'PRelu', call.computed(0), call.float32(1))),
} satisfies { readonly [Op in PairOperator]: PlainRules<Pair<Op>> };

/** Any number of inputs, two at a time. */
export function readChain<Op extends PairOperator>(call: Call<Pair<Op>>, op: Op): Readable {
  const last = call.inputs.length - 1;
  let value = call.float32(0);
  for (let place = 1; place <= last; place++)
    value = combine(call, op, value, call.float32(place), place === last ? undefined : `${op}.${place}`);
  return value;
}

function combine<Op extends PairOperator>(
  call: Call<Pair<Op>>,
  op: Op,
  a: Computed | Fixed,
  b: Computed | Fixed,
  part?: string,
): Computed | Fixed {
  if (a.kind === 'fixed' && b.kind === 'fixed') {
    call.model.spend(sizeOf(broadcastShape(a.shape, b.shape)));
    return combined(a, b, ROWS[op].of);
  }
  const rank = (a.kind === 'computed' ? a : b).shape.length;
  const operands = [a, b].map((one) => (one.kind === 'fixed' ? besideSamples(one, rank) : one));
  return call.add({ op }, operands, part);
}

/** The same for one whole number and another; `N` goes through what leaves it alone. */
function combineWholes(call: Call, { of, neutral, commutes }: Row): Readable {
  const a = call.wholes(0);
  const b = call.wholes(1);
  const length = Math.max(a.values.length, b.values.length);
  const values = Array.from({ length }, (_, index): Whole => {
    const left = a.values[a.values.length === 1 ? 0 : index];
    const right = b.values[b.values.length === 1 ? 0 : index];
    if (left === undefined || right === undefined) throw new Refusal('shapes that do not fit each other');
    if (left === 'N' && right === neutral) return 'N';
    if (commutes && right === 'N' && left === neutral) return 'N';
    if (left === 'N' || right === 'N')
      throw new Refusal('computes with the number of samples; it may only be used as a size');
    return Math.trunc(of(left, right));
  });
  return { kind: 'wholes', shape: a.values.length >= b.values.length ? a.shape : b.shape, values };
}

/** Numpy's rules, as far as the samples' axis stays what it is. */
function broadcast(inputs: readonly Operand[]): number[] {
  const [a = { shape: [], constant: false }, b = a] = inputs;
  const rank = Math.max(a.shape.length, b.shape.length);
  for (const { shape, constant } of [a, b])
    check(
      constant ? shape.length <= rank : shape.length === rank,
      () => `${shapeText(a)} with ${shapeText(b)}: the samples' axis would not meet the samples' axis`,
    );
  return Array.from({ length: rank }, (_, axis) => {
    const left = a.shape[a.shape.length - rank + axis] ?? 1;
    const right = b.shape[b.shape.length - rank + axis] ?? 1;
    check(
      left === right || left === 1 || right === 1,
      () => `${shapeText(a)} with ${shapeText(b)}, which do not fit each other`,
    );
    return Math.max(left, right);
  });
}

function shapeText({ shape, constant }: Operand): string {
  return constant ? `a constant [${shape.join(', ')}]` : withSamples(shape);
}
