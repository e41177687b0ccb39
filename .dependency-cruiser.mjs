/**
 * The directions of imports, types' included. The table "Where things are" in CONTRIBUTING.md is the rule: a room imports
 * itself, the rooms that its row names, and nothing else of ours.
 */
import { readFileSync } from 'node:fs';

const contributing = readFileSync(new URL('CONTRIBUTING.md', import.meta.url), 'utf8');

/** Rows of the table: a room, and what it may import; both are paths in backticks. */
const rooms = contributing
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => {
    const [, room = '', , allowed = ''] = line.split('|');
    return { room: pathsIn(room)[0] ?? '', allowed: pathsIn(allowed), all: allowed.trim() === 'all' };
  });

function pathsIn(cell) {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, path]) => path);
}

/** A regular expression for paths in any of these folders or files. */
function below(paths) {
  return `^(${paths.map((path) => path.replaceAll('.', '\\.')).join('|')})(/|$)`;
}

/** Rooms within a room have rows of their own. */
function within(room) {
  return rooms.map((other) => other.room).filter((other) => other.startsWith(`${room}/`));
}

const directions = rooms
  .filter(({ all }) => !all)
  .map(({ room, allowed }) => ({
    name: `imports-of-${room.replaceAll('/', '-')}`,
    comment: `CONTRIBUTING.md says what ${room} may import: ${allowed.join(', ') || 'nothing'}.`,
    severity: 'error',
    from: { path: below([room]), ...(within(room).length > 0 ? { pathNot: below(within(room)) } : {}) },
    to: { path: '^(bench|bin|lambdas|lib)/', pathNot: below([room, ...allowed, 'lib/version.ts']) },
  }));

/** Pure rooms: no files, no clock, no network. */
const PURE = ['lib/search', 'lib/landscape', 'lib/algorithms'];

export default {
  forbidden: [
    ...directions,
    {
      name: 'no-circles',
      comment: 'A circle of imports, of types too, has no floor to stand on.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'pure',
      comment: 'Masks and landscapes are computed from their arguments alone.',
      severity: 'error',
      from: { path: below(PURE) },
      to: { dependencyTypes: ['core', 'npm'], pathNot: 'node_modules/(zod|lru-cache|d3-array)/' },
    },
    {
      name: 'rooms-have-rows',
      comment: 'Every folder of lib has a row in CONTRIBUTING.md.',
      severity: 'error',
      from: { path: '^lib/[^/]+/', pathNot: below(rooms.map(({ room }) => room)) },
      to: {},
    },
    {
      name: 'sdk-in-its-room',
      comment: 'AWS is spoken to from its room, and from the lambdas.',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/(aws|cli/cloud)/' },
      to: { path: 'node_modules/@aws-sdk/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.mjs', '.js'] },
  },
};
