/** What is said of ONNX files that are no tickets. */
import { expect, test } from 'vitest';
import { readTicketInfo } from '../../lib/network/models/ticket-info.ts';

test('a model with a sequence among its outputs, as skl2onnx writes it, is named by its inputs and outputs', () => {
  // A graph with an input X of no type, and an output p that is a sequence.
  const bytes = Uint8Array.from(Buffer.from('3a0e5a030a015862070a017012022200', 'hex'));
  expect(() => readTicketInfo(bytes, 'net.onnx')).toThrow('found X → p, expected a ticket: x [N, features]');
});

test('other bytes are no model', () => {
  expect(() => readTicketInfo(Uint8Array.of(1, 2, 3), 'net.onnx')).toThrow(
    'these 3 bytes are not an ONNX model, or a damaged one; give the ticket.onnx of a run',
  );
});
