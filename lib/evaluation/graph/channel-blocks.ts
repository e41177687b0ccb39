/** How wide onnxruntime's blocks of channels are on this machine: see blocked-nodes.ts. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { GraphBuilder } from '../../network/onnx/graph-builder.ts';
import { sessionOptions } from '../session.ts';

let width: Promise<number> | undefined;

/** Channels a block: 8 or 16 by the processor; 1 where onnxruntime has no such operators. Asked once a process. */
export function channelBlock(): Promise<number> {
  width ??= askWidth().catch(() => 1);
  return width;
}

/** Four channels, the fewest that are reordered, become as many as a block has, or stay four where there are no blocks. */
async function askWidth(): Promise<number> {
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float32', [1, 4, 1, 1]);
  graph.node('com.microsoft.nchwc::ReorderInput', [x], 'y');
  graph.output('y', 'float32', [1, 'C', 1, 1]);
  const session = await InferenceSession.create(graph.build('blocks'), {
    ...sessionOptions(1),
    // Where there are no such operators, that is an answer, nothing to log.
    logSeverityLevel: 4,
  });
  try {
    const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(1, 2, 3, 4), [1, 4, 1, 1]) });
    const channels = y?.dims[1] ?? 1;
    return channels > 4 ? channels : 1;
  } finally {
    await session.release();
  }
}
