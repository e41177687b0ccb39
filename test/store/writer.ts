/** A process of its own in effect: a thread that keeps replacing one large object until it has done so 60 times. */
import { workerData } from 'node:worker_threads';
import { FolderStore } from '../../lib/store/folder.ts';

const { uri, key, size } = workerData;
const store = new FolderStore(uri);
for (let version = 0; version < 60; version++) {
  await store.put(key, new Uint8Array(size + version).fill(version));
}
