/** `npm run build:api`: writes docs/reference/api/index.md, from the docstrings of the library. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, LogLevel } from 'typedoc';
import { load } from 'typedoc-plugin-markdown';
import { digestOf, libraryDeclarations } from './declarations.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** What the page begins with. `declared`: the declarations that it was made of, by which a test finds a page that is out of date. */
const headOf = (declared: ReadonlyMap<string, string>) => `# Library API

<!-- Made from the docstrings in lib/library by \`npm run build:api\`. Declarations: ${digestOf(declared)} -->

What \`import { … } from 'tombola-tickets'\` gives. [Use the library](../../how-to/library.md) shows it at work.
`;

/** The page, as text. */
async function apiPage(): Promise<string> {
  // Beside the packages, so that types of Node are found.
  const folder = await mkdtemp(join(ROOT, 'node_modules/.cache/api-'));
  try {
    const declared = await libraryDeclarations(ROOT);
    for (const [file, text] of declared) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
    const tsconfig = join(folder, 'tsconfig.json');
    const compilerOptions = { module: 'nodenext', target: 'es2022', strict: true, types: ['node'] };
    await writeFile(tsconfig, JSON.stringify({ compilerOptions, include: ['lib/**/*.d.ts'] }));
    const out = join(folder, 'out');
    const options = {
      out,
      tsconfig,
      entryPoints: [join(folder, 'lib/library/library.d.ts')],
      plugin: [load],
      outputFileStrategy: 'modules',
      entryFileName: 'index',
      readme: 'none',
      disableSources: true,
      disableGit: true,
      hideBreadcrumbs: true,
      hidePageHeader: true,
      hidePageTitle: true,
      hideGroupHeadings: false,
      expandObjects: true,
      parametersFormat: 'table',
      interfacePropertiesFormat: 'table',
      typeDeclarationFormat: 'table',
      tableColumnSettings: {
        hideModifiers: true,
        hideInherited: true,
        hideOverrides: true,
        hideSources: true,
      },
      groupOrder: ['Functions', 'Variables', 'Interfaces', 'Type Aliases'],
      sort: ['alphabetical' as const],
      // The folder is removed below; by default TypeDoc would empty it first, whatever it is.
      cleanOutputDir: false,
      logLevel: LogLevel.Warn,
      treatWarningsAsErrors: true,
    };
    const application = await Application.bootstrapWithPlugins(options);
    const project = await application.convert();
    if (!project) throw new Error('the library could not be read');
    application.validate(project);
    await application.generateOutputs(project);
    if (application.logger.hasErrors() || application.logger.hasWarnings()) throw new Error('see above');
    return `${headOf(declared)}\n${(await readFile(join(out, 'index.md'), 'utf8')).trim()}\n`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const page = join(ROOT, 'docs/reference/api/index.md');
await mkdir(dirname(page), { recursive: true });
await writeFile(page, await apiPage());
