/** Conventions of the repository, and proof that the rules of imports fire where they should, and only there. */
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A file, what it imports, and whether it may. */
const IMPORTS: readonly (readonly [file: string, imported: string, allowed: boolean])[] = [
  ['lib/search', 'lib/network/graph.ts', false],
  ['lib/search', 'lib/base/random.ts', true],
  ['lib/search', 'node:fs', false],
  ['lib/network/reading', 'lib/network/graph.ts', true],
  ['lib/network/reading', 'lib/search/genome.ts', true],
  ['lib/network/reading', 'lib/data/dataset.ts', false],
  ['lib/algorithms', 'lib/network/graph.ts', true],
  ['lib/algorithms', 'lib/runspec/schema.ts', false],
  ['lib/algorithms', 'lib/training/trainer.ts', false],
  ['lib/algorithms', 'node:process', false],
  ['lib/algorithms', 'zod', true],
  ['lib/runspec', 'lib/algorithms/registry.ts', true],
  ['lib/runspec', 'lib/cli/program.ts', false],
  ['lib/data/formats', 'lib/runs/run.ts', false],
  ['lib/evaluation/graph', 'lib/network/onnx/nodes.ts', true],
  ['lib/evaluation', 'lib/engine/engine.ts', false],
  ['lib/landscape', 'lib/evaluation/evaluator.ts', false],
  ['lib/store', 'lib/aws/s3/s3.ts', false],
  ['lib/store', '@aws-sdk/client-s3', false],
  ['lib/aws/s3', '@aws-sdk/client-s3', true],
  ['lib/aws/s3', 'lib/store/store.ts', true],
  ['lib/aws/stack', 'lambdas/select.ts', false],
  ['lib/aws/stack', 'lib/workflow/states.ts', true],
  ['lib/runs', 'lib/store/keys.ts', true],
  ['lib/runs', 'lib/steps/select.ts', false],
  ['lib/steps', 'lib/runs/run.ts', true],
  ['lib/steps', 'lib/places/open.ts', false],
  ['lib/steps', 'lambdas/prepare.ts', false],
  ['lib/report', 'lib/sweep/cells.ts', false],
  ['lib/serve/page', 'lib/serve/app.ts', false],
  ['lib/serve/page', 'lib/serve/messages.ts', true],
  ['lib/engine', 'lambdas/select.ts', true],
  ['lib/engine', 'lib/steps/select.ts', false],
  ['lib/cli', 'lambdas/finalize.ts', true],
  ['lambdas', 'lib/steps/select.ts', true],
  ['lambdas', 'lib/search/genome.ts', false],
  ['lambdas', 'lib/cli/program.ts', false],
  ['lib/unknown', 'lib/base/random.ts', false],
];

const report = z.object({
  summary: z.object({ violations: z.array(z.object({ from: z.string() })) }),
});

describe('imports run one way', () => {
  let folder: string;
  let refused: Set<string>;
  const nameOf = (place: string, index: number) => `${place}/imported-${index}.ts`;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tombola-'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const write = (file: string, text: string) => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    };
    for (const [index, [place, imported]] of IMPORTS.entries()) {
      const own = imported.endsWith('.ts');
      // The target first: a file that is not there breaks no rule.
      if (own) write(imported, 'export {};\n');
      const up = place
        .split('/')
        .map(() => '..')
        .join('/');
      // Of types alone: these have directions too.
      write(
        nameOf(place, index),
        `import type * as imported from '${own ? `${up}/` : ''}${imported}';\nexport type I = typeof imported;\n`,
      );
    }
    write('lib/base/one.ts', "import type { Two } from './two.ts';\nexport type One = Two;\n");
    write('lib/base/two.ts', "import type { One } from './one.ts';\nexport type Two = One;\n");
    const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const args = [
      '--config',
      join(root, '.dependency-cruiser.mjs'),
      '--output-type',
      'json',
      'lib',
      'lambdas',
    ];
    const { stdout } = spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' });
    refused = new Set(report.parse(JSON.parse(stdout)).summary.violations.map(({ from }) => from));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(IMPORTS.map(([place, imported, allowed], index) => ({ place, imported, allowed, index })))(
    '$place imports $imported: $allowed',
    ({ place, allowed, index }) => {
      expect(refused.has(nameOf(place, index))).toBe(!allowed);
    },
  );

  test('a circle of types', () => {
    expect(refused.has('lib/base/one.ts')).toBe(true);
  });
});

describe('files', () => {
  const files = ['bench', 'bin', 'lambdas', 'lib', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|mjs)$/.test(file))
      .map((file) => join(folder, file)),
  );

  test('are called by their noun', () => {
    const vague = /(^|[/-])(utils?|helpers?|common|misc|shared|index)([-.]|$)/;
    expect(files.filter((file) => vague.test(file))).toEqual([]);
    // Commands and states are called by their verbs, as users know them; so are their files.
    const verb =
      /\/(?:assemble|choose|collect|decode|describe|encode|generate|imported|load|make|merge|observed|open|parse|read|recognise|resolve|resume|shrink|summarise)[-.]/;
    expect(files.filter((file) => /^lib\/(?!cli|steps)/.test(file) && verb.test(file))).toEqual([]);
  });

  test('are short enough to be read at once', () => {
    const lines = (file: string) => readFileSync(join(root, file), 'utf8').split('\n').length - 1;
    expect(files.filter((file) => lines(file) > 300)).toEqual([]);
  });

  test('of lib leave it to lib/base/format.ts how numbers are written for people', () => {
    // Numbers for programs: of metric math, of SVG, of a summary, of CSV.
    const others =
      /^lib\/(base\/format|aws\/stack\/dashboard|report\/figures\/chart|runs\/final\/minimised-ticket|cli\/predict\/printout)\.ts$/;
    const formats = (file: string) =>
      /\.to(Fixed|Precision|Exponential)\(|NumberFormat\(/.test(readFileSync(join(root, file), 'utf8'));
    const written = files.filter((file) => /^(lib|bin)\//.test(file) && !others.test(file) && formats(file));
    expect(written).toEqual([]);
  });

  test('of lib export no name with two meanings', () => {
    const homes = new Map<string, string[]>();
    // Kernels are AssemblyScript: nothing imports their names.
    for (const file of files.filter((file) => /^lib\/(?!.*\/kernel\/)/.test(file))) {
      const exported =
        /^export (?:async )?(?:abstract )?(?:const|let|function\*?|class|type|interface) (?<name>\w+)/gm;
      const names = [...readFileSync(join(root, file), 'utf8').matchAll(exported)];
      // Of one file a type and a value, or a function's overloads, may share their name.
      for (const name of new Set(names.map(({ groups }) => groups?.name ?? ''))) {
        homes.set(name, [...(homes.get(name) ?? []), file]);
      }
    }
    expect(homes.size).toBeGreaterThan(1_000);
    expect([...homes].filter(([, where]) => where.length > 1)).toEqual([]);
  });

  test('ask for no algorithm by its name: what differs between algorithms is in their table', () => {
    const asking =
      /\balgorithm [!=]==? ['"`](?!string['"`])\w|\bcase '(?:sltn-ga|random-search|edge-popup|backprop)'/;
    const checked = files.filter((file) => /^(?:lib|lambdas|bench)\//.test(file));
    expect(checked.filter((file) => asking.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });

  test('use nothing that Node 20 lacks: the package runs there', () => {
    const newer =
      /\b(?:Map|Object)\.groupBy\b|\bPromise\.(?:withResolvers|try)\b|\bArray\.fromAsync\b|\b(?:new|instanceof) Float16Array\b|\bimport\.meta\.main\b|\{[^}]*\b(?:enableCompileCache|zstd\w+)\b[^}]*\} from 'node:/;
    const shipped = files.filter((file) => /^(?:lib|lambdas)\//.test(file));
    expect(shipped.filter((file) => newer.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });

  test('draw random numbers from streams that are named by the seed, and from nowhere else', () => {
    const drawing = files.filter((file) => file.startsWith('lib/'));
    expect(drawing.filter((file) => readFileSync(join(root, file), 'utf8').includes('Math.random'))).toEqual(
      [],
    );
  });
});
