/** Functions of one element, a row each, in double precision. What is not a number stays so through each of them. */
import { erf, gelu, softplus } from '../special-functions.ts';
import { type Call, Refusal } from './call.ts';
import { emptyEntries } from './entries.ts';
import { mapped } from './folding.ts';
import { sameElements } from './reach.ts';
import { type NodeWriter, PLAIN, type PlainRules } from './rules.ts';

interface Row<Attributes> {
  /** Throws `Refusal`. */
  read(call: Call): Attributes;
  of(x: number, attributes: Attributes): number;
  /** The steepest slope; Infinity where none is known. */
  slope(attributes: Attributes): number;
  /** Whether results are exact in any precision that holds the argument. */
  readonly exact: boolean;
  /** Up to this argument the result is the same. */
  readonly flatUpTo: number;
  /** Whether it makes something finite of zero, however often it is applied: what fills blocks up is zeros. */
  readonly blocked: boolean;
  write(attributes: Attributes, writer: NodeWriter): string;
}

type Bounds<A> = Pick<Row<A>, 'slope'> & Partial<Pick<Row<A>, 'exact' | 'flatUpTo' | 'blocked'>>;
const OTHERWISE = { exact: false, flatUpTo: Number.NEGATIVE_INFINITY, blocked: true };
const STEEP = { slope: () => Number.POSITIVE_INFINITY };
const EXACT = { slope: () => 1, exact: true };

type Floats<Name extends string> = Readonly<Record<Name, number>>;

/** A function whose attributes are floats; `defaults`: what they are where they are not given. */
function withFloats<Name extends string>(
  defaults: Floats<Name>,
  of: Row<Floats<Name>>['of'],
  bounds: Bounds<Floats<Name>>,
): Row<Floats<Name>> {
  const names = Object.keys(defaults) as Name[];
  return {
    ...OTHERWISE,
    ...bounds,
    of,
    read: (call) => {
      const given: Record<Name, number> = { ...defaults };
      for (const name of names) given[name] = call.float(name, defaults[name]);
      return given;
    },
    write: (attributes, { write }) =>
      write(Object.fromEntries(names.map((name) => [name, { float: attributes[name] }]))),
  };
}

function plain(of: (x: number) => number, bounds: Bounds<object>): Row<object> {
  return { ...OTHERWISE, ...bounds, of, read: () => ({}), write: (_, { write }) => write() };
}

/** Operator sets from which Clip takes its bounds as inputs, and from which Gelu is an operator. */
const CLIP_BY_INPUTS = 11;
export const HAS_GELU = 20;
/** The largest float32, which means no bound in older sets. */
const LARGEST = 3.4028234663852886e38;

const ROWS = {
  Relu: plain((x) => (x < 0 ? 0 : x), { ...EXACT, flatUpTo: 0 }),
  Sigmoid: plain((x) => 1 / (1 + Math.exp(-x)), { slope: () => 0.25 }),
  Tanh: plain(Math.tanh, { slope: () => 1 }),
  HardSwish: plain((x) => x * Math.max(0, Math.min(1, x / 6 + 0.5)), { slope: () => 1.5 }),
  Softplus: plain(softplus, { slope: () => 1 }),
  Softsign: plain((x) => x / (1 + Math.abs(x)), { slope: () => 1 }),
  Erf: plain(erf, { slope: () => 1.13 }),
  Abs: plain(Math.abs, EXACT),
  Neg: plain((x) => -x, EXACT),
  Exp: plain(Math.exp, { ...STEEP, blocked: false }),
  Log: plain(Math.log, { ...STEEP, blocked: false }),
  Sqrt: plain(Math.sqrt, STEEP),
  Reciprocal: plain((x) => 1 / x, { ...STEEP, blocked: false }),
  LeakyRelu: withFloats({ alpha: 0.01 }, (x, { alpha }) => (x < 0 ? alpha * x : x), {
    slope: ({ alpha }) => Math.max(1, Math.abs(alpha)),
  }),
  Elu: withFloats({ alpha: 1 }, (x, { alpha }) => (x < 0 ? alpha * Math.expm1(x) : x), {
    slope: ({ alpha }) => Math.max(1, Math.abs(alpha)),
  }),
  Celu: withFloats({ alpha: 1 }, (x, { alpha }) => (x < 0 ? alpha * Math.expm1(x / alpha) : x), {
    slope: ({ alpha }) => (alpha > 0 ? 1 : Number.POSITIVE_INFINITY),
  }),
  Selu: withFloats(
    { alpha: 1.6732631921768188, gamma: 1.0507010221481323 },
    (x, { alpha, gamma }) => gamma * (x > 0 ? x : alpha * Math.expm1(x)),
    { slope: ({ alpha, gamma }) => Math.abs(gamma) * Math.max(1, Math.abs(alpha)) },
  ),
  HardSigmoid: withFloats(
    { alpha: 0.2, beta: 0.5 },
    (x, { alpha, beta }) => Math.max(0, Math.min(1, alpha * x + beta)),
    { slope: ({ alpha }) => Math.abs(alpha) },
  ),
  Gelu: {
    ...OTHERWISE,
    slope: () => 1.13,
    of: (x, { approximate }) => gelu(x, approximate),
    read(call) {
      const approximate = call.text('approximate', 'none');
      if (approximate !== 'none' && approximate !== 'tanh')
        throw new Refusal(`its attribute approximate is "${approximate}"; none and tanh are allowed`);
      return { approximate };
    },
    write({ approximate }, writer) {
      return writer.operatorSet >= HAS_GELU ? writer.write({ approximate }) : writeGelu(approximate, writer);
    },
  } satisfies Row<{ readonly approximate: 'none' | 'tanh' }>,
  Clip: {
    ...OTHERWISE,
    slope: () => 1,
    exact: true,
    of: (x, { min, max }) => Math.min(max, Math.max(min, x)),
    read(call) {
      const byInputs = call.model.operatorSet >= CLIP_BY_INPUTS;
      const min = byInputs ? (call.scalar(1) ?? -LARGEST) : call.float('min', -LARGEST);
      const max = byInputs ? (call.scalar(2) ?? LARGEST) : call.float('max', LARGEST);
      if (min > max) throw new Refusal(`clips to ${min} … ${max}, which no number is in`);
      return {
        min: min <= -LARGEST ? Number.NEGATIVE_INFINITY : min,
        max: max >= LARGEST ? Number.POSITIVE_INFINITY : max,
      };
    },
    write({ min, max }, { inputs, write, scalar }) {
      const bound = (part: string, value: number) => (Number.isFinite(value) ? scalar(part, value) : '');
      return write({}, [...inputs, bound('min', min), bound('max', max)]);
    },
  } satisfies Row<{ readonly min: number; readonly max: number }>,
};

type Rows = typeof ROWS;
type ElementwiseOperator = keyof Rows;
type AttributesOf<R> = R extends { read(call: Call): infer Attributes } ? Attributes : never;
type Elementwise<Op extends ElementwiseOperator> = { readonly op: Op } & AttributesOf<Rows[Op]>;

function elementwise<Op extends string, Attributes extends object>(
  op: Op,
  row: Row<Attributes>,
): PlainRules<{ readonly op: Op } & Attributes> {
  return {
    ...PLAIN,
    read(call) {
      const x = call.float32(0);
      const operation = { op, ...row.read(call) };
      if (x.kind === 'computed') return call.add(operation, [x]);
      call.model.spend(x.data.length);
      return mapped(x, (value) => row.of(value, operation));
    },
    shape: (_, [x]) => [...(x?.shape ?? [])],
    kernel(operation, { value, output }) {
      const { of } = row;
      const [from, to] = [value(0).data, output.data];
      return () => {
        for (let index = 0; index < to.length; index++) to[index] = of(from[index] ?? 0, operation);
      };
    },
    known(operation, { entries }) {
      const { value, error, block } = entries(0);
      const slope = row.slope(operation);
      const result = emptyEntries(value.length, block);
      for (let index = 0; index < value.length; index++) {
        const [x, off] = [value[index] ?? Number.NaN, error[index] ?? 0];
        const y = row.of(x, operation);
        result.value[index] = y;
        const exact = off === 0 ? row.exact || (x === 0 && y === 0) : x + off <= row.flatUpTo;
        if (exact) continue;
        // float32 results carry a rounding error of their own.
        const rounding = row.exact ? 0 : 2e-6 * Math.abs(y) + 2e-7;
        result.error[index] = (off === 0 ? 0 : slope * off) + rounding;
      }
      return result;
    },
    reach: sameElements,
    ties: () => 'each',
    blocked: () => (row.blocked ? 'as usual' : undefined),
    write: (operation, writer) => row.write(operation, writer),
  };
}

/** The rules of every row. */
export const ELEMENTWISE = Object.fromEntries(
  Object.entries(ROWS).map(([op, row]) => [op, elementwise(op, row)]),
) as { readonly [Op in ElementwiseOperator]: PlainRules<Elementwise<Op>> };

/** x · Φ(x), or its approximation by tanh (Hendrycks and Gimpel 2016, arXiv 1606.08415, section 2), of older operators. */
function writeGelu(approximate: 'none' | 'tanh', { inputs: [x = ''], scalar, step }: NodeWriter): string {
  const half = step('Mul', [x, scalar('0.5', 0.5)], 'half');
  let bent: string;
  if (approximate === 'none') {
    bent = step('Erf', [step('Mul', [x, scalar('slope', Math.SQRT1_2)], 'sloped')], 'bent');
  } else {
    const cube = step('Mul', [step('Mul', [x, x], 'square'), x], 'cube');
    const term = step('Mul', [cube, scalar('cubic', 0.044715)], 'term');
    const sum = step('Add', [x, term], 'sum');
    bent = step('Tanh', [step('Mul', [sum, scalar('slope', Math.sqrt(2 / Math.PI))], 'sloped')], 'bent');
  }
  return step('Mul', [half, step('Add', [bent, scalar('1', 1)], 'share')]);
}
