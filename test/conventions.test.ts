/** Conventions of the repository, and proof that the lint rules for imports fire where they should, and only there. */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const root = fileURLToPath(new URL('..', import.meta.url));

/** An import, and where it must not stand. */
const REFUSED: readonly (readonly [string, string])[] = [
  ['lib/search', '../network/architecture.ts'],
  ['lib/search', '../spec/errors.ts'],
  ['lib/search', 'node:fs'],
  ['lib/search', 'zod'],
  ['lib/network', '../data/dataset.ts'],
  ['lib/network', '../spec/schema.ts'],
  ['lib/network', '../../lambdas/select.ts'],
  ['lib/data', '../steps/run.ts'],
  ['lib/evaluation', '../engine/engine.ts'],
  ['lib/evaluation', '../../lambdas/evaluate.ts'],
  ['lib/training', '../steps/run.ts'],
  ['lib/training', '../spec/schema.ts'],
  ['lib/report', '../training/trainer.ts'],
  ['lib/spec', '../cli/text.ts'],
  ['lib/store', '../cloud/stack.ts'],
  ['lib/landscape', '../evaluation/evaluator.ts'],
  ['lib/landscape', '../spec/errors.ts'],
  ['lib/landscape', 'node:fs'],
  ['lib/workflow', '../steps/state.ts'],
  ['lib/report', '../steps/artifacts.ts'],
  ['lib/sweep', '../steps/artifacts.ts'],
  ['lib/sweep', '../engine/engine.ts'],
  ['lib/sweep', '../store/folder.ts'],
  ['lib/report', '../sweep/cells.ts'],
  ['lib/steps', '../store/folder.ts'],
  ['lib/steps', '../store/open.ts'],
  ['lib/steps', '../store/s3.ts'],
  ['lib/steps', '@aws-sdk/client-s3'],
  ['lib/steps', '../../lambdas/prepare.ts'],
  ['lib/steps', '../engine/invocation.ts'],
  ['lib/data', '../cost/prices.ts'],
  ['lib/data/readers', '../../spec/schema.ts'],
  ['lib/network/reading', '../../spec/errors.ts'],
  ['lib/evaluation/graph', '../../spec/errors.ts'],
  ['lib/cost', '../report/summary.ts'],
  ['lib/cost', '../store/s3.ts'],
  ['lib/engine', '../steps/run.ts'],
  ['lib/cloud', '../../lambdas/select.ts'],
  ['lib/cloud', '../cost/estimate.ts'],
  ['lambdas', '../lib/search/genome.ts'],
  ['lambdas', '../lib/engine/engine.ts'],
  ['lambdas', '../lib/cli/program.ts'],
];

const ALLOWED: readonly (readonly [string, string])[] = [
  ['lib/store', '../data/source.ts'],
  ['lib/store', '../data/file-source.ts'],
  ['lib/search', './genome.ts'],
  ['lib/network', '../search/genome.ts'],
  ['lib/network', 'protobufjs'],
  ['lib/network/reading', '../graph.ts'],
  ['lib/network/minimising', '../../search/genome.ts'],
  ['lib/evaluation/graph', '../../network/onnx/nodes.ts'],
  ['lib/spec', '../network/onnx/nodes.ts'],
  ['lib/data/readers', '../problems.ts'],
  ['lib/data/readers', '../../spec/errors.ts'],
  ['lib/evaluation', '../network/architecture.ts'],
  ['lib/training', '../evaluation/session.ts'],
  ['lib/report', '../training/epoch-row.ts'],
  ['lib/sweep', '../spec/parse.ts'],
  ['lib/sweep', '../report/summary.ts'],
  ['lib/steps', '../sweep/cells.ts'],
  ['lib/steps', '../store/store.ts'],
  ['lib/steps', '../store/keys.ts'],
  ['lib/steps', '../search/breeding.ts'],
  ['lib/store', '@aws-sdk/client-s3'],
  ['lib/landscape', '../network/architecture.ts'],
  ['lib/landscape', 'zod'],
  ['lib/report', '../cost/wording.ts'],
  ['lib/report', '../landscape/schema.ts'],
  ['lib/cost', '../workflow/fan-out.ts'],
  ['lib/cloud', '../cost/prices.ts'],
  ['lib/engine', '../../lambdas/select.ts'],
  ['lib/cli', '../../lambdas/finalize.ts'],
  ['lambdas', '../lib/store/open.ts'],
];

const report = z.object({
  diagnostics: z.array(z.object({ category: z.string(), location: z.looseObject({ path: z.unknown() }) })),
});

describe('imports run one way', () => {
  let folder: string;
  let refused: Set<string>;
  const nameOf = (place: string, index: number) => `${place}/imported-${index}.ts`;
  const cases = [...REFUSED, ...ALLOWED];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tombola-'));
    copyFileSync(join(root, 'biome.json'), join(folder, 'biome.json'));
    for (const [index, [place, specifier]] of cases.entries()) {
      const path = join(folder, nameOf(place, index));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `import * as imported from '${specifier}';\nexport default imported;\n`);
    }
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
    const args = [
      'lint',
      '--vcs-enabled=false',
      '--reporter=json',
      '--max-diagnostics=none',
      '--only=style/noRestrictedImports',
      '.',
    ];
    const { stdout } = spawnSync(process.execPath, [biome, ...args], { cwd: folder, encoding: 'utf8' });
    const { diagnostics } = report.parse(JSON.parse(stdout));
    expect(diagnostics.every(({ category }) => category === 'lint/style/noRestrictedImports')).toBe(true);
    refused = new Set(
      diagnostics.map(({ location }) =>
        JSON.stringify(location.path).replace(/^.*?((?:lib|lambdas)\/[^"]*\.ts).*$/, '$1'),
      ),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(cases.map(([place, specifier], index) => ({ place, specifier, index })))(
    '$place imports $specifier',
    ({ place, index }) => {
      expect(refused.has(nameOf(place, index))).toBe(index < REFUSED.length);
    },
  );
});

describe('files', () => {
  const files = ['bin', 'lambdas', 'lib', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|mjs)$/.test(file))
      .map((file) => join(folder, file)),
  );

  test('are called by their noun', () => {
    const vague = /(^|[/-])(utils?|helpers?|common|misc|shared|index)([-.]|$)/;
    expect(files.filter((file) => vague.test(file))).toEqual([]);
  });

  test('are short enough to be read at once', () => {
    const lines = (file: string) => readFileSync(join(root, file), 'utf8').split('\n').length - 1;
    expect(files.filter((file) => lines(file) > 300)).toEqual([]);
  });

  test('draw random numbers from streams that are named by the seed, and from nowhere else', () => {
    const drawing = files.filter((file) => file.startsWith('lib/'));
    expect(drawing.filter((file) => readFileSync(join(root, file), 'utf8').includes('Math.random'))).toEqual(
      [],
    );
  });
});
