import { hash } from 'node:crypto';
import type { Receipt } from '../audit/entry.ts';
import type { RecordFacts } from '../audit/facts.ts';
import type { Instant } from '../language/instant.ts';
import type { AuditFault } from './fault.ts';
import type { keyTimes } from './key-times.ts';
import type { NoteSigner, NoteVerifier } from './note.ts';
import { isKeyOf, readNote } from './note.ts';

/** What a receipt is about. */
interface ClosedFacts {
  readonly installation: string;
  readonly request: string;
  readonly version: number;
  readonly machine: string;
  /** What was read back, a port each: `22 closed`. */
  readonly proof: readonly string[];
  /** When, by the store's time. */
  readonly at: Instant;
  /** When, by the cloud's own clock, where it tells. */
  readonly cloudAt?: Instant;
}

const KIND = 'drawbridge receipt v1';
const CODE_LETTERS = 10;

/** Signs what was read back after closing. */
export function receiptOf(signer: NoteSigner, facts: ClosedFacts): Receipt {
  const text = textOf(facts);
  const { at, cloudAt, installation } = facts;
  return {
    code: codeOf(text),
    installation,
    at,
    ...(cloudAt === undefined ? {} : { cloudAt }),
    signature: signer
      .sign(text)
      .slice(text.length + 1)
      .trim(),
  };
}

/** A receipt that is that of what its record says: by which key, and of when, as it says itself. */
export interface RightReceipt {
  readonly by: string;
  readonly at: Instant;
  readonly installation: string;
}

/** `none`, a right one, or what is wrong with it in words that follow “the receipt”. */
export type ReceiptState = 'none' | RightReceipt | string;

/** Whether the receipt in a record is that of what the record says; in words that follow “the receipt”, where it is not. */
export function receiptState(facts: RecordFacts, verifiers: readonly NoteVerifier[]): ReceiptState {
  try {
    return stateOf(facts, verifiers);
  } catch {
    // Whoever wrote it was not Drawbridge: its hash may be right all the same.
    return 'cannot be read';
  }
}

function stateOf(
  facts: RecordFacts & { readonly receipt?: Receipt },
  verifiers: readonly NoteVerifier[],
): ReceiptState {
  const { receipt, request, version, machine, proof } = facts;
  if (!receipt) return 'none';
  const { installation, at, cloudAt } = receipt;
  const said = { request: String(request), version: Number(version), machine: String(machine) };
  const proven = Array.isArray(proof) ? proof.map(String) : [];
  const text = textOf({ ...said, installation, at, proof: proven, ...(cloudAt === undefined ? {} : { cloudAt }) });
  const read = readNote(`${text}\n${receipt.signature}\n`, verifiers);
  if (read?.state === 'unknown') return 'is signed by a key that is not known';
  if (read?.state !== 'signed' || read.by === undefined || receipt.code !== codeOf(text))
    return 'is not that of what the record says';
  if (!isKeyOf(read.by, installation))
    return `is of installation ${installation}, and is signed by a key of another one`;
  return { by: read.by, at, installation };
}

/** What is wrong with the receipt of a record of this instant. Its key signs in its own time alone: neither time makes the other younger. */
export function receiptFault(
  receipt: ReceiptState,
  at: Instant,
  times: ReturnType<typeof keyTimes>,
): string | undefined {
  if (receipt === 'none') return undefined;
  if (typeof receipt === 'string') return receipt;
  const late = times.against(receipt.by, Math.max(receipt.at, at));
  return late === undefined ? undefined : `is signed by a key ${late}`;
}

type Places = ReadonlyMap<string, Pick<AuditFault, 'file' | 'line'> & { readonly index: number }>;

/** Receipts of another installation than the records are of: the first of each, by its installation. */
export function receiptsElsewhere(all: Places, installation: string | undefined): readonly AuditFault[] {
  if (installation === undefined) return [];
  return [...all].flatMap(([of, place]) => {
    const say = `the receipt in record ${place.index} is of installation ${of}, and the records are of ${installation}`;
    return of === installation ? [] : [{ ...place, what: 'receipt', say }];
  });
}

function textOf({ installation, request, version, machine, proof, at, cloudAt }: ClosedFacts): string {
  const cloud = cloudAt === undefined ? '-' : new Date(cloudAt).toISOString();
  const lines = [KIND, installation, `${request}-${version}`, machine, new Date(at).toISOString(), cloud, ...proof];
  return `${lines.join('\n')}\n`;
}

/** Short enough to be read out. */
function codeOf(text: string): string {
  return hash('sha256', text, 'hex').slice(0, CODE_LETTERS);
}
