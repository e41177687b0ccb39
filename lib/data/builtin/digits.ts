/** Reads the digits that ship with Tombola: 64 pixels 0..16 and the label, a row an image. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { z } from 'zod';
import type { Samples } from '../dataset.ts';

const FEATURES = 64;
const rows = z.array(z.tuple([z.number()], z.number()).refine((row) => row.length === FEATURES + 1));

export function readDigits(path: string): Samples {
  const table = rows.parse(
    Papa.parse(gunzipSync(readFileSync(path)).toString('utf8'), { dynamicTyping: true, skipEmptyLines: true })
      .data,
  );
  return {
    features: FEATURES,
    x: Float32Array.from(table.flatMap((row) => row.slice(0, FEATURES))),
    labels: Uint16Array.from(table, (row) => row[FEATURES] ?? 0),
  };
}
