/** Runs on files in the cloud: uploaded from this computer, and read from a bucket that is not the stack's. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { openStore } from '../../lib/places/store.ts';
import * as keys from '../../lib/store/keys.ts';
import { resultSchema } from '../../lib/workflow/payloads.ts';
import { convnetModel, treesCsv } from '../engine/own-data.ts';
import {
  command,
  DATA_BUCKET,
  emulator,
  end,
  locally,
  outputOf,
  readTickets,
  SMALL,
  stack,
  start,
  TICKETS,
} from './deployment.ts';

const { task: _moons, ...SEARCH } = SMALL;

export function files(): void {
  test('a CSV file of this computer is uploaded, and its run ends with the ticket of the embedded engine', async () => {
    const name = 'own-data';
    const task = { train: 'trees of 2026.csv', validationShare: 0.2 };
    await writeFile(join(emulator.folder, task.train), treesCsv());
    await writeFile(join(emulator.folder, 'own.json'), JSON.stringify({ ...SEARCH, task }));
    await command('submit', 'own.json', '--name', name);
    expect(await command('watch', name)).toMatchObject({ status: 'succeeded', network: '[4,100,3]' });
    await command('pull', name);
    const here = { ...SEARCH, task: { ...task, train: join(emulator.folder, task.train) } };
    expect(await readTickets(join(emulator.folder, 'runs', name))).toEqual(
      (await locally(name, here)).tickets,
    );
  });

  test('data and a model of another bucket, too', async () => {
    const name = 'their-data';
    const data = { 'images.csv': treesCsv({ features: 16 }), 'net.onnx': convnetModel() };
    const client = new S3Client({ forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: DATA_BUCKET }));
    client.destroy();
    const bucket = await openStore(`s3://${DATA_BUCKET}/`);
    for (const [key, bytes] of Object.entries(data)) {
      await bucket.put(`trees/${key}`, bytes);
      await writeFile(join(emulator.folder, key), bytes);
    }
    const specIn = (folder: string) => ({
      ...SEARCH,
      search: { ...SEARCH.search, objective: 'cross-entropy' },
      task: { train: `${folder}/images.csv` },
      network: { model: `${folder}/net.onnx` },
    });
    const result = resultSchema.parse(
      outputOf(await end(await start(name, specIn(`s3://${DATA_BUCKET}/trees`)))),
    );
    const store = await openStore(result.run);
    const tickets = await Promise.all(TICKETS.map((key) => store.get(key)));
    const here = await locally(name, specIn(emulator.folder));
    expect(tickets.map((bytes) => Buffer.from(bytes))).toEqual(here.tickets);
    expect((await store.get(keys.GRAPH)).length).toBeGreaterThan(100);
    expect(result.run).toBe(`${stack.Runs}${name}/`);
  });
}
