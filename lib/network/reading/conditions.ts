/** Conditions, as far as PyTorch writes Softplus with them: β x > threshold ? x : Softplus(β x) / β. */
import { type Call, type Computed, makerOf, type Readable, Refusal } from '../operators/call.ts';
import type { Reader } from '../operators/table.ts';
import { softplus } from '../special-functions.ts';

const readGreater: Reader = (call) => {
  call.fixed(1);
  return { kind: 'condition', of: call.computed(0), above: call.scalar(1) ?? Number.NaN };
};

export const CONDITIONS: Readonly<Record<string, Reader>> = {
  Greater: readGreater,
  GreaterOrEqual: readGreater,

  Where(call) {
    const x = call.computed(1);
    const otherwise = call.computed(2);
    if (!isThresholdOfSoftplus(call, x, otherwise))
      throw new Refusal(
        'selects by a condition; only x > threshold ? x : Softplus(x) is supported, with a threshold from which both are the same in float32, 15 or more. Export the model without it',
      );
    return otherwise;
  },
};

/** Whether both are the same in float32 where the condition holds, so that the second does everywhere. */
function isThresholdOfSoftplus({ inputs }: Call, x: Computed, otherwise: Computed): boolean {
  const [condition] = inputs;
  if (condition?.kind !== 'condition') return false;
  const { of, above } = condition;
  const [scaled, factor] = factorOf(otherwise);
  const [base, slope] = factorOf(of);
  const [argument] = scaled?.made?.operands ?? [];
  const inverse = factor * slope;
  return (
    makerOf(scaled) === 'Softplus' &&
    argument === of &&
    (x === of ? factor === 1 : x === base && Math.abs(inverse - 1) < 1e-6) &&
    Math.fround(softplus(above)) === Math.fround(above)
  );
}

/** A value as another one times a number: itself times 1 where it is no such product. */
function factorOf(value: Computed): readonly [Computed, number] {
  const operands: readonly Readable[] = value.made?.operands ?? [];
  const of = operands.find((operand) => operand.kind === 'computed');
  const by = operands.find((operand) => operand.kind === 'fixed');
  if (of?.kind !== 'computed' || by?.kind !== 'fixed' || by.data.length !== 1) return [value, 1];
  const [number = Number.NaN] = by.data;
  if (makerOf(value) === 'Mul') return [of, number];
  return makerOf(value) === 'Div' && operands[0] === of ? [of, 1 / number] : [value, 1];
}
