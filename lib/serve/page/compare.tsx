/** Runs side by side. */
import { useEffect, useState } from 'preact/hooks';
import { type ComparisonView, comparisonSchema } from '../messages.ts';
import { address, ask, refusalsOf } from './client.ts';
import { Heading, Loading, Markup, Problems } from './pieces.tsx';
import { Link } from './router.tsx';

export function Compare({ names }: { readonly names: readonly string[] }) {
  const [comparison, setComparison] = useState<ComparisonView>();
  const [problems, setProblems] = useState<readonly string[]>([]);
  useEffect(() => {
    ask(comparisonSchema, '/api/compare', { name: names }).then(setComparison, (error: unknown) =>
      setProblems(refusalsOf(error)),
    );
  }, []);
  return (
    <>
      <nav class="crumbs" aria-label="Where these runs are">
        <Link to="/">Runs</Link>
      </nav>
      <Heading title="Comparison" text={comparison?.title ?? 'Comparison'} />
      <ul class="names">
        {names.map((name) => (
          <li key={name}>
            <Link to={address('/run', { name })}>{name}</Link>
          </li>
        ))}
      </ul>
      <Problems lines={problems} />
      {comparison ? (
        <Markup class="comparison" markup={comparison.markup} />
      ) : (
        problems.length === 0 && <Loading what="the comparison" />
      )}
    </>
  );
}
