/** The list of runs and sweeps: filtered, sorted, and ticked to be compared. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { age, byteSize, counted, percent } from '../../base/format.ts';
import type { RunRow } from '../messages.ts';
import { address } from './client.ts';
import { type Filters, filtered, NO_FILTERS, type SortKey, sorted } from './order.ts';
import { Heading, Loading, runsCounted, State } from './pieces.tsx';
import { go, Link } from './router.tsx';

/** Rows that are drawn at once; a button shows more. */
const ROWS = 200;
/** Ages are drawn anew so often, in milliseconds. */
const AGES = 15_000;
/** More are not compared. */
const MOST_COMPARED = 10;

interface TicksProps {
  readonly ticked: ReadonlySet<string>;
  readonly setTicked: (names: ReadonlySet<string>) => void;
}

export function RunList({
  runs,
  ticked,
  setTicked,
}: TicksProps & { readonly runs: ReadonlyMap<string, RunRow> | undefined }) {
  if (!runs) {
    return (
      <>
        <Heading title="Runs" />
        <Loading what="the runs" />
      </>
    );
  }
  if (runs.size === 0) return <NoRuns />;
  return (
    <>
      <Heading title="Runs" />
      <RunTable
        runs={[...runs.values()].filter(({ sweep }) => sweep === null)}
        ticked={ticked}
        setTicked={setTicked}
      />
      <CompareBar ticked={ticked} setTicked={setTicked} />
    </>
  );
}

function NoRuns() {
  return (
    <>
      <Heading title="Runs" />
      <div class="empty">
        <p>There are no runs in this folder yet.</p>
        <p>
          <Link to="/new" class="button primary">
            Start a run
          </Link>
        </p>
        <p class="note">
          Or in a terminal: <code>tombola run</code>
        </p>
      </div>
    </>
  );
}

const COLUMNS: readonly { readonly key: SortKey; readonly label: string; readonly number?: boolean }[] = [
  { key: 'name', label: 'Name' },
  { key: 'task', label: 'Task' },
  { key: 'algorithm', label: 'Algorithm' },
  { key: 'testAccuracy', label: 'Test accuracy', number: true },
  { key: 'sparsity', label: 'Sparsity', number: true },
  { key: 'state', label: 'State' },
  { key: 'changed', label: 'Age', number: true },
  { key: 'bytes', label: 'Size', number: true },
];

/** `cells`: of a sweep, whose names are short. */
export function RunTable({
  runs,
  ticked,
  setTicked,
  caption,
}: TicksProps & { readonly runs: readonly RunRow[]; readonly caption?: string | undefined }) {
  const [filters, setFilters] = useState<Filters>(NO_FILTERS);
  const [sort, setSort] = useState<{ key: SortKey; down: boolean }>({ key: 'changed', down: false });
  const [most, setMost] = useState(ROWS);
  const now = useNow();
  const shown = useMemo(() => sorted(filtered(runs, filters), sort.key, sort.down), [runs, filters, sort]);
  const tick = (name: string, on: boolean) => {
    const names = new Set(ticked);
    if (on) names.add(name);
    else names.delete(name);
    setTicked(names);
  };
  return (
    <>
      <FilterBar runs={runs} filters={filters} setFilters={setFilters} />
      <p class="count" role="status">
        {runsCounted(shown.length, runs.length, caption === undefined)}
      </p>
      <table class="runs" role="table">
        <caption class="hidden">{caption ?? 'Runs and sweeps'}</caption>
        <thead role="rowgroup">
          <tr role="row">
            <th scope="col" class="tick" role="columnheader">
              <span class="hidden">Compare</span>
            </th>
            {COLUMNS.map(({ key, label, number }) => (
              <th
                key={key}
                scope="col"
                role="columnheader"
                class={number ? 'number' : undefined}
                aria-sort={sort.key === key ? (sort.down ? 'descending' : 'ascending') : undefined}
              >
                <button
                  type="button"
                  onClick={() =>
                    setSort({
                      key,
                      down: sort.key === key ? !sort.down : Boolean(number) && key !== 'changed',
                    })
                  }
                >
                  {label}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {shown.slice(0, most).map((run) => (
            <Row key={run.name} run={run} now={now} ticked={ticked.has(run.name)} tick={tick} />
          ))}
        </tbody>
      </table>
      {shown.length === 0 && <p class="empty">No run is like that. Change or clear the filters.</p>}
      {shown.length > most && (
        <p class="more">
          <button type="button" onClick={() => setMost(most + 5 * ROWS)}>
            {`Show more: ${counted(shown.length - most, 'run')} left`}
          </button>
        </p>
      )}
    </>
  );
}

interface RowProps {
  readonly run: RunRow;
  readonly now: number;
  readonly ticked: boolean;
  readonly tick: (name: string, on: boolean) => void;
}

function Row({ run, now, ticked, tick }: RowProps) {
  const { name, kind, task, algorithm, testAccuracy, sparsity, changed, bytes, problem } = run;
  const cut = name.lastIndexOf('/') + 1;
  return (
    <tr role="row" class={ticked ? 'ticked' : undefined}>
      <td role="cell" class="tick">
        {kind === 'run' && (
          <input
            type="checkbox"
            aria-label={`Compare ${name}`}
            checked={ticked}
            onChange={({ currentTarget }) => tick(name, currentTarget.checked)}
          />
        )}
      </td>
      <th role="rowheader" scope="row">
        <Link to={address('/run', { name })}>
          <span class="folder">{name.slice(0, cut)}</span>
          {name.slice(cut)}
        </Link>
        {problem !== null && <small class="problem">{problem}</small>}
      </th>
      <td role="cell" data-label="Task">
        {task ?? '–'}
      </td>
      <td role="cell" data-label="Algorithm">
        {algorithm ?? '–'}
      </td>
      <td role="cell" data-label="Test accuracy" class="number">
        {percent(testAccuracy, 1)}
      </td>
      <td role="cell" data-label="Sparsity" class="number">
        {percent(sparsity, 1)}
      </td>
      <td role="cell" data-label="State">
        <State run={run} />
      </td>
      <td role="cell" data-label="Age" class="number">
        <time dateTime={new Date(changed).toISOString()} title={new Date(changed).toLocaleString()}>
          {age(Math.max(0, now - changed) / 1_000)}
        </time>
      </td>
      <td role="cell" data-label="Size" class="number">
        {byteSize(bytes)}
      </td>
    </tr>
  );
}

function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), AGES);
    return () => clearInterval(timer);
  }, []);
  return now;
}

interface FilterProps {
  readonly runs: readonly RunRow[];
  readonly filters: Filters;
  readonly setFilters: (filters: Filters) => void;
}

function FilterBar({ runs, filters, setFilters }: FilterProps) {
  const choices = (key: 'task' | 'algorithm' | 'state') =>
    [...new Set(runs.map((run) => run[key]))].filter((value) => value !== null).sort();
  const selects = [
    { key: 'task', label: 'Task' },
    { key: 'algorithm', label: 'Algorithm' },
    { key: 'state', label: 'State' },
  ] as const;
  const active = Object.values(filters).some((value) => value !== '');
  return (
    <search class="filters">
      <label>
        Name
        <input
          type="search"
          placeholder="Part of a name"
          value={filters.name}
          onInput={({ currentTarget }) => setFilters({ ...filters, name: currentTarget.value })}
        />
      </label>
      {selects.map(({ key, label }) => (
        <label key={key}>
          {label}
          <select
            value={filters[key]}
            onChange={({ currentTarget }) => setFilters({ ...filters, [key]: currentTarget.value })}
          >
            <option value="">All</option>
            {choices(key).map((value) => (
              <option key={value} value={value}>
                {value}
              </option>
            ))}
          </select>
        </label>
      ))}
      {active && (
        <button type="button" class="plain" onClick={() => setFilters(NO_FILTERS)}>
          Clear filters
        </button>
      )}
    </search>
  );
}

/** The ticked runs, and the actions for them. */
export function CompareBar({ ticked, setTicked }: TicksProps) {
  if (ticked.size === 0) return null;
  const names = [...ticked];
  const few = names.length < 2;
  const many = names.length > MOST_COMPARED;
  return (
    <section class="ticks" aria-label="Compare">
      <p>{few ? '1 run is ticked: tick another one to compare' : `${counted(names.length, 'run')} ticked`}</p>
      {many && <p>{`At most ${MOST_COMPARED} are compared`}</p>}
      <button
        type="button"
        class="primary"
        disabled={few || many}
        onClick={() => go(address('/compare', { name: names }))}
      >
        Compare
      </button>
      <button type="button" class="plain" onClick={() => setTicked(new Set())}>
        Untick all
      </button>
    </section>
  );
}
