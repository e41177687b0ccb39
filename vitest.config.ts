import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/properties.ts'],
    // Processes, not threads: the engine starts threads of its own, and onnxruntime is loaded once per process.
    pool: 'forks',
    // Generous: a test waits for conditions, and a laptop may be busy. Nothing here should come near it.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
