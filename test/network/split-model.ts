/** Models as PyTorch writes them by default: large tensors in a file beside. */
import { ModelProto } from '../../lib/network/onnx/schema.ts';

interface Tensor {
  rawData?: Uint8Array;
  dataLocation?: number;
  externalData?: { key: string; value: string }[];
}

/** The model with its initializers in that file, and the file's bytes; `entries`: other entries than their places. */
export function splitModel(whole: Uint8Array, location: string, entries?: Readonly<Record<string, string>>) {
  const model = ModelProto.toObject(ModelProto.decode(whole), { longs: Number });
  const beside: Uint8Array[] = [];
  let offset = 0;
  const tensors: Tensor[] = model.graph.initializer;
  for (const tensor of tensors) {
    const { rawData } = tensor;
    if (!rawData || rawData.length < 64) continue;
    beside.push(rawData);
    const place = entries ?? { offset: String(offset), length: String(rawData.length) };
    offset += rawData.length;
    tensor.externalData = Object.entries({ location, ...place }).map(([key, value]) => ({ key, value }));
    tensor.dataLocation = 1;
    delete tensor.rawData;
  }
  return { model: ModelProto.encode(ModelProto.create(model)).finish(), data: Buffer.concat(beside) };
}
