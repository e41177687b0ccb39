import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/package/*.package.ts'],
    pool: 'forks',
    maxWorkers: 1,
    // npm fetches what its cache lacks.
    testTimeout: 600_000,
    hookTimeout: 900_000,
  },
});
