/** Tensors whose data are in files beside the model (onnx.ai/onnx, "External Data"), as PyTorch writes them by default. */
import { z } from 'zod';
import { UnusableModel } from '../unusable-model.ts';
import { parseModel } from './decoder.ts';
import { encodeModel } from './schema.ts';

/** The data of one tensor. */
export interface ExternalData {
  readonly tensor: string;
  /** Path of the file, from the model's folder. */
  readonly location: string;
  /** Bytes before them, and their number; undefined: up to the end of the file. */
  readonly offset: number;
  readonly length: number | undefined;
}

export interface ExternalModel {
  readonly data: readonly ExternalData[];
  /** The model's bytes with all data in it, given in that order. */
  withData(data: readonly Uint8Array[]): Uint8Array;
}

/** TensorProto.DataLocation.EXTERNAL. */
const EXTERNAL = 1;

const entrySchema = z.object({ key: z.string().default(''), value: z.string().default('') });
const tensorSchema = z.looseObject({
  name: z.string().default(''),
  dataLocation: z.number().optional(),
  externalData: z.array(entrySchema).optional(),
  rawData: z.custom<Uint8Array>((value) => value instanceof Uint8Array).optional(),
});
const attributeSchema = z.looseObject({ t: tensorSchema.optional() });
const nodeSchema = z.looseObject({ attribute: z.array(attributeSchema).optional() });
const graphSchema = z.looseObject({
  initializer: z.array(tensorSchema).optional(),
  node: z.array(nodeSchema).optional(),
});
const modelSchema = z.looseObject({ graph: graphSchema.optional() });

type Tensor = z.output<typeof tensorSchema>;

/** Undefined where the model holds all its data. Throws `UnusableModel` for bytes that are no model, or name no file. */
export function externalModel(bytes: Uint8Array, name: string): ExternalModel | undefined {
  // To decode a large model takes seconds: this word is in all of those, and in few others.
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('location')) return undefined;
  const model = parseModel(bytes, name, modelSchema, 'export or copy it again');
  const { initializer = [], node = [] } = model.graph ?? {};
  const inAttributes = node.flatMap(({ attribute = [] }) => attribute.flatMap(({ t }) => t ?? []));
  const tensors = [...initializer, ...inAttributes].filter(
    ({ dataLocation, externalData = [] }) => dataLocation === EXTERNAL || externalData.length > 0,
  );
  if (tensors.length === 0) return undefined;
  return {
    data: tensors.map((tensor) => dataOf(tensor, name)),
    withData(data) {
      for (const [index, tensor] of tensors.entries()) {
        tensor.rawData = data[index];
        delete tensor.externalData;
        delete tensor.dataLocation;
      }
      return encodeModel(model, bytes.length + data.reduce((sum, { length }) => sum + length, 0));
    },
  };
}

function dataOf({ name: tensor, externalData = [] }: Tensor, model: string): ExternalData {
  const entries = new Map(externalData.map(({ key, value }) => [key, value]));
  const location = entries.get('location') ?? '';
  const steps = location.split(/[\\/]/);
  if (steps.some((step) => ['', '.', '..'].includes(step)) || steps[0]?.includes(':')) {
    throw new UnusableModel(model, [
      `tensor "${tensor}": its data are in the file '${location}'; only files beside the model, or in folders there, are read. Load the model with onnx.load and write it with onnx.save`,
    ]);
  }
  const [offset = 0, length] = ['offset', 'length'].map((key) => {
    const value = entries.get(key);
    return value === undefined ? undefined : Number(value);
  });
  for (const number of [offset, length ?? 0]) {
    if (Number.isSafeInteger(number) && number >= 0) continue;
    throw new UnusableModel(model, [
      `tensor "${tensor}": its place in the file '${location}' is damaged. Export the model again`,
    ]);
  }
  return { tensor, location, offset, length };
}
