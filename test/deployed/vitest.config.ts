import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/deployed/*.deployed.ts'],
    pool: 'forks',
    // A deployment and its runs; the whole takes about a minute.
    testTimeout: 180_000,
    hookTimeout: 600_000,
  },
});
