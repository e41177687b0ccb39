/** Property tests try the same cases on every machine; FAST_CHECK_SEED looks at others. A file leaves no spy and no variable behind. */
import fc from 'fast-check';
import { afterAll, vi } from 'vitest';

fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 1) });

afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});
