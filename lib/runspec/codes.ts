/** Codewords of classes that a spec cannot have. Whether the network takes them, the network itself tells. */
import { algorithmNamed, algorithmsThat } from '../algorithms/registry.ts';
import { countCodewords } from '../network/codewords.ts';
import type { AskedSpec } from './schema.ts';
import { isComplete, nameOfTask, shapeOfTask } from './shape.ts';

/** A line each. */
export function problemsOfCodes(spec: AskedSpec): string[] {
  const { codes } = spec.search;
  if (codes === undefined) return [];
  const found = `search.codes: found ${JSON.stringify(codes)}`;
  const { groups, weight } = codes;
  const problems: string[] = [];
  if (!algorithmNamed(spec.algorithm).restricts) {
    const able = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(
      algorithmsThat(({ restricts }) => restricts),
    );
    problems.push(
      `${found} with "algorithm": "${spec.algorithm}", whose masks they do not restrict; leave them out, or choose ${able}`,
    );
  }
  if ('planted' in spec.network && spec.network.planted)
    problems.push(
      `${found} with "network.planted": true, whose ticket may need weights that codewords exclude; leave one of them out`,
    );
  if (weight > groups) {
    problems.push(`search.codes.weight: found ${weight}, expected at most ${groups}, the groups`);
    return problems;
  }
  if (!isComplete(spec)) return problems;
  const { classes } = shapeOfTask(spec.task);
  const words = countCodewords(groups, weight);
  if (classes === 2)
    problems.push(
      `${found}, but ${nameOfTask(spec.task)} has two classes, each of which is the rest of the other; leave them out: codewords are for three classes or more`,
    );
  else if (words < classes)
    problems.push(
      `${found}, of which there are ${words} different codewords for the ${classes} classes of ${nameOfTask(spec.task)}; choose more groups, or a weight nearer to half of them`,
    );
  return problems;
}
