/** Algorithms of one study compared with an algorithm of another on the same weights, as a sweep compares its own. */
import { group } from 'd3-array';
import { holm, pairedDifference } from '../../lib/sweep/statistics.ts';
import { column, type Row, rowsOf } from './study-rows.ts';

/** A study, and the algorithms of it that are meant: all if none is named. */
interface Side {
  readonly study: string;
  readonly algorithm: string | undefined;
}

/** Whether a source is one of pairs: "STUDY:ALGORITHM~OTHER:REFERENCE …", with _ for a space in a name. */
export const isOfPairs = (source: string) => source.includes('~');

/** Rows as those of a table.csv, in pairs by task and seed, with Holm's correction over all of them. */
export function pairsOf(source: string): Row[] {
  const rows = source.split(' ').flatMap(paired);
  const pHolm = holm(rows.map(column('p')));
  return rows.map((row, index) => ({ ...row, pHolm: String(pHolm[index]) }));
}

function sideOf(source: string): Side {
  const [study = '', algorithm] = source.split(':');
  return { study, algorithm: algorithm?.replaceAll('_', ' ') };
}

function paired(source: string): Row[] {
  const [own, other] = source.split('~').map(sideOf);
  if (!own || !other?.algorithm) throw new Error(`${source}: no algorithm after ~ to compare with`);
  const reference = other.algorithm;
  const key = ({ preset, seed }: Row) => `${preset}\n${seed}`;
  const accuracy = column('testAccuracy');
  const references = new Map(
    rowsOf(`${other.study}/runs`)
      .filter(({ algorithm }) => algorithm === reference)
      .map((run) => [key(run), accuracy(run)]),
  );
  const compared = group(
    rowsOf(`${own.study}/runs`)
      .filter((run) => references.has(key(run)))
      .filter(({ algorithm }) => own.algorithm === undefined || own.algorithm === algorithm),
    ({ preset, algorithm }) => `${preset}\n${algorithm}`,
  );
  return [...compared.values()].flatMap((runs) => {
    const [{ preset = '', algorithm = '' } = {}] = runs;
    const found = pairedDifference(
      runs.map((run) => accuracy(run) - (references.get(key(run)) ?? Number.NaN)),
    );
    if (!found) return [];
    const { difference, test } = found;
    return {
      preset,
      algorithm,
      reference,
      pairs: String(difference.n),
      difference: String(difference.mean),
      differenceLow: String(difference.interval?.[0]),
      differenceHigh: String(difference.interval?.[1]),
      rankBiserial: String(test.rankBiserial),
      p: String(test.pValue),
    };
  });
}
