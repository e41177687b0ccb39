/**
 * Patterns of names. Not by picomatch: names are no paths, so that * matches slashes and dots as well, and brackets and
 * braces are characters; with all of that switched off nothing of it is left.
 */

/** The whole names that a pattern matches: * is any characters, ? is one. */
export function expressionOf(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}
