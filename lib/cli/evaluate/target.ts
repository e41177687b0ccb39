/** The argument of `tombola evaluate`: the file of a ticket, or a run. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { defined } from '../../base/defined.ts';
import { UserError } from '../../base/errors.ts';
import { ifThere } from '../../base/file-errors.ts';
import { shellWord } from '../../base/shell-word.ts';
import type { OpenSource } from '../../base/source.ts';
import { readTicketInfo, type TicketInfo } from '../../network/models/ticket-info.ts';
import { UnusableModel } from '../../network/unusable-model.ts';
import { openStore } from '../../places/store.ts';
import { readSummary, verifyResult } from '../../runs/final/summary.ts';
import * as keys from '../../store/keys.ts';
import type { Store } from '../../store/store.ts';
import { getIfThere } from '../../store/store.ts';
import { folderFor } from '../local/stored-folders.ts';
import { uriOfFolder } from '../local-run.ts';
import { isLocal, shown } from '../paths.ts';

export interface OpenedTicket {
  /** As people call it. */
  readonly name: string;
  readonly model: Uint8Array;
  readonly info: TicketInfo;
  /** Of a nested ticket, the share of the weights that it keeps. */
  readonly kept?: number;
}

export type Target =
  /** `path`: of a local file. */
  | ({ readonly kind: 'ticket'; readonly path?: string } & OpenedTicket)
  | { readonly kind: 'run'; readonly name: string; readonly store: Store };

/** Throws UserError where there is neither. */
export async function openTarget(given: string, open: OpenSource): Promise<Target> {
  if (!isLocal(given)) {
    if (given.endsWith('.onnx')) return { kind: 'ticket', ...(await readTicket(given, given, open)) };
    const uri = given.endsWith('/') ? given : `${given}/`;
    return openRunIn(await openStore(uri), given);
  }
  const plain = given.replace(/^file:\/\//, '');
  const path = resolve(plain.endsWith('.onnx') ? plain : folderFor(plain));
  const found = await ifThere(stat(path));
  if (!found) {
    throw new UserError(
      `${given}: there is no such file or folder; give the .onnx file of a ticket, or the folder of a run (its --out)`,
    );
  }
  if (found.isDirectory()) return openRunIn(await openStore(uriOfFolder(path)), shown(path));
  return { kind: 'ticket', path, ...(await readTicket(path, shown(path), open)) };
}

async function openRunIn(store: Store, name: string): Promise<Target> {
  if (await getIfThere(store, keys.SPEC)) return { kind: 'run', name, store };
  if (await getIfThere(store, keys.SWEEP))
    throw new UserError(
      `${name}: is a sweep; give the folder of one of its runs, which are in its ${keys.CELLS}`,
    );
  throw new UserError(
    `${name}: holds no run (no ${keys.SPEC}); give the folder of a run (its --out), or the .onnx file of a ticket`,
  );
}

async function readTicket(uri: string, name: string, open: OpenSource): Promise<OpenedTicket> {
  const source = await open(uri);
  return openTicket(await source.read(0, source.size), name);
}

/** The ticket that a run ended with; with `kept`, its nested ticket at that share. Throws UserError where it has none yet. */
export async function ticketOfRun(store: Store, name: string, kept?: number): Promise<OpenedTicket> {
  const key = kept === undefined ? keys.TICKET : keys.TICKET_NESTED;
  const [model, summary] = await Promise.all([getIfThere(store, key), readSummary(store)]);
  if (!model && summary && kept !== undefined) {
    throw new UserError(
      `${name}: has no ${key}, since its algorithm is ${summary.algorithm}; leave --kept and --sparsity out, or give a run with "algorithm": "nested" or "lcs"`,
    );
  }
  if (model) {
    verifyResult(store, key, model, summary);
    return { ...openTicket(model, name), ...defined({ kept }) };
  }
  throw new UserError(
    `${name}: has no ${keys.TICKET}; if the run is not finished, finish it with: npx tombola resume ${shellWord(name)}; if it is, write it again with: npx tombola report ${shellWord(name)}`,
  );
}

export function openTicket(model: Uint8Array, name: string): OpenedTicket {
  try {
    return { name, model, info: readTicketInfo(model, name) };
  } catch (error) {
    if (error instanceof UnusableModel) throw new UserError(error.message, { cause: error });
    throw error;
  }
}
