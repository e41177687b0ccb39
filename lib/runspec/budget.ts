/** The budget of a run: what it may cost, and how long it may take. */
import { z } from 'zod';

export const budgetSchema = z
  .strictObject({
    dollars: z.number().gt(0).optional().meta({
      description:
        'US dollars at list prices, as the run meters them in the cloud; a run on one computer costs nothing',
    }),
    minutes: z.number().gt(0).optional().meta({
      description: 'Minutes of work, without the time between a stop and its resume',
    }),
  })
  .refine(
    ({ dollars, minutes }) => dollars !== undefined || minutes !== undefined,
    'expected dollars, minutes or both, such as {"dollars": 0.5, "minutes": 30}',
  );
export type Budget = z.output<typeof budgetSchema>;
