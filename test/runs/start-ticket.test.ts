/** A spec whose network begins with the ticket of another run. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFile } from '../../lib/base/file-source.ts';
import { encodeSafetensors } from '../../lib/data/safetensors.ts';
import { isGraph } from '../../lib/network/network.ts';
import { encodeTicket } from '../../lib/runs/networks.ts';
import { resolveSpec } from '../../lib/runs/spec-resolution.ts';
import { askedHash, specHash } from '../../lib/runspec/identity.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';
import { isComplete } from '../../lib/runspec/shape.ts';
import { pack } from '../../lib/search/genome.ts';
import { temporaryFolder } from '../steps/small-run.ts';

const specWith = (ticket: string, more: object = {}) => ({
  algorithm: 'fine-tuning',
  task: { dataset: 'moons', train: 50, test: 20 },
  network: { layers: [2, 2, 2], ticket },
  ...more,
});
const network = {
  widths: [2, 2, 2],
  weights: [Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8)],
  biases: [Float32Array.of(0.5, -0.5), Float32Array.of(0.25, -0.25)],
};

async function ticketIn(folder: string): Promise<string> {
  const file = join(folder, 'ticket.safetensors');
  await writeFile(file, encodeTicket(network, pack(Uint8Array.of(1, 0, 1, 1, 0, 0, 1, 0)), 8, {}));
  return file;
}

const resolve = (spec: object) => resolveSpec(parseSpec(spec), openFile);

test('its weights take the place of those that are drawn, the pruned ones 0', async () => {
  const file = await ticketIn(await temporaryFolder());
  const found = await resolve(specWith(file));
  if (isGraph(found.network)) throw new Error('a perceptron');
  expect(found.network.weights).toEqual([Float32Array.of(1, 0, 3, 4), Float32Array.of(0, 0, 7, 0)]);
  expect(found.network.biases).toEqual(network.biases);
});

test('it is known by its digest, and before it is read by its place', async () => {
  const folder = await temporaryFolder();
  const file = await ticketIn(folder);
  const asked = parseSpec(specWith(file));
  expect(isComplete(asked)).toBe(false);
  const { spec } = await resolve(specWith(file));
  expect(isComplete(spec)).toBe(true);
  expect(askedHash(spec)).toBe(askedHash(asked));
  await mkdir(join(folder, 'moved'));
  const moved = join(folder, 'moved', 'ticket.safetensors');
  await rename(file, moved);
  const there = (await resolve(specWith(moved))).spec;
  expect(specHash(there)).toBe(specHash(spec));
  expect(askedHash(there)).not.toBe(askedHash(spec));
});

test.each([
  [
    'of another network',
    { network: { layers: [2, 3, 2] } },
    "'layers.0.weight' has shape [2, 2], expected [3, 2]",
  ],
  [
    'that has changed',
    { network: { ticketSha256: 'f'.repeat(64) } },
    'network.ticketSha256: found ffffffffffff…, but',
  ],
  [
    'for a search',
    { algorithm: 'sltn-ga' },
    'network.ticket: found with "algorithm": "sltn-ga", which looks for a ticket',
  ],
  [
    'beside a planted one',
    { network: { planted: true } },
    'network.planted: found true, but the weights are those of network.ticket',
  ],
])('a ticket %s is refused', async (_, more, message) => {
  const file = await ticketIn(await temporaryFolder());
  const { network: own = {}, ...rest } = more as { network?: object };
  const spec = specWith(file, rest);
  await expect((async () => resolve({ ...spec, network: { ...spec.network, ...own } }))()).rejects.toThrow(
    message,
  );
});

test('a file without masks is refused', async () => {
  const file = join(await temporaryFolder(), 'weights.safetensors');
  const tensors = Object.fromEntries(
    network.weights.flatMap((data, index) => [
      [`layers.${index}.weight`, { shape: [2, 2], data }],
      [`layers.${index}.bias`, { shape: [2], data: network.biases[index] ?? new Float32Array() }],
    ]),
  );
  await writeFile(file, encodeSafetensors(tensors));
  await expect(resolve(specWith(file))).rejects.toThrow(
    'holds no masks; give the ticket.safetensors of a finished run',
  );
});
