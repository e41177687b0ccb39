/**
 * The site: `npm run site` builds it from docs/ into site/, offline. Pages are the same Markdown that is read in the
 * repository; links to files outside docs lead to copies of them.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DefaultTheme, defineConfig } from 'vitepress';

const DOCS = fileURLToPath(new URL('..', import.meta.url));
const ROOT = resolve(DOCS, '..');

/** Files outside docs that pages link to; plain text in the browser, whatever they hold. */
const sources = new Set<string>();

/** A link from a page: the page of the site, or a copy of the file of the repository. */
function linked(href: string, page: string): string {
  if (/^([a-z]+:|[#/])/.test(href)) return href;
  const file = relative(ROOT, resolve(dirname(page), href.replace(/#.*/, '')));
  if (file.startsWith('docs/') && file.endsWith('.md')) return href;
  sources.add(file);
  return `/source/${file}.txt`;
}

function page(text: string, link: string): DefaultTheme.SidebarItem {
  return { text, link };
}

/** The pages of a folder in this order; pages that are not listed follow, by their headings. */
function pagesOf(folder: string, listed: readonly DefaultTheme.SidebarItem[]): DefaultTheme.SidebarItem[] {
  const links = listed.map(({ link }) => link);
  const others = readdirSync(join(DOCS, folder))
    .filter((file) => file.endsWith('.md') && !links.includes(`/${folder}/${file.slice(0, -3)}`))
    .map((file) => {
      const [, heading = file] = /^# (.*)$/m.exec(readFileSync(join(DOCS, folder, file), 'utf8')) ?? [];
      return page(heading, `/${folder}/${file.slice(0, -3)}`);
    });
  return [...listed, ...others];
}

export default defineConfig({
  title: 'Tombola',
  description:
    'Finds strong lottery tickets: subnetworks of random neural networks that solve a task untrained.',
  lang: 'en-GB',
  outDir: join(ROOT, 'site'),
  cacheDir: join(ROOT, 'node_modules/.cache/vitepress'),
  cleanUrls: false,
  ignoreDeadLinks: false,
  // Studies have wide tables: these take the place of the outline.
  transformPageData: ({ relativePath, frontmatter }) =>
    relativePath.startsWith('explanation/results/')
      ? { frontmatter: { ...frontmatter, aside: false } }
      : undefined,
  markdown: {
    config: (markdown) => {
      markdown.core.ruler.push('links-to-sources', ({ tokens, env }) => {
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          if (token.type !== 'link_open') continue;
          const href = token.attrGet('href');
          if (href !== null) token.attrSet('href', linked(href, join(DOCS, env.relativePath)));
        }
      });
    },
  },
  buildEnd: ({ outDir }) => {
    for (const file of sources) {
      const copy = join(outDir, 'source', `${file}.txt`);
      mkdirSync(dirname(copy), { recursive: true });
      copyFileSync(join(ROOT, file), copy);
    }
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    externalLinkIcon: true,
    nav: [
      { text: 'Tutorial', link: '/tutorial/first-ticket' },
      { text: 'How to', link: '/how-to/your-own', activeMatch: '^/how-to/' },
      { text: 'Reference', link: '/reference/spec', activeMatch: '^/reference/' },
      { text: 'Explanation', link: '/architecture', activeMatch: '^/(explanation/|architecture)' },
    ],
    sidebar: [
      { text: 'Tutorial', items: [page('Your first ticket', '/tutorial/first-ticket')] },
      {
        text: 'How to',
        items: pagesOf('how-to', [
          page('Use your own data and networks', '/how-to/your-own'),
          page('Find and compare runs', '/how-to/runs'),
          page('Watch runs in the browser', '/how-to/serve'),
          page('Run a sweep', '/how-to/sweeps'),
          page('Draw a landscape', '/how-to/landscape'),
          page('Use the library', '/how-to/library'),
          page('Work from Python', '/how-to/python'),
          page('Run on AWS', '/how-to/cloud'),
          page('Check the first deployment', '/how-to/first-deployment'),
        ]),
      },
      {
        text: 'Reference',
        items: pagesOf('reference', [
          page('Run spec', '/reference/spec'),
          page('Data files', '/reference/data'),
          page('Files of a run', '/reference/artifacts'),
          page('Networks and operators', '/reference/networks'),
          page('The sweep spec', '/reference/sweeps'),
          page('The stack on AWS', '/reference/aws'),
          page('Glossary', '/reference/glossary'),
          page('Library API', '/reference/api/index'),
          page('Style', '/reference/style'),
        ]),
      },
      {
        text: 'Explanation',
        items: pagesOf('explanation', [
          page('Architecture', '/architecture'),
          page('Searches that flip bits', '/explanation/searches'),
          page('Nested tickets', '/explanation/nested'),
          page('Fairness', '/explanation/fairness'),
          page('Paths of classes', '/explanation/classes'),
          page('Baselines', '/explanation/baselines'),
          page('What a landscape shows', '/explanation/landscape'),
          page('The statistics of a sweep', '/explanation/statistics'),
          page('Performance', '/explanation/performance'),
          page('What a run costs on AWS', '/explanation/costs'),
          page('The emulator test', '/explanation/emulator'),
          page('Results', '/explanation/results'),
        ]),
      },
      {
        text: 'Studies',
        items: pagesOf('explanation/results', [
          page('Searches that flip bits', '/explanation/results/flips'),
          page('Fine-tuning a ticket', '/explanation/results/fine-tuning'),
          page('Nested tickets', '/explanation/results/nested'),
          page('MNIST', '/explanation/results/mnist'),
          page('Beside the papers', '/explanation/results/papers'),
          page('Ten public data sets', '/explanation/results/own-data'),
          page('Width and depth', '/explanation/results/width'),
          page('Accuracy and cross-entropy', '/explanation/results/objectives'),
          page('One front from one run', '/explanation/results/fronts'),
          page('Warm starts: the study', '/explanation/results/warm-starts'),
          page('Planted tickets: the study', '/explanation/results/planted'),
          page('Weights and rates: the study', '/explanation/results/architecture'),
        ]),
      },
    ],
  },
});
