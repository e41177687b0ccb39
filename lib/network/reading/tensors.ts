/** Tensors that a model holds. */
import type { OnnxTensor } from '../onnx/decoder.ts';
import { ELEMENT_TYPES } from '../onnx/types.ts';
import { type Fixed, Refusal, type Wholes } from '../operators/call.ts';
import { sizeOf } from '../tensor.ts';

/** Names of TensorProto.DataType, by number. */
const TYPE_NAMES = [
  'of no type',
  ...'float32 uint8 int8 uint16 int16 int32 int64 string bool float16 float64'.split(' '),
  ...'uint32 uint64 complex64 complex128 bfloat16 float8 float8 float8 float8 uint4 int4 float4'.split(' '),
];

export function typeName(type: number): string {
  return TYPE_NAMES[type] ?? `of type ${type}`;
}

/** Advice on a tensor, or an input, of that type. */
export function adviceOn(type: number): string {
  const name = typeName(type);
  if (name === 'float16' || name === 'bfloat16' || name === 'float64')
    return 'Convert the network to float32 before exporting it (PyTorch: model.float())';
  if (name.includes('int') || name.startsWith('float'))
    return 'Quantised networks are not supported: export the float32 network that it was made of';
  return 'Export the model again';
}

const LOCATION_EXTERNAL = 1;
/** More than any weight has, with those of broadcasting. */
const MOST_AXES = 16;

/** An initializer, or the value of a Constant. Throws `Refusal`. */
export function readTensor(tensor: OnnxTensor, origin: string): Fixed | Wholes {
  const { dims, dataType, externalData, dataLocation, segment } = tensor;
  if (dataLocation === LOCATION_EXTERNAL || externalData.length > 0)
    throw new Refusal(
      'its data are in a separate file; they must be in the model. Export with external_data=False, or load it with onnx.load and write it with onnx.save',
    );
  if (dims.length > MOST_AXES)
    throw new Refusal(`it has ${dims.length} axes; at most ${MOST_AXES} are allowed. Export the model again`);
  if (segment !== undefined || !dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0))
    throw new Refusal(`its shape [${dims.join(', ')}] or its data are damaged. Export the model again`);
  if (dataType === ELEMENT_TYPES.float32) {
    const data = Float32Array.from(numbersOf(tensor, Float32Array, tensor.floatData));
    if (!data.every(Number.isFinite)) {
      const place = data.findIndex((value) => !Number.isFinite(value));
      throw new Refusal(`its element ${place} is ${data[place]}; all must be finite`);
    }
    return { kind: 'fixed', origin, shape: dims, data };
  }
  return { kind: 'wholes', shape: dims, values: Array.from(wholesIn(tensor), Number) };
}

/** The numbers of a tensor: in its raw bytes as elements of `type`, or else in a field of their own. */
function numbersOf<Element extends number | bigint>(
  { dims, rawData }: OnnxTensor,
  type: { readonly BYTES_PER_ELEMENT: number; new (buffer: ArrayBuffer): ArrayLike<Element> },
  field: readonly number[],
): ArrayLike<Element | number> {
  const found = rawData ? rawData.length / type.BYTES_PER_ELEMENT : field.length;
  const size = sizeOf(dims);
  if (found !== size)
    throw new Refusal(
      `it holds ${found} values, its shape [${dims.join(', ')}] needs ${size}. The file is damaged: export the model again`,
    );
  // A copy at the start of a buffer of its own, where elements are aligned.
  return rawData ? new type(new Uint8Array(rawData).buffer) : field;
}

function wholesIn(tensor: OnnxTensor): ArrayLike<number | bigint> {
  const { dataType, int32Data, int64Data } = tensor;
  if (dataType === ELEMENT_TYPES.int64) return numbersOf(tensor, BigInt64Array, int64Data);
  if (dataType === ELEMENT_TYPES.int32) return numbersOf(tensor, Int32Array, int32Data);
  if (dataType === ELEMENT_TYPES.bool) return numbersOf(tensor, Uint8Array, int32Data);
  throw new Refusal(`it is ${typeName(dataType)}; weights must be float32. ${adviceOn(dataType)}`);
}
