/** The numbers that the ONNX standard gives types: apart, so that who needs no models loads nothing that reads them. */

/** TensorProto.DataType. */
export const ELEMENT_TYPES = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 } as const;
export type OnnxElementType = keyof typeof ELEMENT_TYPES;

/** AttributeProto.AttributeType. */
export const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, floats: 6, ints: 7 };
