/** Value of a map under a key; made and kept there if there is none yet. */
export function memo<Key, Value>(map: MapLike<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

type MapLike<Key, Value> = { get(key: Key): Value | undefined; set(key: Key, value: Value): unknown };
