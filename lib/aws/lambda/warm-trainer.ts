/** The trainer that stays open between the invocations of a warm environment. */
import { WarmTrainer } from '../../steps/warm-trainer.ts';

export const warmTrainer = new WarmTrainer();
