/** `npm run test:fuzz`: other inputs each time, and many; FUZZ_RUNS=n tries n of each kind, FAST_CHECK_SEED=n the same again. */
import { defineConfig } from 'vitest/config';

const { FUZZ_RUNS = '1000', FAST_CHECK_SEED = String(Math.floor(Math.random() * 2 ** 31)) } = process.env;
process.stdout.write(`FUZZ_RUNS=${FUZZ_RUNS} FAST_CHECK_SEED=${FAST_CHECK_SEED}\n`);

export default defineConfig({
  test: {
    include: ['test/fuzz/*.test.ts'],
    setupFiles: ['test/properties.ts'],
    pool: 'forks',
    env: { ORT_DISABLE_TELEMETRY: '1', FUZZ_RUNS, FAST_CHECK_SEED },
    testTimeout: 60_000 * Math.max(1, Number(FUZZ_RUNS) / 20),
    hookTimeout: 120_000,
  },
});
