/** How far a run in S3 is that trains, from its newest checkpoint: two small requests each time. */
import { trainingStateSchema } from '../../runs/training-state.ts';
import * as keys from '../../store/keys.ts';
import { type Store, textIfThere } from '../../store/store.ts';
import type { ProgressState } from '../progress.ts';

/** The state after the last epochs whose checkpoint is complete; undefined before the first. */
export async function remoteTraining(folder: Store, mostEpochs: number): Promise<ProgressState | undefined> {
  const files = await folder.list(keys.GENERATIONS);
  const newest = Math.max(0, ...files.map((key) => keys.epochOfTrainingState(key) ?? 0));
  const text = await textIfThere(folder, keys.trainingStateOf(newest));
  if (text === undefined) return undefined;
  const { epochs, row } = trainingStateSchema.parse(JSON.parse(text));
  if (row === null) return undefined;
  return {
    generation: epochs,
    done: false,
    training: true,
    progress: {
      evaluations: epochs,
      maxGenerations: mostEpochs,
      bestAccuracy: row.trainAccuracy,
      meanAccuracy: null,
      bestLoss: row.trainLoss,
      meanLoss: null,
      objective: 'cross-entropy',
      bestMacroAverage: null,
      meanMacroAverage: null,
      start: null,
      bestSparsity: row.sparsity,
      validationAccuracy: row.validationAccuracy,
    },
  };
}
