import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyOf } from '../core/audit/sealed.ts';
import { badConfig } from '../core/errors/bad-config.ts';
import { readLine } from '../core/evidence/line.ts';
import { type Pack, packFiles, packOf } from '../core/evidence/pack.ts';
import { packPage } from '../core/evidence/pack-page.ts';
import type { ChainedEntry } from '../core/evidence/population.ts';
import { rowIn } from '../core/evidence/row.ts';
import { auditLines } from '../sinks.ts';
import { keyOfIn, placeOf, type VerifyOptions, verdictLines, verified } from './audit.ts';
import { sayLine } from './output.ts';

export interface EvidenceOptions extends VerifyOptions {
  readonly from: number;
  readonly to: number;
  readonly out: string;
  readonly audit?: string;
}

/** `jit evidence`: the auditor's pack of a period, from the audit files alone. Exit code 1 where they do not verify, or do not tell of all of it. */
export async function evidenceVerb(file: string, { from, to, out, audit, ...checks }: EvidenceOptions): Promise<void> {
  if (from >= to) throw badConfig(['--to must be after --from: the period ends before it'], undefined, 'The command');
  if (existsSync(out) && readdirSync(out).length > 0)
    throw badConfig([`${out} is not empty: a pack has a folder of its own`], undefined, 'The command');
  const { folder, options } = await placeOf(file, audit, checks);
  const { verdict, files: count, unsure } = await verified(folder, options);
  if (count === 0) throw badConfig([`${folder} holds no audit files`], undefined, 'The command');
  const [entries, installation] = await entriesIn(folder, await keyOfIn(checks.people));
  const pack = packOf(entries, { installation, from, to, verdict, isPinned: unsure.length === 0 });
  const files = new Map(packFiles(pack));
  files.set('verification.txt', `${verdictLines('audit files', count, verdict, unsure).join('\n')}\n`);
  files.set('index.html', packPage(pack, files));
  const manifest = [...files].map(([name, text]) => `${hash('sha256', text, 'hex')}  ${name}\n`).join('');
  mkdirSync(out, { recursive: true, mode: 0o700 });
  for (const [name, text] of [...files, ['manifest.sha256', manifest] as const])
    writeFileSync(join(out, name), text, { mode: 0o600 });
  tell(pack, out, hash('sha256', manifest, 'hex'));
  if (verdict.faults.length > 0 || pack.lacks.length > 0) process.exitCode = 1;
}

function tell({ leases, lacks, remarks, verdict }: Pack, out: string, manifest: string): void {
  const exceptions = leases.filter(({ exceptions: all }) => all.length > 0).length;
  const faults = verdict.faults.length + verdict.unlisted.faults;
  const proof = faults === 0 ? 'The audit verifies.' : `The audit has ${faults} faults.`;
  sayLine(`${leases.length} accesses, ${exceptions} with an exception. ${proof}`);
  for (const lack of lacks) sayLine(`Not complete. ${lack}`);
  for (const remark of remarks) sayLine(`NB. ${remark}.`);
  sayLine(`manifest.sha256 has SHA-256 ${manifest}: keep this apart from the pack, which whoever has it can change.`);
  sayLine(`Read ${join(out, 'index.html')}`);
}

/** Every record once, in the order of the chain, and whose chain it is. */
async function entriesIn(
  folder: string,
  keyOf: KeyOf,
): Promise<readonly [entries: readonly ChainedEntry[], installation: string]> {
  const entries = new Map<number, ChainedEntry>();
  let installation = '';
  await auditLines(folder, (line) => {
    const read = readLine(line);
    if (!read) return;
    if ('note' in read) installation = read.note.split('\n')[1] ?? '';
    else if (!entries.has(read.index)) {
      const row = rowIn(read, keyOf);
      if (row) entries.set(read.index, { index: read.index, at: read.at, row });
    }
  });
  return [[...entries.values()].toSorted((a, b) => a.index - b.index), installation];
}
