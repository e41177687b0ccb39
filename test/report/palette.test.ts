/** The colours of figures, as eyes see them that lack one kind of cone. */
import { describe, expect, test } from 'vitest';
import { STYLESHEET } from '../../lib/report/stylesheet.ts';

type Vector = readonly [number, number, number];

/** Of linear RGB; Machado, Oliveira and Fernandes 2009, severity 1. */
const EYES: Readonly<Record<string, readonly Vector[]>> = {
  'three kinds of cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Variables that stand side by side in a figure and mean different things. */
const TOGETHER: Readonly<Record<string, readonly string[]>> = {
  classes: Array.from({ length: 10 }, (_, label) => `class-${label}`),
  lines: ['best', 'mean', 'muted'],
  paths: ['best', 'mean', 'migration'],
  signs: ['positive', 'negative'],
  origins: ['start', 'recombination', 'mutation', 'migration'],
  'units of a network': ['ink', 'dead'],
};

/** CIELAB units (CIE 1976): about ten just noticeable differences, enough for points and lines beside each other. */
const LEAST_DISTANCE = 11;
/** WCAG 2.2 for graphics. */
const LEAST_CONTRAST = 2.8;

const [light = '', dark = ''] = STYLESHEET.split('@media (prefers-color-scheme:dark)');
const variablesOf = (text: string) =>
  new Map(
    [...text.matchAll(/--([\w-]+):(#[0-9a-f]+);/g)].map(([, name = '', value = '']) => [name, linear(value)]),
  );
const PAGES = { light: variablesOf(light), dark: variablesOf(dark.slice(0, dark.indexOf('}'))) };

/** Linear RGB of #rgb or #rrggbb. */
function linear(hex: string): Vector {
  const digits =
    hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit) : (hex.slice(1).match(/../g) ?? []);
  const [red = 0, green = 0, blue = 0] = digits.map((two) => {
    const share = Number.parseInt(two, 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return [red, green, blue];
}

const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

function seenBy(eyes: readonly Vector[], color: Vector): Vector {
  const [red = 0, green = 0, blue = 0] = eyes.map((row) => Math.min(1, Math.max(0, dot(row, color))));
  return [red, green, blue];
}

const LUMINANCE: Vector = [0.2126729, 0.7151522, 0.072175];

function lab(color: Vector): Vector {
  const root = (share: number) =>
    share > 216 / 24389 ? Math.cbrt(share) : ((24389 / 27) * share + 16) / 116;
  const x = root(dot([0.4124564, 0.3575761, 0.1804375], color) / 0.95047);
  const y = root(dot(LUMINANCE, color));
  const z = root(dot([0.0193339, 0.119192, 0.9503041], color) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const distance = (one: Vector, other: Vector) => {
  const [a, b] = [lab(one), lab(other)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
};

const colorOf = (page: ReadonlyMap<string, Vector>, name: string): Vector => {
  const color = page.get(name);
  if (!color) throw new Error(`the style sheet has no --${name}`);
  return color;
};

describe.each(Object.entries(PAGES))('on a %s page', (_, page) => {
  test.each(Object.keys(EYES))('with %s, colours that mean different things differ', (kind) => {
    const eyes = EYES[kind] ?? [];
    const alike = Object.entries(TOGETHER).flatMap(([group, names]) =>
      names.flatMap((name, index) =>
        names.slice(0, index).flatMap((other) => {
          const apart = distance(seenBy(eyes, colorOf(page, name)), seenBy(eyes, colorOf(page, other)));
          return apart < LEAST_DISTANCE
            ? [`${group}: ${name} and ${other} are ${apart.toFixed(1)} apart`]
            : [];
        }),
      ),
    );
    expect(alike).toEqual([]);
  });

  test('points and lines stand out', () => {
    const luminance = (name: string) => dot(LUMINANCE, colorOf(page, name)) + 0.05;
    const faint = [...(TOGETHER.classes ?? []), ...(TOGETHER.lines ?? []), ...(TOGETHER.signs ?? [])].filter(
      (name) => {
        const ratio = luminance(name) / luminance('surface');
        return Math.max(ratio, 1 / ratio) < LEAST_CONTRAST;
      },
    );
    expect(faint).toEqual([]);
  });
});

test('red and green of one lightness are one colour without a kind of cone, so the check can fail', () => {
  const [red, green] = [linear('#c04040'), linear('#70702c')];
  expect(distance(red, green)).toBeGreaterThan(40);
  const [one, other] = [red, green].map((color) => seenBy(EYES.deuteranopia ?? [], color));
  expect(distance(one ?? red, other ?? green)).toBeLessThan(30);
});
