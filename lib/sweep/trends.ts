/** How figures change along a field of the grid whose values are numbers, or networks that differ in width or depth. */
import { group } from 'd3-array';
import { recordOf } from '../base/record.ts';
import type { GridPoint } from './cells.ts';
import type { Fields, Sweep } from './schema.ts';

/** A field as an axis. */
export interface TrendField {
  readonly field: string;
  readonly title: string;
  /** Of each value, as JSON: its place on the axis. */
  readonly places: ReadonlyMap<string, number>;
}

/** The grid points that differ in the field alone, each with what belongs to it. */
export interface Trend<Item> {
  readonly field: TrendField;
  /** The values of all other fields. */
  readonly others: Readonly<Record<string, unknown>>;
  /** Along the axis. */
  readonly stops: readonly { readonly place: number; readonly items: readonly Item[] }[];
}

/** Fields of widths, and how many of a list's entries are no hidden layers. */
const WIDTHS: Readonly<Record<string, number>> = { 'network.layers': 2, 'network.hidden': 0 };

/** The fields with two places or more, each of another value. */
export function trendFields({ grid }: Pick<Sweep, 'grid'>): TrendField[] {
  return grid.flatMap((one) => {
    const axis = axisOf(one);
    if (!axis || new Set(axis.places).size < Math.max(2, one.values.length)) return [];
    const places = one.values.map(
      (value, index) => [JSON.stringify(value), axis.places[index] ?? 0] as const,
    );
    return [{ field: one.field, title: axis.title, places: new Map(places) }];
  });
}

/** Numbers as they are; lists by the entries in which they differ, if these are equal within a list, otherwise by length. */
function axisOf({ field, values }: Fields[number]) {
  if (values.every(isNumber)) return { title: field, places: values };
  const lists = values.filter(isList);
  if (lists.length < values.length) return undefined;
  const ends = WIDTHS[field];
  if (new Set(lists.map(({ length }) => length)).size > 1) {
    const places = lists.map(({ length }) => length - (ends ?? 0));
    return { title: ends === undefined ? `${field}, entries` : 'hidden layers', places };
  }
  const differing = (lists[0] ?? []).flatMap((first, index) =>
    lists.some((list) => list[index] !== first) ? [index] : [],
  );
  const entries = lists.map((list) => new Set(differing.map((index) => list[index])));
  const places = entries.flatMap((own) => (own.size === 1 ? [...own] : [])).filter(isNumber);
  if (places.length < lists.length) return undefined;
  return { title: ends === undefined ? field : 'units of a hidden layer', places };
}

const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isList = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(isNumber);

/** The trends along each such field, one for each choice of the other fields' values. */
export function trendsOf<Item extends { readonly point: GridPoint }>(
  sweep: Pick<Sweep, 'grid'>,
  items: readonly Item[],
): Trend<Item>[] {
  return trendFields(sweep).flatMap((axis) => {
    const names = sweep.grid.flatMap(({ field }) => (field === axis.field ? [] : [field]));
    const othersOf = ({ point }: Item) => recordOf(names, (name) => point.values[name]);
    const placeOf = ({ point }: Item) => axis.places.get(JSON.stringify(point.values[axis.field])) ?? 0;
    return [...group(items, (item) => JSON.stringify(othersOf(item)), placeOf).values()].map((stops) => {
      const [first = []] = stops.values();
      return {
        field: axis,
        others: first[0] ? othersOf(first[0]) : {},
        stops: [...stops]
          .map(([place, own]) => ({ place, items: own }))
          .sort((one, other) => one.place - other.place),
      };
    });
  });
}
