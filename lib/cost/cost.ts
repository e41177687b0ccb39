/** The cost section of a run's summary: what it used, and what that costs at list prices. */
import { z } from 'zod';
import { ARCHITECTURES, type Architecture, PRICE_DATE, PRICE_REGION } from './prices.ts';
import { dollarsSchema, priceOf, type Usage, usageSchema } from './usage.ts';

/** Where the figures come from: a run on AWS, or a run elsewhere, priced as if it had been there. */
const BASES = ['metered', 'as-if'] as const;

export interface Platform {
  readonly basis: (typeof BASES)[number];
  readonly architecture: Architecture;
}

/** A run on this computer is priced as one on the stack's defaults. */
export const AS_IF: Platform = { basis: 'as-if', architecture: 'x86_64' };

export const costSchema = z.object({
  basis: z.enum(BASES),
  /** US dollars at the list prices of `priceDate` in `priceRegion`; logs and storage over time are not in it. */
  dollars: dollarsSchema,
  priceDate: z.string(),
  priceRegion: z.string(),
  architecture: z.enum(ARCHITECTURES),
  usage: usageSchema,
});
export type Cost = z.output<typeof costSchema>;

export function costOf(usage: Usage, { basis, architecture }: Platform): Cost {
  return {
    basis,
    dollars: priceOf(usage, architecture),
    priceDate: PRICE_DATE,
    priceRegion: PRICE_REGION,
    architecture,
    usage,
  };
}
