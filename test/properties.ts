/** Property tests try the same cases on every machine; FAST_CHECK_SEED looks at others. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 1) });
