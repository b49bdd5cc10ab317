import { hash } from 'node:crypto';

/** `audit-<first record>-<day>.jsonl`: in the order of their names, they are one chain. */
const NAME = /^audit-(\d{12})-(\d{4}-\d{2}-\d{2})\.jsonl$/;
/** What the names of all files with records begin with. */
export const RECORDS = 'audit-';
const KEYS = /^keys(-[0-9a-f]{8})?\.txt$/;

/** The name of a file that begins with this record, on this day (UTC). */
export function recordsName(index: number, day: string): string {
  return `${RECORDS}${numbered(index)}-${day}.jsonl`;
}

/** The record's number as names have it, so that they sort. */
export function numbered(index: number): string {
  return String(index).padStart(12, '0');
}

export function isRecordsName(name: string): boolean {
  return NAME.test(name);
}

/** The first record of a file, as its name says. */
export function firstRecordIn(name: string): number {
  return Number(NAME.exec(name)?.[1]);
}

export function dayIn(name: string): string | undefined {
  return NAME.exec(name)?.[2];
}

/** The name of a file with this public key alone, where files cannot be changed. */
export function keysName(vkey: string): string {
  return `keys-${hash('sha256', vkey, 'hex').slice(0, 8)}.txt`;
}

/** Is it a file with public keys, a line each? */
export function isKeysName(name: string): boolean {
  return KEYS.test(name);
}
