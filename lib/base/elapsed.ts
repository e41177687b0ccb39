/** Time between two moments, in milliseconds. A clock that was set back in between takes no time away. */
export function elapsed(from: number, to: number): number {
  return Math.max(0, to - from);
}
