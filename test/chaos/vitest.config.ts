import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/chaos/*.chaos.ts'],
    pool: 'forks',
    maxWorkers: 1,
    env: { ORT_DISABLE_TELEMETRY: '1' },
    testTimeout: 60_000 * Math.max(10, Number(process.env.CHAOS_TRIES ?? 10)),
    hookTimeout: 120_000,
  },
});
