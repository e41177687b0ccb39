/**
 * Writes ONNX models. The messages are the subset of onnx.proto (github.com/onnx/onnx, IR version 8) that Tombola's
 * graphs use; field numbers are the standard's.
 */
import protobuf from 'protobufjs';

const ONNX = protobuf.Root.fromJSON({
  nested: {
    onnx: {
      nested: {
        StringStringEntryProto: {
          fields: { key: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } },
        },
        TensorProto: {
          fields: {
            dims: { rule: 'repeated', type: 'int64', id: 1, options: { packed: false } },
            dataType: { type: 'int32', id: 2 },
            name: { type: 'string', id: 8 },
            rawData: { type: 'bytes', id: 9 },
          },
        },
        AttributeProto: {
          fields: {
            name: { type: 'string', id: 1 },
            f: { type: 'float', id: 2 },
            i: { type: 'int64', id: 3 },
            g: { type: 'GraphProto', id: 6 },
            floats: { rule: 'repeated', type: 'float', id: 7, options: { packed: false } },
            ints: { rule: 'repeated', type: 'int64', id: 8, options: { packed: false } },
            type: { type: 'int32', id: 20 },
          },
        },
        NodeProto: {
          fields: {
            input: { rule: 'repeated', type: 'string', id: 1 },
            output: { rule: 'repeated', type: 'string', id: 2 },
            name: { type: 'string', id: 3 },
            opType: { type: 'string', id: 4 },
            attribute: { rule: 'repeated', type: 'AttributeProto', id: 5 },
          },
        },
        Dimension: {
          oneofs: { value: { oneof: ['dimValue', 'dimParam'] } },
          fields: { dimValue: { type: 'int64', id: 1 }, dimParam: { type: 'string', id: 2 } },
        },
        TensorShapeProto: { fields: { dim: { rule: 'repeated', type: 'Dimension', id: 1 } } },
        TensorType: {
          fields: { elemType: { type: 'int32', id: 1 }, shape: { type: 'TensorShapeProto', id: 2 } },
        },
        TypeProto: { fields: { tensorType: { type: 'TensorType', id: 1 } } },
        ValueInfoProto: {
          fields: { name: { type: 'string', id: 1 }, type: { type: 'TypeProto', id: 2 } },
        },
        GraphProto: {
          fields: {
            node: { rule: 'repeated', type: 'NodeProto', id: 1 },
            name: { type: 'string', id: 2 },
            initializer: { rule: 'repeated', type: 'TensorProto', id: 5 },
            input: { rule: 'repeated', type: 'ValueInfoProto', id: 11 },
            output: { rule: 'repeated', type: 'ValueInfoProto', id: 12 },
          },
        },
        OperatorSetIdProto: {
          fields: { domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } },
        },
        ModelProto: {
          fields: {
            irVersion: { type: 'int64', id: 1 },
            producerName: { type: 'string', id: 2 },
            producerVersion: { type: 'string', id: 3 },
            graph: { type: 'GraphProto', id: 7 },
            opsetImport: { rule: 'repeated', type: 'OperatorSetIdProto', id: 8 },
            metadataProps: { rule: 'repeated', type: 'StringStringEntryProto', id: 14 },
          },
        },
      },
    },
  },
});

const ModelProto = ONNX.lookupType('onnx.ModelProto');

/** IR version and operator set that every runtime since 2022 reads. */
const IR_VERSION = 8;
const OPERATOR_SET = 17;

/** TensorProto.DataType. */
export const ELEMENT_TYPES = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 } as const;
export type ElementType = keyof typeof ELEMENT_TYPES;

/** AttributeProto.AttributeType. */
const FLOAT = 1;
const INT = 2;
const GRAPH = 5;
const INTS = 7;

/** A whole number, a list of whole numbers, a float given as `{ float }`, or a graph inside this one as `{ graph }`. */
export type Attribute =
  | number
  | readonly number[]
  | { readonly float: number }
  | { readonly graph: GraphBuilder };

/** A size, or the name of a dimension that varies. */
export type Dimension = number | string;

function encodeAttribute(name: string, value: Attribute): object {
  if (typeof value === 'number') return { name, i: value, type: INT };
  if ('float' in value) return { name, f: value.float, type: FLOAT };
  if ('graph' in value) return { name, g: value.graph.toMessage(name), type: GRAPH };
  return { name, ints: [...value], type: INTS };
}

function encodeValueInfo(name: string, type: ElementType, shape: readonly Dimension[]): object {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: ELEMENT_TYPES[type], shape: { dim } } } };
}

function littleEndian(data: Float32Array | BigInt64Array | Int32Array | Uint8Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Puts a graph together node by node; values are named by the strings that its methods return. */
export class GraphBuilder {
  readonly #nodes: object[] = [];
  readonly #initializers: object[] = [];
  readonly #inputs: object[] = [];
  readonly #outputs: object[] = [];

  input(name: string, type: ElementType, shape: readonly Dimension[]): string {
    this.#inputs.push(encodeValueInfo(name, type, shape));
    return name;
  }

  output(name: string, type: ElementType, shape: readonly Dimension[]): void {
    this.#outputs.push(encodeValueInfo(name, type, shape));
  }

  /** A constant float32 tensor. */
  floats(name: string, shape: readonly number[], data: Float32Array | readonly number[]): string {
    const values = data instanceof Float32Array ? data : Float32Array.from(data);
    return this.#constant(name, 'float32', shape, littleEndian(values));
  }

  /** A constant int64 vector: shapes, axes, positions. */
  ints(name: string, values: readonly number[]): string {
    const data = BigInt64Array.from(values, (value) => BigInt(value));
    return this.#constant(name, 'int64', [values.length], littleEndian(data));
  }

  #constant(name: string, type: ElementType, dims: readonly number[], rawData: Uint8Array): string {
    this.#initializers.push({ name, dims: [...dims], dataType: ELEMENT_TYPES[type], rawData });
    return name;
  }

  /** A node with one output, which it is named by. */
  node(
    opType: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    this.nodes(opType, inputs, [output], attributes);
    return output;
  }

  nodes(
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): void {
    this.#nodes.push({
      opType,
      name: `${opType}:${outputs[0]}`,
      input: [...inputs],
      output: [...outputs],
      attribute: Object.entries(attributes).map(([key, value]) => encodeAttribute(key, value)),
    });
  }

  /** The graph as a part of a model, or of another graph. */
  toMessage(name: string): object {
    return {
      name,
      node: this.#nodes,
      initializer: this.#initializers,
      input: this.#inputs,
      output: this.#outputs,
    };
  }

  /** The model's bytes, as a .onnx file holds them. */
  build(name: string, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
    const model = {
      irVersion: IR_VERSION,
      producerName: 'tombola',
      graph: this.toMessage(name),
      opsetImport: [{ domain: '', version: OPERATOR_SET }],
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    };
    return ModelProto.encode(model).finish();
  }
}
