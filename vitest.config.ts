import { readFileSync, statfsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * Folders whose tests leave nothing behind in their process: one process loads the code once for all of them, which saves
 * half of their time. Files that replace modules (`vi.mock`) are not among them, nor is one whose handler has clients of servers
 * of its own.
 */
const TOGETHER =
  'algorithms,base,comparison,cost,data,docs,engine,evaluation,fuzz,lambdas,landscape,library,network,report,runs,runspec,search,serve,steps,store,sweep,training,workflow';
const ALONE = 'store-failures|durability|other-kernel|inbox';
const IN_ONE_PROCESS = [
  `test/{${TOGETHER}}/**/!(${ALONE}).test.ts`,
  // In the cloud, a process has one client, of one server.
  'test/cli/{,!(cloud)/}*.test.ts',
];

/** A folder in memory, on Linux. */
const MEMORY = '/dev/shm';
/** The bytes that it must have free, more than all tests together need. */
const ROOM = 4e9;

/** Temporary folders are in memory where there is room: a run waits for the disk dozens of times, so that it survives a power cut. */
function temporaryFolders(): Record<string, string> {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
    const isPlain = mounts.every((mount) => !mount.includes(` ${MEMORY} `) || !mount.includes('noexec'));
    return isPlain && bavail * bsize >= ROOM ? { TMPDIR: MEMORY } : {};
  } catch {
    return {};
  }
}

export default defineConfig({
  test: {
    setupFiles: ['test/properties.ts'],
    // Processes, not threads: the engine starts threads of its own, and onnxruntime is loaded once per process.
    pool: 'forks',
    // Vitest would leave a core free, and of two that is half.
    maxWorkers: availableParallelism(),
    // What a thread or a command of a test compiles, the next one finds: a quarter of the time that they take.
    env: {
      NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/tombola', import.meta.url)),
      ORT_DISABLE_TELEMETRY: '1',
      ...temporaryFolders(),
    },
    // Generous: a test waits for conditions, and a laptop may be busy. Nothing here should come near it.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'apart',
          include: ['test/**/*.test.ts'],
          exclude: IN_ONE_PROCESS,
        },
      },
      {
        extends: true,
        test: { name: 'together', include: IN_ONE_PROCESS, isolate: false },
      },
    ],
  },
});
