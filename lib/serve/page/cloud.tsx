/** The runs of the deployed stack. They are asked for when this view is opened, and again on request. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { percent } from '../../base/format.ts';
import {
  type CloudRow,
  linkMessageSchema,
  nameRequestSchema,
  type RemoteRuns,
  remoteRunsSchema,
} from '../messages.ts';
import { ask, refusalsOf, send } from './client.ts';
import { Heading, Loading, Problems } from './pieces.tsx';

/** States of executions that a run can go on from. */
const OVER = ['aborted', 'failed', 'timed_out'];

/** As the browser's owner writes dates. */
const DATES = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export function CloudRuns() {
  const [list, setList] = useState<RemoteRuns>();
  const [problems, setProblems] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const load = useCallback(async () => {
    setBusy(true);
    try {
      setList(await ask(remoteRunsSchema, '/api/cloud'));
      setProblems([]);
    } catch (error) {
      setProblems(refusalsOf(error));
    }
    setBusy(false);
  }, []);
  useEffect(() => void load(), [load]);
  const act = async (action: 'stop' | 'resume' | 'report', name: string) => {
    setBusy(true);
    try {
      if (action === 'report') {
        const { link } = await ask(linkMessageSchema, '/api/cloud/report', { name });
        window.open(link, '_blank', 'noopener,noreferrer');
        setBusy(false);
        return;
      }
      await send(nameRequestSchema, `/api/cloud/${action}`, { name });
      await load();
    } catch (error) {
      setProblems(refusalsOf(error));
      setBusy(false);
    }
  };
  return (
    <>
      <div class="title">
        <Heading title="Runs on AWS" />
        <button type="button" disabled={busy} onClick={() => void load()}>
          {busy ? 'Asking AWS …' : 'Refresh'}
        </button>
      </div>
      <Problems title={list ? undefined : 'The stack cannot be asked'} lines={problems} />
      {!list && problems.length === 0 && <Loading what="the runs on AWS" />}
      {!list && problems.length > 0 && (
        <p class="note">
          The runs of a stack are shown where one is deployed and there are credentials for it: see
          docs/how-to/cloud.md.
        </p>
      )}
      {list && list.runs.length === 0 && (
        <p class="empty">
          The stack {list.stack} has no runs yet. In a terminal: <code>tombola submit</code>
        </p>
      )}
      {list && list.runs.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached with the keyboard.
        <section class="scroll" tabIndex={0} aria-label="Runs on AWS">
          <RemoteTable runs={list.runs} stack={list.stack} busy={busy} act={act} />
        </section>
      )}
    </>
  );
}

interface RemoteTableProps {
  readonly runs: readonly CloudRow[];
  readonly stack: string;
  readonly busy: boolean;
  readonly act: (action: 'stop' | 'resume' | 'report', name: string) => Promise<void>;
}

function RemoteTable({ runs, stack, busy, act }: RemoteTableProps) {
  return (
    <table class="runs remote">
      <caption class="hidden">{`The newest runs and sweeps of the stack ${stack}`}</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Status</th>
          <th scope="col">Started</th>
          <th scope="col" class="number">
            Test accuracy
          </th>
          <th scope="col" class="number">
            Sparsity
          </th>
          <th scope="col" class="number">
            Cost
          </th>
          <th scope="col">
            <span class="hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map(({ name, kind, status, reached, started, testAccuracy, sparsity, cost }) => (
          <tr key={name}>
            <th scope="row">{kind === 'sweep' ? `${name} (sweep)` : name}</th>
            <td data-label="Status">{reached === null ? status : `${status}, ${reached}`}</td>
            <td data-label="Started">{started === null ? '–' : DATES.format(started)}</td>
            <td class="number" data-label="Test accuracy">
              {percent(testAccuracy, 1)}
            </td>
            <td class="number" data-label="Sparsity">
              {percent(sparsity, 1)}
            </td>
            <td class="number" data-label="Cost">
              {cost ?? '–'}
            </td>
            <td>
              {status === 'running' && (
                <button
                  type="button"
                  disabled={busy}
                  aria-label={`Stop ${name}`}
                  onClick={() => void act('stop', name)}
                >
                  Stop
                </button>
              )}
              {OVER.includes(status) && (
                <button
                  type="button"
                  disabled={busy}
                  aria-label={`Resume ${name}`}
                  onClick={() => void act('resume', name)}
                >
                  Resume
                </button>
              )}
              {status === 'succeeded' && (
                <button
                  type="button"
                  disabled={busy}
                  aria-label={`Report of ${name}`}
                  onClick={() => void act('report', name)}
                >
                  Report
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
