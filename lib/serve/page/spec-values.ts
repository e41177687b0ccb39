/** The values of the form: the spec that is written so far, and its fields as texts. */
import * as z from 'zod/mini';
import { capitalized } from '../../base/capitalized.ts';

export type Values = Readonly<Record<string, unknown>>;

/** As much of JSON Schema as the form reads. */
export interface Node {
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly enum?: readonly unknown[] | undefined;
  readonly const?: unknown;
  readonly required?: readonly string[] | undefined;
  readonly properties?: Readonly<Record<string, Node>> | undefined;
  readonly oneOf?: readonly Node[] | undefined;
  readonly anyOf?: readonly Node[] | undefined;
}

export const nodeSchema: z.ZodMiniType<Node> = z.object({
  type: z.optional(z.string()),
  description: z.optional(z.string()),
  default: z.optional(z.unknown()),
  enum: z.optional(z.array(z.unknown())),
  const: z.optional(z.unknown()),
  required: z.optional(z.array(z.string())),
  get properties() {
    return z.optional(z.record(z.string(), nodeSchema));
  },
  get oneOf() {
    return z.optional(z.array(nodeSchema));
  },
  get anyOf() {
    return z.optional(z.array(nodeSchema));
  },
});

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function valueIn(values: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isValues(value) ? value[key] : undefined), values);
}

/** The values with another one at that path; without it, and without what is empty then, where it is undefined. */
export function withValue(values: Values, [key, ...rest]: readonly string[], value: unknown): Values {
  if (key === undefined) return values;
  const { [key]: before, ...others } = values;
  const now = rest.length === 0 ? value : withValue(isValues(before) ? before : {}, rest, value);
  const isEmpty = now === undefined || (rest.length > 0 && isValues(now) && Object.keys(now).length === 0);
  return isEmpty ? others : { ...values, [key]: now };
}

/** The key whose constant tells the alternatives of a node apart. */
export function decidingKey({ oneOf = [] }: Node): string | undefined {
  return Object.keys(oneOf[0]?.properties ?? {}).find((key) =>
    oneOf.every(({ properties }) => properties?.[key]?.const !== undefined),
  );
}

/** A value as it is typed. */
export function typedText(value: unknown): string {
  if (value === undefined) return '';
  if (value === null) return 'none';
  if (Array.isArray(value)) return value.map(typedText).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The value that a text stands for; undefined for an empty one. What does not fit stays a text, and the server says so. */
export function typedValue(node: Node, text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const types = node.anyOf ? node.anyOf.map(({ type }) => type) : [node.type];
  if (types.includes('null') && ['none', 'null'].includes(trimmed)) return null;
  if (types.includes('array')) return listOf(trimmed);
  const number = Number(trimmed);
  if ((types.includes('number') || types.includes('integer')) && Number.isFinite(number)) return number;
  if (types.includes('object') && trimmed.startsWith('{')) return parsed(trimmed) ?? trimmed;
  return trimmed;
}

function listOf(text: string): unknown[] {
  const list = parsed(text.startsWith('[') ? text : `[${text}]`);
  return Array.isArray(list) ? list : text.split(',').map((part) => part.trim());
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** "minGenerations" as people read it. */
export function labelOf(key: string): string {
  const words = key.replace(/([a-z])([A-Z0-9])/g, '$1 $2').toLowerCase();
  return capitalized(words);
}

/** Problems of the field at that path, without those of fields inside it and without the path. */
export function problemsAt(problems: readonly string[], path: string): string[] {
  return problems.filter((line) => line.startsWith(`${path}: `)).map((line) => line.slice(path.length + 2));
}
