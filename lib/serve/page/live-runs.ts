/** The runs that the page knows, kept up to date by the server's events. */
import { useEffect, useState } from 'preact/hooks';
import { changesSchema, type RunRow } from '../messages.ts';
import { address } from './client.ts';

export interface LiveRuns {
  /** Undefined until the server has answered. */
  readonly runs: ReadonlyMap<string, RunRow> | undefined;
  readonly connected: boolean;
  /** Announcements for screen readers: runs that ended, not their progress. */
  readonly announced: string;
}

const ENDED: Readonly<Record<string, string>> = {
  done: 'is done',
  stopped: 'has stopped',
  failed: 'has failed',
  damaged: 'is damaged',
};

/** `cell`: a run that is shown and is in no list. */
export function useLiveRuns(cell: string | undefined): LiveRuns {
  const [live, setLive] = useState<LiveRuns>({ runs: undefined, connected: true, announced: '' });
  useEffect(() => {
    const events = new EventSource(address('/api/events', cell === undefined ? {} : { name: cell }));
    events.onmessage = ({ data }) => {
      const changes = changesSchema.parse(JSON.parse(String(data)));
      setLive(({ runs: before, announced }) => {
        const runs = new Map(changes.all ? [] : before);
        const ended: string[] = [];
        for (const run of changes.runs) {
          const words = ENDED[run.state];
          if (words !== undefined && before?.get(run.name)?.state === 'running')
            ended.push(`${run.name} ${words}`);
          runs.set(run.name, run);
        }
        for (const name of changes.gone) runs.delete(name);
        return { runs, connected: true, announced: ended.length > 0 ? ended.join(', ') : announced };
      });
    };
    events.onerror = () => setLive((before) => ({ ...before, connected: false }));
    return () => events.close();
  }, [cell]);
  return live;
}
