/** Files of models that users name. */
import { dirname, join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { memo } from '../base/memo.ts';
import type { OpenSource, Source } from '../base/source.ts';
import type { ExternalData } from '../network/onnx/external-data.ts';
import { UnusableModel } from '../network/unusable-model.ts';

/** 130 million weights; reading a model takes several times its size. */
const MOST_BYTES = 2 ** 29;

export interface ModelFile {
  /** As the user wrote it: what errors name. */
  readonly name: string;
  /** With all its data: those in files beside it are moved into it, so that equal bytes are equal models. */
  readonly bytes: Uint8Array;
  /** Whether some were. */
  readonly external: boolean;
}

/**
 * A model's file, by its path or URI. Throws UserError where it cannot be read, and `UnusableModel` where it or its data are
 * too large, which are not read then, or damaged.
 */
export async function readModel(uri: string, open: OpenSource): Promise<ModelFile> {
  const source = await open(uri);
  const { name } = source;
  refuseLarge(name, source.size);
  const bytes = await source.read(0, source.size);
  const { externalModel } = await import('../network/onnx/external-data.ts');
  const model = externalModel(bytes, name);
  if (!model) return { name, bytes, external: false };
  const files = new Map<string, Promise<Source>>();
  const parts: Part[] = [];
  for (const data of model.data) {
    const file = await memo(files, data.location, () => openBeside(uri, name, data, open));
    parts.push(partOf(file, data, name));
  }
  refuseLarge(
    name,
    parts.reduce((sum, { from, to }) => sum + to - from, source.size),
  );
  const data: Uint8Array[] = [];
  for (const { file, from, to } of parts) data.push(await file.read(from, to));
  return { name, bytes: model.withData(data), external: true };
}

function refuseLarge(name: string, bytes: number): void {
  if (bytes <= MOST_BYTES) return;
  throw new UnusableModel(name, [
    `it has ${bytes} bytes; ${MOST_BYTES} are the most that are read. Export the classifier alone, without optimiser state, or a smaller one`,
  ]);
}

async function openBeside(uri: string, model: string, { tensor, location }: ExternalData, open: OpenSource) {
  try {
    return await open(beside(uri, location));
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    throw new UnusableModel(
      model,
      [
        `tensor "${tensor}": its data are in the file '${location}' beside the model, which cannot be read (${cause.message}). Keep both in one folder, or export with external_data=False`,
      ],
      { cause },
    );
  }
}

/** The path or URI of a file from the folder of another. */
function beside(uri: string, location: string): string {
  if (!/^[a-z\d]{2,}:/i.test(uri)) return join(dirname(uri), location);
  const path = uri.startsWith('file:') ? location.split('/').map(encodeURIComponent).join('/') : location;
  return uri.slice(0, uri.lastIndexOf('/') + 1) + path;
}

interface Part {
  readonly file: Source;
  readonly from: number;
  readonly to: number;
}

function partOf(file: Source, { tensor, location, offset, length }: ExternalData, model: string): Part {
  const to = length === undefined ? file.size : offset + length;
  if (offset <= to && to <= file.size) return { file, from: offset, to };
  throw new UnusableModel(model, [
    `tensor "${tensor}": its data are the bytes ${offset} to ${to} of '${location}', which has ${file.size}: it is not whole, or of another model. Copy both again`,
  ]);
}
