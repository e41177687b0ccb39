/** The input of a model, one sample after another along its first axis. */
import type { OnnxGraph, OnnxValueInfo } from '../onnx/decoder.ts';
import { ELEMENT_TYPES } from '../onnx/types.ts';
import { type Computed, Refusal } from '../operators/call.ts';
import { sizeOf } from '../tensor.ts';
import { quotedNames } from './output.ts';
import { adviceOn, typeName } from './tensors.ts';

const MOST_FEATURES = 2 ** 26;
const MOST_AXES = 8;
const FOR_FLOATS =
  'Export the network for an input of float32 (skl2onnx: FloatTensorType, or float32 samples), without the conversion before it';

/** `names`: what the scores depend on. Throws `Refusal`. */
export function readInput(graph: OnnxGraph, names: ReadonlySet<string>) {
  const initializers = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => names.has(name) && !initializers.has(name));
  const [input] = inputs;
  if (input === undefined) throw new Refusal('the output depends on none; one is needed');
  if (inputs.length > 1)
    throw new Refusal(
      `there are ${inputs.length} (${quotedNames(inputs.map(({ name }) => name))}); networks of one input are supported. Join them in the network, or fix the others to constants before exporting`,
    );
  const dims = dimsOf(input);
  const text = `"${input.name}" [${dims.map((dim) => dim.value ?? dim.name ?? '?').join(', ')}]`;
  const [samples, ...rest] = dims;
  if (samples === undefined || rest.length === 0)
    throw new Refusal(`${text} has no axis for features after the axis of the samples; [N, …] is needed`);
  const dynamic = rest.findIndex(({ value }) => value === undefined);
  if (dynamic !== -1)
    throw new Refusal(
      `${text}: axis ${dynamic + 1} is dynamic; only the first, the axis of the samples, may be. Export with fixed sizes`,
    );
  const shape = rest.map(({ value = 0 }) => value);
  if (sizeOf(shape) > MOST_FEATURES || shape.length > MOST_AXES)
    throw new Refusal(
      `${text} has ${sizeOf(shape)} features on ${shape.length} axes; ${MOST_FEATURES} on ${MOST_AXES} are the most allowed`,
    );
  const value: Computed = { kind: 'computed', name: input.name, shape };
  return { value, fixedSamples: samples.value };
}

/** Sizes, undefined where dynamic. */
function dimsOf({ name, type }: OnnxValueInfo): { value: number | undefined; name: string | undefined }[] {
  const { tensorType } = type;
  if (tensorType?.shape === undefined)
    throw new Refusal(`"${name}" has no shape; a tensor [N, …] of fixed sizes is needed`);
  if (tensorType.elemType !== ELEMENT_TYPES.float32) {
    const found = typeName(tensorType.elemType);
    const advice = /int|bool/.test(found) ? FOR_FLOATS : adviceOn(tensorType.elemType);
    throw new Refusal(`"${name}" is ${found}; float32 is needed. ${advice}`);
  }
  return tensorType.shape.dim.map(({ dimValue = 0, dimParam }) => ({
    value: Number.isSafeInteger(dimValue) && dimValue > 0 ? dimValue : undefined,
    name: dimParam,
  }));
}
