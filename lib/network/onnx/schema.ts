/** The messages of onnx.proto (github.com/onnx/onnx) that are written, read or refused, with the standard's numbers. */
import protobuf from 'protobufjs';

const one = (type: string, id: number) => ({ type, id });
const many = (type: string, id: number, packed = false) => ({
  rule: 'repeated',
  type,
  id,
  options: { packed },
});

const ONNX = protobuf.Root.fromJSON({
  nested: {
    onnx: {
      nested: {
        StringStringEntryProto: { fields: { key: one('string', 1), value: one('string', 2) } },
        Segment: { fields: { begin: one('int64', 1), end: one('int64', 2) } },
        TensorProto: {
          fields: {
            dims: many('int64', 1),
            dataType: one('int32', 2),
            segment: one('Segment', 3),
            floatData: many('float', 4, true),
            int32Data: many('int32', 5, true),
            stringData: many('bytes', 6),
            int64Data: many('int64', 7, true),
            name: one('string', 8),
            rawData: one('bytes', 9),
            externalData: many('StringStringEntryProto', 13),
            dataLocation: one('int32', 14),
          },
        },
        SparseTensorProto: { fields: { values: one('TensorProto', 1) } },
        AttributeProto: {
          fields: {
            name: one('string', 1),
            f: one('float', 2),
            i: one('int64', 3),
            s: one('bytes', 4),
            t: one('TensorProto', 5),
            g: one('GraphProto', 6),
            floats: many('float', 7),
            ints: many('int64', 8),
            strings: many('bytes', 9),
            type: one('int32', 20),
            refAttrName: one('string', 21),
          },
        },
        NodeProto: {
          fields: {
            input: many('string', 1),
            output: many('string', 2),
            name: one('string', 3),
            opType: one('string', 4),
            attribute: many('AttributeProto', 5),
            domain: one('string', 7),
          },
        },
        Dimension: {
          oneofs: { value: { oneof: ['dimValue', 'dimParam'] } },
          fields: { dimValue: one('int64', 1), dimParam: one('string', 2) },
        },
        TensorShapeProto: { fields: { dim: many('Dimension', 1) } },
        TensorType: { fields: { elemType: one('int32', 1), shape: one('TensorShapeProto', 2) } },
        TypeProto: { fields: { tensorType: one('TensorType', 1) } },
        ValueInfoProto: { fields: { name: one('string', 1), type: one('TypeProto', 2) } },
        GraphProto: {
          fields: {
            node: many('NodeProto', 1),
            name: one('string', 2),
            initializer: many('TensorProto', 5),
            input: many('ValueInfoProto', 11),
            output: many('ValueInfoProto', 12),
            sparseInitializer: many('SparseTensorProto', 15),
          },
        },
        OperatorSetIdProto: { fields: { domain: one('string', 1), version: one('int64', 2) } },
        ModelProto: {
          fields: {
            irVersion: one('int64', 1),
            producerName: one('string', 2),
            producerVersion: one('string', 3),
            graph: one('GraphProto', 7),
            opsetImport: many('OperatorSetIdProto', 8),
            metadataProps: many('StringStringEntryProto', 14),
          },
        },
      },
    },
  },
});

export const ModelProto = ONNX.lookupType('onnx.ModelProto');

/** The bytes of a model. `bytes`: about as many, or more, as they will be. */
export function encodeModel(model: object, bytes: number): Uint8Array {
  // A writer that grows copies what it has again and again.
  const writer = protobuf.Writer.create();
  writer.buf = Buffer.alloc(bytes + writer.buf.length);
  return ModelProto.encode(model, writer).finish(true);
}
