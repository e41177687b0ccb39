import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
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
  },
});
