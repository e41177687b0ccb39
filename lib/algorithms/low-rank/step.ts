/**
 * Half a step of dynamical low-rank training at fixed ranks (Schotthöfer et al. 2022, arXiv 2205.13571, by the integrator of
 * Ceruti and Lubich 2022): first the bases turn towards the gradient, then their coefficients descend.
 */
import { at } from '../../base/at.ts';
import { denseLayers } from '../../network/architecture.ts';
import { GraphBuilder } from '../../network/onnx/graph-builder.ts';
import { ELEMENT_TYPES } from '../../network/onnx/types.ts';
import type { Trainable } from '../../network/trainable.ts';
import type { Parameters, StepDefinition } from '../parts/training-method.ts';

/** Columns that shrink by this factor when they are made orthogonal to the others hold nothing but rounding errors. */
const NOISE = 1e-5;

/**
 * State: `u`, `s` and `v` as in Factors, `biases`, if there are any, and `ranks`, one of each layer, which no step changes. Rates: `learningRate`, and `turns`, 1 in steps that turn the bases, 0 in those that
 * descend; both see the same samples. With G, the gradient of the weights, and η, the rate: U' spans U·S − η·G·V, V' spans
 * V·Sᵀ − η·Gᵀ·U, and S becomes U'ᵀ·U·S·Vᵀ·V'; then S' = S − η·U'ᵀ·G·V', and the biases descend.
 */
export function lowRankStep(
  { widths, biases }: Pick<Trainable, 'widths' | 'biases'>,
  ranks: readonly number[],
): StepDefinition {
  const layers = denseLayers(widths).map((layer, index) => ({
    ...layer,
    rank: at(ranks, index),
    isBiased: at(biases, index).length > 0,
  }));
  const biased = layers.filter(({ isBiased }) => isBiased);
  const factors = ['u', 's', 'v'] as const;
  const names = biased.length > 0 ? ([...factors, 'biases'] as const) : factors;
  const total = (sizes: readonly number[]) => sizes.reduce((sum, size) => sum + size, 0);
  const sizes = {
    u: layers.map(({ outputs, rank }) => outputs * rank),
    s: layers.map(({ rank }) => rank * rank),
    v: layers.map(({ inputs, rank }) => inputs * rank),
    biases: biased.map(({ outputs }) => outputs),
  };

  function parameters(step: GraphBuilder): Parameters {
    for (const name of names) {
      const parts = (name === 'biases' ? biased : layers).map((layer) => `${layer.name}.${name}.flat`);
      step.nodes('Split', [name, step.ints(`${name}.sizes`, sizes[name])], parts, { axis: 0 });
    }
    const weights = layers.map(({ name, inputs, outputs, rank }) => {
      const shaped = (part: string, rows: number) => {
        const shape = step.ints(`${name}.${part}.shape`, [rows, rank]);
        return step.node('Reshape', [`${name}.${part}.flat`, shape], `${name}.${part}`);
      };
      const left = step.node('MatMul', [shaped('u', outputs), shaped('s', rank)], `${name}.us`);
      return step.node('Gemm', [left, shaped('v', inputs)], `${name}.weight`, { transB: 1 });
    });
    return {
      weights,
      biases: layers.map(({ name, isBiased }) => (isBiased ? `${name}.biases.flat` : '')),
    };
  }

  function update(step: GraphBuilder, { weights: gradients, biases: ofBiases }: Parameters): string[] {
    const after = names.map((name) => `${name}.after`);
    const isTurning = step.node('Cast', ['turns'], 'is.turning', { to: ELEMENT_TYPES.bool });
    step.nodes('If', [isTurning], after, {
      then_branch: { graph: turned(gradients) },
      else_branch: { graph: descended(gradients, ofBiases) },
    });
    return [...after, step.node('Identity', ['ranks'], 'ranks.after')];
  }

  /** The vectors that change as the outputs of a branch. */
  function branch(graph: GraphBuilder, parts: Readonly<Record<keyof typeof sizes, readonly string[]>>) {
    for (const name of names) {
      const flat = parts[name].map((part, index) => {
        const shape = graph.ints(`branch.${name}.${index}.flat`, [-1]);
        return graph.node('Reshape', [part, shape], `branch.${name}.${index}`);
      });
      graph.node('Concat', flat, `branch.${name}`, { axis: 0 });
      graph.output(`branch.${name}`, 'float32', [total(sizes[name])]);
    }
    return graph;
  }

  function turned(gradients: readonly string[]): GraphBuilder {
    const graph = new GraphBuilder();
    const parts = layers.map(({ name, inputs, outputs, rank }, index) => {
      const gradient = at(gradients, index);
      const node = (op: string, from: readonly string[], to: string, attributes = {}) =>
        graph.node(op, from, `turned.${name}.${to}`, attributes);
      const changed = (basis: string, descent: string, to: string) =>
        node('Sub', [basis, node('Mul', [descent, 'learningRate'], `${to}.change`)], to);
      const k = changed(`${name}.us`, node('MatMul', [gradient, `${name}.v`], 'gv'), 'k');
      const vs = node('Gemm', [`${name}.v`, `${name}.s`], 'vs', { transB: 1 });
      const l = changed(vs, node('Gemm', [gradient, `${name}.u`], 'gu', { transA: 1 }), 'l');
      const u = orthonormal(graph, k, outputs, rank, `turned.${name}.u`);
      const v = orthonormal(graph, l, inputs, rank, `turned.${name}.v`);
      const left = node('Gemm', [u, `${name}.us`], 's.left', { transA: 1 });
      const right = node('Gemm', [`${name}.v`, v], 's.right', { transA: 1 });
      return { u, s: node('MatMul', [left, right], 's'), v };
    });
    return branch(graph, {
      u: parts.map(({ u }) => u),
      s: parts.map(({ s }) => s),
      v: parts.map(({ v }) => v),
      biases: biased.map(({ name }) => `${name}.biases.flat`),
    });
  }

  function descended(gradients: readonly string[], ofBiases: readonly string[]): GraphBuilder {
    const graph = new GraphBuilder();
    const less = (value: string, gradient: string, to: string) =>
      graph.node('Sub', [value, graph.node('Mul', [gradient, 'learningRate'], `${to}.change`)], to);
    const s = layers.map(({ name }, index) => {
      const left = graph.node('Gemm', [`${name}.u`, at(gradients, index)], `descended.${name}.ug`, {
        transA: 1,
      });
      const gradient = graph.node('MatMul', [left, `${name}.v`], `descended.${name}.s.gradient`);
      return less(`${name}.s`, gradient, `descended.${name}.s`);
    });
    const descendedBiases = layers.flatMap(({ name, isBiased }, index) =>
      isBiased ? [less(`${name}.biases.flat`, at(ofBiases, index), `descended.${name}.bias`)] : [],
    );
    return branch(graph, {
      u: layers.map(({ name }) => `${name}.u`),
      s,
      v: layers.map(({ name }) => `${name}.v`),
      biases: descendedBiases,
    });
  }

  return {
    state: {
      ...Object.fromEntries(names.map((name) => [name, total(sizes[name])])),
      ranks: layers.length,
    },
    rates: ['learningRate', 'turns'],
    repeats: 2,
    trainsBiases: true,
    parameters,
    update,
  };
}

/**
 * Adds nodes for an orthonormal basis of the columns of a matrix, rows × rank, by the Gram–Schmidt process, each column twice
 * (Giraud et al. 2005): columns that depend on the ones before become 0.
 */
function orthonormal(graph: GraphBuilder, matrix: string, rows: number, rank: number, name: string): string {
  const column = new GraphBuilder();
  column.input('basis', 'float32', [rank, rows]);
  column.input('column', 'float32', [rows]);
  column.input('place', 'float32', [rank]);
  const node = (op: string, from: readonly string[], to: string, attributes = {}) =>
    column.node(op, from, to, attributes);
  const norm = (value: string, to: string) => node('ReduceL2', [value], to, { keepdims: 0 });
  const apart = (value: string, to: string) => {
    const shares = node('MatMul', ['basis', value], `${to}.shares`);
    return node('Sub', [value, node('MatMul', [shares, 'basis'], `${to}.part`)], to);
  };
  const length = norm('column', 'length');
  const once = apart('column', 'once');
  const twice = apart(once, 'twice');
  const left = norm(twice, 'left');
  const least = node('Mul', [length, column.floats('noise', [], [NOISE])], 'least');
  const counts = node('Cast', [node('Greater', [left, least], 'is.more')], 'counts', {
    to: ELEMENT_TYPES.float32,
  });
  const divisor = node('Add', [left, column.floats('tiny', [], [1e-30])], 'divisor');
  const unit = node('Mul', [node('Div', [twice, divisor], 'direction'), counts], 'unit');
  const upright = node('Reshape', ['place', column.ints('upright', [rank, 1])], 'place.upright');
  const flat = node('Reshape', [unit, column.ints('lying', [1, rows])], 'unit.lying');
  node('Add', ['basis', node('MatMul', [upright, flat], 'row')], 'basis.after');
  column.output('basis.after', 'float32', [rank, rows]);

  const columns = graph.node('Transpose', [matrix], `${name}.columns`, { perm: [1, 0] });
  const none = graph.floats(`${name}.none`, [rank, rows], new Float32Array(rank * rows));
  const places = graph.floats(
    `${name}.places`,
    [rank, rank],
    Float32Array.from({ length: rank * rank }, (_, place) => Number(place % (rank + 1) === 0)),
  );
  const basis = graph.node('Scan', [none, columns, places], `${name}.basis`, {
    body: { graph: column },
    num_scan_inputs: 2,
  });
  return graph.node('Transpose', [basis], `${name}.orthonormal`, { perm: [1, 0] });
}
