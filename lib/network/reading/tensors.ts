/** Tensors that a model holds. */
import type { OnnxTensor } from '../onnx/decoder.ts';
import { ELEMENT_TYPES } from '../onnx/schema.ts';
import { type Fixed, Refusal, type Wholes } from '../operators/call.ts';
import { sizeOf } from '../tensor.ts';

/** Names of TensorProto.DataType, by number. */
const TYPE_NAMES = [
  'of no type',
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
  'float8',
  'float8',
  'float8',
  'float8',
  'uint4',
  'int4',
  'float4',
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
      'its data are in a file of their own; they must be in the model. Export with external_data=False, or load it with onnx.load and write it with onnx.save',
    );
  const size = sizeOf(dims);
  if (dims.length > MOST_AXES)
    throw new Refusal(`it has ${dims.length} axes; at most ${MOST_AXES} are allowed. Export the model again`);
  if (segment !== undefined || !dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0))
    throw new Refusal(`its shape [${dims.join(', ')}] or its data are damaged. Export the model again`);
  if (dataType === ELEMENT_TYPES.float32) {
    const data = floatData(tensor, size);
    if (!data.every(Number.isFinite)) {
      const place = data.findIndex((value) => !Number.isFinite(value));
      throw new Refusal(`its element ${place} is ${data[place]}; all must be finite`);
    }
    return { kind: 'fixed', origin, shape: dims, data };
  }
  const values = wholeData(tensor, size);
  return { kind: 'wholes', shape: dims, values };
}

function damaged(found: number, shape: readonly number[], expected: number): Refusal {
  return new Refusal(
    `it holds ${found} values, its shape [${shape.join(', ')}] needs ${expected}. The file is damaged: export the model again`,
  );
}

/** A copy at the start of a buffer of its own. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function floatData({ rawData, floatData, dims }: OnnxTensor, size: number): Float32Array {
  const found = rawData ? rawData.length / Float32Array.BYTES_PER_ELEMENT : floatData.length;
  if (found !== size) throw damaged(found, dims, size);
  return rawData ? new Float32Array(aligned(rawData)) : Float32Array.from(floatData);
}

function wholeData(tensor: OnnxTensor, size: number): number[] {
  const { dataType, rawData, int32Data, int64Data, dims } = tensor;
  const checked = (values: readonly number[]) => {
    if (values.length !== size) throw damaged(values.length, dims, size);
    return [...values];
  };
  switch (dataType) {
    case ELEMENT_TYPES.int64: {
      if (!rawData) return checked(int64Data);
      if (rawData.length % 8 !== 0) throw damaged(rawData.length / 8, dims, size);
      return checked(Array.from(new BigInt64Array(aligned(rawData)), Number));
    }
    case ELEMENT_TYPES.int32: {
      if (!rawData) return checked(int32Data);
      if (rawData.length % 4 !== 0) throw damaged(rawData.length / 4, dims, size);
      return checked(Array.from(new Int32Array(aligned(rawData))));
    }
    case ELEMENT_TYPES.bool:
      return checked(rawData ? Array.from(rawData) : int32Data);
    default:
      throw new Refusal(`it is ${typeName(dataType)}; weights must be float32. ${adviceOn(dataType)}`);
  }
}
