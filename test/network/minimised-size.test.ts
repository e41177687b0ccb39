import fc from 'fast-check';
import { expect, test } from 'vitest';
import { random } from '../../lib/base/random.ts';
import { countWeights } from '../../lib/network/architecture.ts';
import { uniformNetwork } from '../../lib/network/initializer.ts';
import { graphOfLayers } from '../../lib/network/layers-graph.ts';
import { minimisedSize } from '../../lib/network/minimising/minimised-size.ts';
import { pack } from '../../lib/search/genome.ts';

import '../properties.ts';

test('widths and masks tell the size of the minimised network', () => {
  const cases = fc.record({
    seed: fc.nat(100_000),
    hidden: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
    keep: fc.constantFrom(0.05, 0.2, 0.5, 1),
  });
  fc.assert(
    fc.property(cases, ({ seed, hidden, keep }) => {
      const widths = [3, ...hidden, 2];
      const stream = random(seed, 'mutate');
      const genome = pack(
        Array.from({ length: countWeights(widths) }, () => Number(stream.uniform() < keep)),
      );
      const network = uniformNetwork(widths, seed);
      const own = minimisedSize({ widths }, genome);
      const built = minimisedSize(graphOfLayers(network), genome);
      expect(own.units).toBe(built.units);
      // A model may go on taking features that it does not need, where to pick the others takes more.
      expect(own.multiplyAdds).toBeLessThanOrEqual(built.multiplyAdds);
      if (keep === 1) expect(own.multiplyAdds).toBe(built.multiplyAdds);
    }),
  );
});
