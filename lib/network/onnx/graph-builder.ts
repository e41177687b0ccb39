/** Writes ONNX models, of IR version 8. */
import { encodeModel } from './schema.ts';
import { ATTRIBUTE_TYPES, ELEMENT_TYPES, type OnnxElementType } from './types.ts';

/** IR version and operator set that every runtime since 2022 reads. */
const IR_VERSION = 8;
const OPERATOR_SET = 17;

/** A float is given as `{ float }`, a graph inside this one as `{ graph }`. */
export type Attribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly graph: GraphBuilder };

export type Attributes = Readonly<Record<string, Attribute>>;

/** A size, or the name of a dimension that varies. */
export type Dimension = number | string;

function encodeAttribute(name: string, value: Attribute): object {
  const { float, graph, int, ints, string } = ATTRIBUTE_TYPES;
  if (typeof value === 'number') return { name, i: value, type: int };
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: string };
  if ('float' in value) return { name, f: value.float, type: float };
  if ('graph' in value) return { name, g: value.graph.toMessage(name), type: graph };
  return { name, ints: [...value], type: ints };
}

function encodeValueInfo(name: string, type: OnnxElementType, shape: readonly Dimension[]): object {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: ELEMENT_TYPES[type], shape: { dim } } } };
}

function littleEndian(data: Float32Array | BigInt64Array | Int32Array | Uint8Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Puts a graph together node by node; values are named by the strings that its methods return. */
export class GraphBuilder {
  /** A GraphProto but for its name. */
  readonly #graph: Readonly<Record<'node' | 'initializer' | 'input' | 'output', object[]>>;
  readonly #domains = new Set<string>();
  /** Bytes of its constants. */
  #bytes = 0;
  /** The version of the standard's operators that its nodes are of. */
  readonly operatorSet: number;

  constructor(operatorSet = OPERATOR_SET) {
    this.operatorSet = operatorSet;
    this.#graph = { node: [], initializer: [], input: [], output: [] };
  }

  input(name: string, type: OnnxElementType, shape: readonly Dimension[]): string {
    this.#graph.input.push(encodeValueInfo(name, type, shape));
    return name;
  }

  output(name: string, type: OnnxElementType, shape: readonly Dimension[]): void {
    this.#graph.output.push(encodeValueInfo(name, type, shape));
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

  #constant(name: string, type: OnnxElementType, dims: readonly number[], rawData: Uint8Array): string {
    this.#bytes += rawData.length;
    this.#graph.initializer.push({ name, dims: [...dims], dataType: ELEMENT_TYPES[type], rawData });
    return name;
  }

  /**
   * A node with one output, which it returns; and which it is named by, unless it is given a name. Operators of another
   * domain than the standard's are called `domain::Operator`; their version is 1.
   */
  node(op: string, inputs: readonly string[], output: string, attributes: Attributes = {}, name?: string) {
    this.nodes(op, inputs, [output], attributes, name);
    return output;
  }

  nodes(
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Attributes = {},
    name = `${opType}:${outputs[0]}`,
  ): void {
    const [operator = '', domain = ''] = opType.split('::').toReversed();
    if (domain !== '') this.#domains.add(domain);
    this.#graph.node.push({
      opType: operator,
      ...(domain === '' ? {} : { domain }),
      name,
      input: [...inputs],
      output: [...outputs],
      attribute: Object.entries(attributes).map(([key, value]) => encodeAttribute(key, value)),
    });
  }

  /** The same, with a suffix to every name. */
  suffixed(suffix: string): Pick<GraphBuilder, 'node' | 'floats' | 'ints'> {
    return {
      node: (opType, inputs, output, attributes) => this.node(opType, inputs, output + suffix, attributes),
      floats: (name, shape, data) => this.floats(name + suffix, shape, data),
      ints: (name, values) => this.ints(name + suffix, values),
    };
  }

  /** The graph as a part of a model, or of another graph. */
  toMessage(name: string): object {
    return { name, ...this.#graph };
  }

  /** The model's bytes, as a .onnx file holds them. */
  build(name: string, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
    const model = {
      irVersion: IR_VERSION,
      producerName: 'tombola',
      graph: this.toMessage(name),
      opsetImport: [
        { domain: '', version: this.operatorSet },
        ...Array.from(this.#domains, (domain) => ({ domain, version: 1 })),
      ],
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    };
    return encodeModel(model, this.#bytes);
  }
}
