/** The runs of the deployed stack. */
import { Heading } from './pieces.tsx';

export function Cloud() {
  return <Heading title="Runs on AWS" />;
}
