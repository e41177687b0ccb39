/**
 * The rules of an operator: all that reading, evaluating, minimising and writing ask of it. A rule sees one node and not
 * the graph around it. Rules are methods, so that a table of all operators can be asked with any operation.
 */
import type { Attributes } from '../onnx/graph-builder.ts';
import type { BlockedProduct } from './blocked.ts';
import type { Call, Readable } from './call.ts';
import type { Entries } from './entries.ts';
import type { Kernel, Value, Weight } from './kernel.ts';

export interface Operand {
  /** The shape of one sample, or of a whole constant. */
  readonly shape: readonly number[];
  readonly constant: boolean;
}

/** A node as its rules see it: its operands, and the shape of one sample of its output. */
export interface Site {
  readonly inputs: readonly Operand[];
  readonly shape: readonly number[];
}

/** The same with what is known of each input, constants included. */
export interface KnownSite extends Site {
  readonly entries: (index: number) => Entries;
}

/** The same with the arrays of one sample. */
interface KernelSite extends Site {
  readonly value: (index: number) => Value;
  readonly weight: (index: number) => Weight;
  readonly output: Value;
}

/** Writes one node of an ONNX model. Scalars, lists and steps get names made from that of its output. */
export interface NodeWriter {
  readonly operatorSet: number;
  readonly inputs: readonly string[];
  /** The node itself, of its inputs if no others are given. Returns the name of its output. */
  readonly write: (attributes?: Attributes, inputs?: readonly string[]) => string;
  readonly scalar: (part: string, value: number) => string;
  readonly ints: (part: string, values: readonly number[]) => string;
  /** A node on the way to the output or, without a part, the last one. */
  readonly step: (operator: string, inputs: readonly string[], part?: string) => string;
}

/** Rules of every operator of a graph. */
interface Common<O> {
  /** Reads the operator of ONNX that has the same name. */
  read(call: Call<O>): Readable;
  /** The shape of one sample of the output. All operands are checked. Throws `ShapeMismatch`. */
  shape(operation: O, operands: readonly Operand[]): number[];
  /** The definition, in double precision; made once, run for every sample. */
  kernel(operation: O, site: KernelSite): Kernel;
  write(operation: O, writer: NodeWriter): string;
}

/**
 * The place of each weight: the one from the `input`-th channel of a group to channel `output` by tap `tap` of the
 * kernel is at output · outputStride + input · inputStride + tap.
 */
export interface Layout {
  readonly groups: number;
  /** In all groups together. */
  readonly outputs: number;
  /** Channels that one output reads: those of its group. */
  readonly inputs: number;
  readonly taps: number;
  /** Whether the weight is stored [inputs, outputs]. */
  readonly inputsFirst: boolean;
  readonly outputStride: number;
  readonly inputStride: number;
  /** Whether a tap may fall on padding. */
  readonly padded: boolean;
  /** Whether what is summed over are the channels of the value; rows of more than one axis keep theirs. */
  readonly ofChannels: boolean;
  /** The channels within an input sample: element (before · channels + channel) · after + rest. */
  readonly before: number;
  readonly after: number;
  /** The same of an output sample. */
  readonly outputAfter: number;
}

/** Rules of an operator whose second input is a weight that masks prune; its third may be a bias. */
export interface WeightedRules<O, Biased = O> extends Common<O> {
  layout(operation: O, site: Site): Layout;
  /** In blocked layout; undefined where it cannot be. `weight`: its shape. */
  blockedProduct(operation: O, weight: readonly number[], block: number): BlockedProduct | undefined;
  /** With fewer groups. */
  regrouped(operation: O, groups: number): O;
  /** The operation that takes a bias too. */
  biased(operation: O): Biased;
  /** The operation that takes the transposed weight for the same result; undefined where there is none. */
  transposed(operation: O, site: Pick<Site, 'inputs'>): O | Biased | undefined;
}

/**
 * Channels of the inputs that go only together with channels of the output. each: those of the same number; all: all of
 * them; or triples of an input, one of its channels and one of the output's.
 */
export type Ties = 'each' | 'all' | Iterable<readonly [input: number, channel: number, output: number]>;

/** In blocked layout: written as usual; by another operator; or not at all. */
type Blocked = 'as usual' | { readonly operator: string; readonly attributes?: Attributes } | undefined;

/** Rules of an operator without weights. */
export interface PlainRules<O> extends Common<O> {
  /** The elements of the output that are the same for every input of the graph. */
  known(operation: O, site: KnownSite): Entries;
  /** Marks the elements of the `index`-th input that the marked ones of the output, `after`, depend on. */
  reach(operation: O, index: number, after: Uint8Array, marks: Uint8Array, site: KnownSite): void;
  ties(operation: O, site: Site): Ties;
  /** Constants among the inputs: none; an element per channel; or broadcast, where a value may be as well. */
  readonly constants: 'none' | 'per channel' | 'broadcast';
  /** The operation where so many channels of its output are left. */
  shrunk(operation: O, channels: number): O;
  /** All inputs are there in blocks of so many channels. */
  blocked(operation: O, site: Site, block: number): Blocked;
}

export type Rules<O, Biased = O> = WeightedRules<O, Biased> | PlainRules<O>;

/** Rules of operators without constants, whose operations do not say how many channels there are. */
export const PLAIN = {
  constants: 'none',
  shrunk: <O>(operation: O): O => operation,
  blocked: () => undefined,
} as const;
