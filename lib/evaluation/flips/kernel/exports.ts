export { configure } from './network';
export { countDoubts, tally } from './predictions';
export { consider } from './scoring';
export { flipAll, rebuild } from './flipping';
export { configureStages } from './stage-table';

/** The first byte of memory that the kernel itself does not use. */
export function heapBase(): usize {
  return __heap_base;
}
