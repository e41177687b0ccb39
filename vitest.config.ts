import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * Folders whose tests leave nothing behind in their process: one process loads the code once for all of them, which saves
 * half of their time. Files that replace modules (`vi.mock`) are not among them.
 */
const TOGETHER =
  'algorithms,base,comparison,cost,data,evaluation,lambdas,landscape,library,network,report,runs,runspec,search,steps,store,sweep,training,workflow';
const ALONE = 'store-failures|durability';
const IN_ONE_PROCESS = [`test/{${TOGETHER}}/**/!(${ALONE}).test.ts`];

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
