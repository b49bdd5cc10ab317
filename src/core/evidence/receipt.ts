import { hash } from 'node:crypto';
import type { Receipt } from '../audit/entry.ts';
import type { Instant } from '../language/instant.ts';
import type { NoteSigner, NoteVerifier } from './note.ts';
import { readNote } from './note.ts';

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

/** Whether the receipt in a record is that of what the record says; in words that follow “the receipt”, where it is not. */
export function receiptState(record: string, verifiers: readonly NoteVerifier[]): 'none' | 'right' | string {
  if (!record.includes('"receipt":{')) return 'none';
  try {
    return stateOf(record, verifiers);
  } catch {
    // Whoever wrote it was not Drawbridge: its hash may be right all the same.
    return 'cannot be read';
  }
}

function stateOf(record: string, verifiers: readonly NoteVerifier[]): 'none' | 'right' | string {
  const facts = JSON.parse(record) as Readonly<Record<string, unknown>> & { readonly receipt?: Receipt };
  const { receipt, request, version, machine, proof } = facts;
  if (!receipt) return 'none';
  const { installation, at, cloudAt } = receipt;
  const said = { request: String(request), version: Number(version), machine: String(machine) };
  const proven = Array.isArray(proof) ? proof.map(String) : [];
  const text = textOf({ ...said, installation, at, proof: proven, ...(cloudAt === undefined ? {} : { cloudAt }) });
  const read = readNote(`${text}\n${receipt.signature}\n`, verifiers);
  if (read?.state === 'unknown') return 'is signed by a key that is not known';
  return read?.state === 'signed' && receipt.code === codeOf(text) ? 'right' : 'is not that of what the record says';
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
