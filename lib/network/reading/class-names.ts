/** The names that a model of scikit-learn gives its classes, in the order of its scores. */
import type { OnnxGraph, OnnxNode } from '../onnx/decoder.ts';

/** Class names of a ZipMap, or else of the constant that labels are picked from; undefined if they are 0, 1, … in order. */
export function classNamesOf({ node, initializer }: OnnxGraph, classes: number): string[] | undefined {
  const zipped = node.find(({ opType }) => opType === 'ZipMap');
  const names = zipped ? labelsOf(zipped) : pickedFrom(node, initializer);
  const told = names.length === classes && names.some((name, index) => name !== String(index));
  return told ? names : undefined;
}

function labelsOf({ attribute }: OnnxNode): string[] {
  const named = (name: string) => attribute.find((one) => one.name === name);
  const texts = named('classlabels_strings')?.strings ?? [];
  if (texts.length > 0) return texts.map((bytes) => new TextDecoder().decode(bytes));
  return (named('classlabels_int64s')?.ints ?? []).map(String);
}

function pickedFrom(nodes: readonly OnnxNode[], tensors: OnnxGraph['initializer']): string[] {
  const picker = nodes.find(({ opType }) => opType === 'ArrayFeatureExtractor');
  const labels = tensors.find(({ name }) => name === picker?.input[0]);
  if (labels === undefined) return [];
  if (labels.stringData.length > 0) return labels.stringData.map((bytes) => new TextDecoder().decode(bytes));
  return [...labels.int64Data, ...labels.int32Data].map(String);
}
