/** A process that wants a folder again and again, and fails if it is ever not alone in it. */
import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { UnusableOutput } from '../../lib/base/errors.ts';
import { lockFolder } from '../../lib/store/folder-lock.ts';

const [, , folder = '', inside = '', times = ''] = process.argv;
let had = 0;
for (let time = 0; time < Number(times); time++) {
  try {
    using _ = await lockFolder(folder, { command: 'contender' });
    writeFileSync(inside, String(process.pid), { flag: 'wx' });
    await pause(Math.random() * 3);
    rmSync(inside);
    had++;
  } catch (error) {
    if (!(error instanceof UnusableOutput)) throw error;
  }
}
process.stdout.write(String(had));
