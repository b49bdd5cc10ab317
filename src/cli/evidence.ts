import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyOf } from '../core/audit/sealed.ts';
import { badConfig } from '../core/errors/bad-config.ts';
import { readLine } from '../core/evidence/line.ts';
import { RECORDS } from '../core/evidence/names.ts';
import { type Pack, packFiles, packOf } from '../core/evidence/pack.ts';
import { packPage } from '../core/evidence/pack-page.ts';
import type { ChainedEntry } from '../core/evidence/population.ts';
import { rowIn } from '../core/evidence/row.ts';
import { DAY_MS } from '../core/language/instant.ts';
import { keyOfIn, placeOf, UNSURE, type VerifyOptions, verdictLines, verified } from './audit.ts';
import { COMMAND, readingPath } from './given-path.ts';
import { sayLine, sayText } from './output.ts';

export interface EvidenceOptions extends VerifyOptions {
  readonly from: number;
  readonly to: number;
  readonly out: string;
  readonly audit?: string;
}

/**
 * `jit evidence`: the auditor's pack of a period, from the audit files alone. Exit code 1 where they do not verify, or do not tell of all of
 * it; 3 where nobody can tell: they end before it does, or only keys from beside them say that nothing is wrong.
 */
export async function evidenceVerb(file: string, { from, to, out, audit, ...checks }: EvidenceOptions): Promise<void> {
  if (from >= to) throw badConfig([periodFault(from, to)], undefined, COMMAND);
  if (existsSync(out) && (await readingPath(out, () => readdirSync(out))).length > 0)
    throw badConfig([`${out} is not empty: a pack has a folder of its own`], undefined, COMMAND);
  const { folder, options } = await placeOf(file, audit, checks);
  const records = new Records(await keyOfIn(checks.people), to);
  // What is in the pack is what was verified, also while files are written to or deleted.
  const { verdict, files: count, unsure } = await verified(folder, options, (line) => records.take(line));
  if (count === 0) throw badConfig([`${folder} holds no audit files (${RECORDS}….jsonl)`], undefined, COMMAND);
  const { installation, unread } = records;
  const pack = packOf(records.all(), { installation, from, to, verdict, isPinned: unsure.length === 0, unread });
  const files = new Map(packFiles(pack));
  files.set('verification.txt', `${verdictLines('audit files', count, verdict, unsure).join('\n')}\n`);
  files.set('index.html', packPage(pack, files));
  const manifest = [...files].map(([name, text]) => `${hash('sha256', text, 'hex')}  ${name}\n`).join('');
  mkdirSync(out, { recursive: true, mode: 0o700 });
  for (const [name, text] of [...files, ['manifest.sha256', manifest] as const])
    writeFileSync(join(out, name), text, { mode: 0o600 });
  tell(pack, out, hash('sha256', manifest, 'hex'));
  if (verdict.faults.length > 0 || pack.lacks.length > 0) process.exitCode = 1;
  else if (pack.endsAt !== undefined || unsure.length > 0) process.exitCode = UNSURE;
}

/** Whoever wants one day names it twice. */
function periodFault(from: number, to: number): string {
  const fault = '--to must be after --from';
  if (from > to) return `${fault}: the period ends before it begins`;
  if (from % DAY_MS !== 0) return `${fault}: the period ends where it begins`;
  return `${fault}: days begin and end at midnight UTC, so for this one write --to ${new Date(to + DAY_MS).toISOString().slice(0, 10)}`;
}

function tell({ leases, lacks, remarks, verdict, isPinned }: Pack, out: string, manifest: string): void {
  const exceptions = leases.filter(({ exceptions: all }) => all.length > 0).length;
  const faults = verdict.faults.length + verdict.unlisted.faults;
  const right = isPinned ? 'The audit verifies.' : 'Nobody can tell whether the audit is right.';
  const proof = faults === 0 ? right : `The audit has ${faults} faults.`;
  sayLine(`${leases.length} accesses, ${exceptions} with an exception. ${proof}`);
  for (const lack of lacks) sayLine(`Not complete. ${lack}`);
  for (const remark of remarks) sayLine(`NB. ${remark}.`);
  sayLine(`manifest.sha256 has SHA-256 ${manifest}: keep this apart from the pack, which whoever has it can change.`);
  sayText(`Read ${join(out, 'index.html')}`);
}

/** Every record once, in the order of the chain, and whose chain it is. */
class Records {
  installation = '';
  /** So many of before the period ends cannot be read. */
  unread = 0;
  readonly #keyOf: KeyOf;
  readonly #to: number;
  readonly #entries = new Map<number, ChainedEntry>();

  constructor(keyOf: KeyOf, to: number) {
    this.#keyOf = keyOf;
    this.#to = to;
  }

  take(line: Buffer): undefined {
    const read = readLine(line);
    if (!read) return;
    if ('note' in read) {
      this.installation = read.note.split('\n')[1] ?? '';
      return;
    }
    const { index, at } = read;
    if (this.#entries.has(index)) return;
    const row = rowIn(read, this.#keyOf);
    if (row) this.#entries.set(index, { index, at, row });
    else if (at < this.#to) this.unread += 1;
  }

  all(): readonly ChainedEntry[] {
    return [...this.#entries.values()].toSorted((a, b) => a.index - b.index);
  }
}
