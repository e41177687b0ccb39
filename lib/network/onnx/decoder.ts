/** The bytes of an ONNX file as plain objects; what they mean is not looked at here. */
import { z } from 'zod';
import { UnusableModel } from '../unusable-model.ts';
import { ModelProto } from './schema.ts';

const text = z.string().default('');
/** Not finite perhaps. */
const number = z.custom<number>((value) => typeof value === 'number').default(0);
const texts = z.array(z.instanceof(Uint8Array)).default([]);
/** Long lists of numbers, whose elements protobufjs made. */
const numbers = z.custom<readonly number[]>(Array.isArray).default([]);

const tensorSchema = z.object({
  dims: numbers,
  dataType: number,
  name: text,
  floatData: numbers,
  int32Data: numbers,
  int64Data: numbers,
  stringData: texts,
  rawData: z.instanceof(Uint8Array).optional(),
  segment: z.unknown().optional(),
  externalData: z.array(z.unknown()).default([]),
  dataLocation: number,
});

const attributeSchema = z.object({
  name: text,
  type: number,
  f: number,
  i: number,
  s: z.instanceof(Uint8Array).optional(),
  t: tensorSchema.optional(),
  floats: numbers,
  ints: numbers,
  strings: texts,
  refAttrName: text,
});

const nodeSchema = z.object({
  input: z.array(z.string()).default([]),
  output: z.array(z.string()).default([]),
  name: text,
  opType: text,
  domain: text,
  attribute: z.array(attributeSchema).default([]),
});

const dimensionSchema = z.object({ dimValue: z.number().optional(), dimParam: z.string().optional() });
export const shapeSchema = z.object({ dim: z.array(dimensionSchema).default([]) });
const typeSchema = z.object({ elemType: number, shape: shapeSchema.optional() });
const valueInfoSchema = z.object({
  name: text,
  type: z.object({ tensorType: typeSchema.optional() }).default({}),
});

const modelSchema = z.object({
  graph: z
    .object({
      node: z.array(nodeSchema).default([]),
      initializer: z.array(tensorSchema).default([]),
      sparseInitializer: z.array(z.object({ values: tensorSchema.optional() })).default([]),
      input: z.array(valueInfoSchema).default([]),
      output: z.array(valueInfoSchema).default([]),
    })
    .optional(),
  opsetImport: z.array(z.object({ domain: text, version: number })).default([]),
});

export type OnnxTensor = z.output<typeof tensorSchema>;
export type OnnxNode = z.output<typeof nodeSchema>;
export type OnnxValueInfo = z.output<typeof valueInfoSchema>;
export type OnnxGraph = NonNullable<z.output<typeof modelSchema>['graph']>;

export interface OnnxModel {
  readonly graph: OnnxGraph;
  /** Version of the standard's operators. */
  readonly operatorSet: number;
}

const WHOLE = 'an .onnx file is needed, whole and unchanged. Export or copy it again';
/** Operator sets whose forms of every operator are known here. */
const OPERATOR_SETS = { least: 7, most: 28 };

/** Throws `UnusableModel` where the bytes are none of an ONNX model. */
export function decodeModel(bytes: Uint8Array, name: string): OnnxModel {
  const { graph, opsetImport } = parseModel(bytes, name, modelSchema, WHOLE);
  if (graph === undefined || (graph.node.length === 0 && graph.output.length === 0))
    throw new UnusableModel(name, [
      `these ${bytes.length} bytes hold no network; an ONNX model is needed, as torch.onnx.export, skl2onnx or tf2onnx write it. Export it again, or copy the whole file`,
    ]);
  const version = opsetImport.find(({ domain }) => isStandard(domain))?.version;
  if (version === undefined || version < OPERATOR_SETS.least || version > OPERATOR_SETS.most)
    throw new UnusableModel(name, [
      `its operator set is ${version ?? 'not given'}; sets ${OPERATOR_SETS.least} to ${OPERATOR_SETS.most} can be read. Export it with opset_version=17, or convert it with onnx.version_converter`,
    ]);
  return { graph, operatorSet: version };
}

/** Reads a model by a schema. Throws `UnusableModel`, which ends with `advice`, if the bytes are not a model. */
export function parseModel<Value>(bytes: Uint8Array, name: string, schema: z.ZodType<Value>, advice: string) {
  try {
    return schema.parse(ModelProto.toObject(ModelProto.decode(bytes), { longs: Number }));
  } catch (cause) {
    const problem = `these ${bytes.length} bytes are not an ONNX model, or a damaged one; ${advice}`;
    throw new UnusableModel(name, [problem], { cause });
  }
}

/** The domain of the standard's own operators. */
export function isStandard(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx';
}
