/** How wide runs may go in an account that runs few functions at a time. Results never depend on it. */

/** Functions that the other steps of runs are left. */
const KEPT_FREE = 2;

/** Chunks at a time that fit into an account with room for so many functions; undefined: nobody knows. */
export function roomFor(functions: number | undefined): number {
  return functions === undefined ? Number.POSITIVE_INFINITY : Math.max(1, functions - KEPT_FREE);
}

/** A spec whose chunks fit into `room`. */
export function within<Spec extends { readonly evaluation: { readonly maxConcurrency: number } }>(
  spec: Spec,
  room: number,
): Spec {
  const { evaluation } = spec;
  return {
    ...spec,
    evaluation: { ...evaluation, maxConcurrency: Math.min(evaluation.maxConcurrency, room) },
  };
}

/** Cells of a sweep at a time, and chunks that each of them has, so that all of them fit. */
export function shareRoom(room: number, cells: number): { readonly cells: number; readonly chunks: number } {
  const together = Math.max(1, Math.min(cells, room));
  return { cells: together, chunks: Math.max(1, Math.floor(room / together)) };
}
