/** Tickets that can be planted in a network: those of tasks with a small network that is known to solve them. */
import type { Network } from '../network/architecture.ts';
import { MOONS, RINGS_NEED, rings } from '../network/planting/targets.ts';
import { teacherOf } from '../network/planting/teacher.ts';
import type { ReadTask } from './task.ts';

/** The task's ticket for a network of that many hidden layers; undefined where none is known. */
export function knownTicket(task: ReadTask, hidden: number): Network | undefined {
  if (task.dataset === 'moons') return hidden === 1 && !task.rotation ? MOONS : undefined;
  if (task.dataset === 'rings') return hidden >= RINGS_NEED.layers ? rings(hidden) : undefined;
  if (task.dataset !== 'teacher' || hidden !== task.layers.length - 2) return undefined;
  return teacherOf(task.layers, task.seed);
}

/** Hidden layers that the task's ticket takes, in words; undefined where it has none at all. */
function depthOf(task: ReadTask): string | undefined {
  if (task.dataset === 'moons') return 'one hidden layer, and moons that are not turned (task.rotation)';
  if (task.dataset === 'rings') return `at least ${RINGS_NEED.layers} hidden layers`;
  return task.dataset === 'teacher' ? `${task.layers.length - 2}, as task.layers has` : undefined;
}

/** Why the ticket cannot be planted in these layers, a line each. */
export function problemsOfPlanting(task: ReadTask, layers: readonly number[]): string[] {
  const depth = depthOf(task);
  if (depth === undefined) {
    return [
      `network.planted: found true with the data set '${task.dataset}', for which no ticket is known; expected one of moons, rings and teacher, or leave it out`,
    ];
  }
  const hidden = layers.slice(1, -1);
  const ticket = knownTicket(task, hidden.length);
  if (!ticket) {
    return [
      `network.layers: found ${hidden.length} hidden layers, and the ticket that network.planted puts there takes ${depth}`,
    ];
  }
  return hidden.flatMap((width, index) => {
    const needed = ticket.widths[index + 1] ?? 0;
    return width >= needed
      ? []
      : [
          `network.layers[${index + 1}]: found ${width}, expected at least ${needed}, the units of the ticket that network.planted puts there`,
        ];
  });
}
