/** Draws Vega-Lite charts as SVG, without a browser. */
import type { Config, TopLevelSpec } from 'vega-lite';
import { defined } from '../../base/defined.ts';
import { Html } from '../html.ts';
import type { Axis } from './domain.ts';
import { DRAWING_WIDTH, type Drawing } from './figure.ts';

/** Colours are the stylesheet's variables: Vega passes them through, and the page sets them light or dark. */
const CONFIG: Config = {
  background: 'transparent',
  padding: { left: 0, right: 4, top: 6, bottom: 0 },
  view: { stroke: null },
  aria: false,
  font: 'sans-serif',
  axis: {
    domain: false,
    grid: true,
    gridColor: 'var(--grid)',
    ticks: false,
    labelColor: 'var(--muted)',
    labelFontSize: 13,
    labelPadding: 6,
    titleColor: 'var(--muted)',
    titleFontSize: 13,
    titleFontWeight: 'normal',
  },
  axisX: { grid: false, domain: true, domainColor: 'var(--rule)', labelFlush: true, titlePadding: 6 },
  // All charts begin at the same left edge, so that generations are aligned from chart to chart.
  axisY: { minExtent: 44, maxExtent: 44 },
};

/** Horizontal above the axis, where it is easier to read and takes no width. */
export const TITLE_ABOVE = { titleAngle: 0, titleAlign: 'left', titleX: -40, titleY: -12 } as const;

/** Said of an axis whose steps are factors. */
export const LOGARITHMIC = 'logarithmic scale';

/** The mark of a ticket. */
export const RING = { type: 'point', shape: 'circle', filled: false } as const;

/** With a space before the sign, as everywhere. */
const PERCENT = { format: '%', labelExpr: "replace(datum.label, '%', ' %')" };

/** An axis for Vega-Lite: labels in percent, or plain numbers. */
export function axisOf({ type, ticks }: Axis, unit: 'percent' | 'number') {
  // On a linear axis Vega's default labels suit the step; on a logarithmic one they would need a format for each tick.
  const format = unit === 'percent' ? PERCENT : type === 'log' ? { format: '~g' } : {};
  return { ...format, ...defined({ values: ticks }), tickCount: 6, labelOverlap: 'greedy' } as const;
}

/** The scale of an axis for Vega-Lite. */
export function scaleOf({ type, domain }: Axis) {
  return type === 'log' ? { type, domain, nice: false } : { type, domain, nice: true, zero: false };
}

/** A quantity upwards; its field is still to be given. */
export function upwards(axis: Axis, unit: 'percent' | 'number', title?: string) {
  const said = [...(title === undefined ? [] : [title]), ...(axis.type === 'log' ? [LOGARITHMIC] : [])];
  const titled = said.length === 0 ? { title: null } : { ...TITLE_ABOVE, title: said.join(', ') };
  return { type: 'quantitative', scale: scaleOf(axis), axis: { ...axisOf(axis, unit), ...titled } } as const;
}

/** The horizontal axis of figures of individuals and tickets. */
export function sparsityAxis(axis: Axis) {
  return acrossAxis('sparsity', axis, 'percent', 'sparsity');
}

/** A horizontal axis with lines. */
export function acrossAxis(field: string, axis: Axis, unit: 'percent' | 'number', title: string) {
  const said = axis.type === 'log' ? `${title}, ${LOGARITHMIC}` : title;
  const shown = { ...axisOf(axis, unit), title: said, grid: true };
  return { field, type: 'quantitative', scale: scaleOf(axis), axis: shown } as const;
}

/** Generations, epochs or flips. */
export function countAxis(field: string, domain: readonly number[], title = field) {
  const scale = { domain: [...domain], nice: false, zero: false };
  const axis = { title, format: ',d', tickMinStep: 1, tickCount: 6 };
  return { field, type: 'quantitative', scale, axis } as const;
}

/** Each value of a field in a colour or a shape of its own, which the figure's legend explains. */
export function lookOf<Value extends string | number>(
  field: string,
  values: readonly Value[],
  look: (value: Value, index: number) => string,
) {
  const scale = { domain: [...values], range: values.map(look) };
  return { field, type: 'nominal', scale, legend: null } as const;
}

/**
 * Labels of an axis whose values are places in a list of names. With a space before each: in an expression, Vega takes a text
 * such as "constructor" for a signal of its own.
 */
export function placeLabels(names: readonly string[]): string {
  return `slice(${JSON.stringify(names.map((name) => ` ${name}`))}[datum.value], 1)`;
}

/** Renders a chart; `height` of the whole drawing, in SVG units, unless the spec gives the view's own size. */
export async function drawChart(spec: TopLevelSpec, height?: number): Promise<Drawing> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const autosize = { type: 'fit', contains: 'padding' } as const;
  const size = height === undefined ? {} : { width: DRAWING_WIDTH, height, autosize };
  const compiled = compile({ ...size, ...spec }, { config: CONFIG });
  const view = new vega.View(vega.parse(compiled.spec), { renderer: 'none' });
  try {
    return parseSvg(await view.toSVG());
  } finally {
    view.finalize();
  }
}

function parseSvg(svg: string): Drawing {
  const parts = /^<svg[^>]* viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>(.*)<\/svg>$/s.exec(svg);
  if (parts === null) throw new Error(`Vega drew something else than an SVG image: ${svg.slice(0, 200)}`);
  const [, width, height, content = ''] = parts;
  const plain = withShortNumbers(withoutRoles(content));
  return { width: Number(width), height: Number(height), content: new Html(plain) };
}

/** A drawing is one image to a screen reader, whatever Vega calls its parts. */
function withoutRoles(content: string): string {
  return content.replace(/<\w[^>]*>/g, (tag) => tag.replace(/ (?:role|aria-[a-z]+)="[^"]*"/g, ''));
}

/** Coordinates to a hundredth of a unit: half the bytes, and nobody sees the rest. */
function withShortNumbers(content: string): string {
  return content.replace(/ (?:d|transform|x2|y2)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d*\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2)))),
  );
}
