/** Memory that is given back at once: large arrays outlive their use until the next garbage collection, which may be far. */

/** Frees an array that nobody reads any more. One that shares its buffer with others is left as it is. */
export function discard({ buffer, byteLength }: ArrayBufferView): void {
  if (!(buffer instanceof ArrayBuffer) || byteLength === 0 || byteLength < buffer.byteLength) return;
  // Node 20 cannot: there the garbage collector does it, later.
  buffer.transfer?.(0);
}
