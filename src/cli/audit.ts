import { lags } from '../app/evidence/behind.ts';
import type { Composed } from '../compose.ts';
import { auditFolder } from '../config/audit-folder.ts';
import { timedVkeys } from '../config/audit-keys.ts';
import type { Config } from '../config/schema.ts';
import { loadConfig } from '../configuration.ts';
import type { RecordFacts } from '../core/audit/facts.ts';
import type { KeyOf } from '../core/audit/sealed.ts';
import { badConfig } from '../core/errors/bad-config.ts';
import { csvLine } from '../core/evidence/csv.ts';
import { type EntryFilter, isMeantBy } from '../core/evidence/filter.ts';
import { timedKey } from '../core/evidence/key-times.ts';
import { readLine } from '../core/evidence/line.ts';
import { RECORDS } from '../core/evidence/names.ts';
import { type NoteVerifier, noteVerifier } from '../core/evidence/note.ts';
import { receiptState } from '../core/evidence/receipt.ts';
import { FIELDS, type Field, ocsfOf, rowIn } from '../core/evidence/row.ts';
import type { ChainVerdict } from '../core/evidence/verdict.ts';
import { Verification } from '../core/evidence/verify.ts';
import { durationText } from '../core/language/duration.ts';
import { tidy } from '../core/language/text.ts';
import { auditLines, erasuresBeside, keysBeside, keysOfPeople, unreadAuditFiles } from '../sinks.ts';
import { anchorsIn } from './audit-anchors.ts';
import { commandLog } from './command-log.ts';
import { COMMAND, mustBeFolder, readingPath } from './given-path.ts';
import { complain, sayLine, sayNotDone, sayText } from './output.ts';

export interface VerifyOptions {
  readonly key?: readonly string[];
  readonly anchor?: readonly string[];
  /** Folder of the keys of people, where what is said of them is sealed. */
  readonly people?: string;
  /** What comes before the first record is elsewhere. */
  readonly part?: boolean;
}

/** `jit audit verify [folder]`: with a folder, nothing else is needed. Exit code 1 where something is wrong, 3 where only keys from beside the files say that nothing is. */
export async function auditVerifyVerb(file: string, given: string | undefined, options: VerifyOptions): Promise<void> {
  const asked = await placeOf(file, given, options);
  const { verdict, files, unsure } = await verified(asked.folder, asked.options);
  for (const line of verdictLines(asked.folder, files, verdict, unsure)) sayLine(line);
  if (verdict.faults.length > 0 || files === 0) process.exitCode = 1;
  else if (unsure.length > 0) process.exitCode = UNSURE;
}

/** Nothing is wrong by keys that whoever wrote the files could have put there. */
export const UNSURE = 3;

/** Where the files are, and which keys are believed: those of the configuration, where it names the folder and no other is given. */
export async function placeOf<T extends VerifyOptions>(
  file: string,
  given: string | undefined,
  options: T,
): Promise<{ readonly folder: string; readonly options: T & { readonly own?: readonly string[] } }> {
  if (given !== undefined) return { folder: given, options };
  const config = await loadConfig(file);
  return { folder: auditFolder(config), options: { ...options, own: timedVkeys(config) } };
}

/** What the files of a folder prove. Keys that are not given are those beside the files. `look` sees each line that was verified. */
export async function verified(
  folder: string,
  { key = [], own = [], anchor = [], people, part = false }: VerifyOptions & { readonly own?: readonly string[] },
  look: (line: Buffer) => void = () => {},
): Promise<FilesVerified> {
  const trusted = key.length > 0 ? key : own;
  const timed = trusted.map(timedKey);
  const untils = new Map(timed.flatMap(({ vkey, until }) => (until === undefined ? [] : [[vkey, until]])));
  const beside = key.length > 0 ? [] : await readingPath(folder, () => keysBeside(folder));
  const verifiers = [...given(trusted), ...beside.flatMap((vkey) => noteVerifier(vkey) ?? [])];
  const anchors = await anchorsIn(anchor, verifiers);
  const keyOf = await keyOfIn(people);
  const receipt = (facts: RecordFacts) => receiptState(facts, verifiers);
  const erasures = await readingPath(folder, () => erasuresBeside(folder));
  const verification = new Verification({ verifiers, untils, anchors, receipt, keyOf, erasures, isPart: part });
  const files = await readingPath(folder, () =>
    auditLines(folder, (...line) => {
      verification.take(...line);
      look(line[0]);
    }),
  );
  const proven = verification.verdict(files);
  const verdict = { ...proven, remarks: [...proven.remarks, ...(await unreadIn(folder))] };
  const unsure = [...verdict.keys].filter((vkey) => !timed.some((one) => one.vkey === vkey));
  return { verdict, files: files.length, unsure };
}

const [MOST_NAMED, LONGEST_NAME] = [3, 80];

/** What was packed or renamed may be the end, which nothing else tells of. */
async function unreadIn(folder: string): Promise<readonly string[]> {
  const names = await unreadAuditFiles(folder);
  if (names.length === 0) return [];
  const named = [
    ...names.slice(0, MOST_NAMED).map((name) => tidy(name, LONGEST_NAME)),
    ...(names.length > MOST_NAMED ? ['…'] : []),
  ].join(', ');
  return [`not read, as they have other names than Drawbridge gives to files with records: ${named}`];
}

export interface FilesVerified {
  readonly verdict: ChainVerdict;
  readonly files: number;
  /** Keys that signed, and were taken from beside the files: whoever wrote these could have put them there. */
  readonly unsure: readonly string[];
}

/** What does not check anything must not look as if it did. */
function given(keys: readonly string[]): readonly NoteVerifier[] {
  return keys.map((text) => {
    const { vkey, until } = timedKey(text);
    const verifier = Number.isNaN(until) ? undefined : noteVerifier(vkey);
    if (!verifier)
      throw badConfig([`--key ${text} is no public key, as \`jit audit keys\` prints them`], undefined, COMMAND);
    return verifier;
  });
}

/** Reads what is sealed, where a folder with keys is given. */
export async function keyOfIn(people: string | undefined): Promise<KeyOf> {
  if (people === undefined) return () => undefined;
  await mustBeFolder(people);
  return readingPath(people, () => keysOfPeople(people).known());
}

export function verdictLines(
  folder: string,
  files: number,
  verdict: ChainVerdict,
  unsure: readonly string[],
): readonly string[] {
  const { records, first, end, signed, keys, receipts, erased, sealed, faults, remarks, unlisted } = verdict;
  if (files === 0) return [`${folder} holds no audit files: name the folder that has them (${RECORDS}….jsonl).`];
  const head = `${folder}: ${files} ${files === 1 ? 'file' : 'files'}, ${records} records (${first} to ${end?.index ?? 0}), signed up to ${signed}, ${receipts} receipts.`;
  const by = [...keys].map(
    (key) =>
      `Signed by ${key}${unsure.includes(key) ? ' (from keys.txt beside the files: compare it with the one that you were given)' : ''}`,
  );
  const more = [
    ...(erased > 0 ? [`${erased} parts about people were taken away.`] : []),
    ...(sealed > 0
      ? [`${sealed} parts about people are sealed: without their keys (\`--people\`), nobody can check them.`]
      : []),
    ...(first > 1 ? [`Nothing here proves what record ${first} says, as the record before it is not here.`] : []),
    ...(signed < (end?.index ?? 0) ? [`Nothing signed covers the records after ${signed} yet.`] : []),
    ...remarks.map((remark) => `NB. ${remark}.`),
    ...(unlisted.remarks > 0 ? [`NB. ${unlisted.remarks} more of these are not listed.`] : []),
    endLine(verdict),
  ];
  const wrong = faults.map(({ file, line, say }) => `${file === '' ? '' : `${file} line ${line}: `}${say}`);
  const unread = unlisted.faults > 0 ? [`${unlisted.faults} more faults are not listed.`] : [];
  const last = faults.length === 0 ? rightLine(verdict, unsure) : `${faults.length + unlisted.faults} faults.`;
  return [head, ...by, ...more, ...wrong, ...unread, last];
}

/** Nothing more than what keys that were given prove. */
function rightLine({ first, end, signed }: ChainVerdict, unsure: readonly string[]): string {
  if (unsure.length > 0)
    return 'Nothing is wrong by the keys beside the files, which proves nothing against whoever can write there: they could have made all of it, and the keys. Name the keys that you were given (`--key`).';
  const rest = (end?.index ?? 0) - signed;
  // What the first one says is in no head here where the one before it is elsewhere.
  const from = first > 1 ? first + 1 : first;
  if (from > signed) return 'Nothing is wrong, and nothing more is proven.';
  const all = `Every record from ${from} to ${signed} is there, in its order, and as it was written`;
  return rest > 0 ? `${all}; nothing proves the ${rest} after these yet.` : `${all}.`;
}

/** Nothing in the files can show that they once were longer. */
function endLine({ end, anchored }: ChainVerdict): string {
  const index = end?.index ?? 0;
  if (anchored === 0)
    return `Whether anything came after record ${index}, only a head that was kept elsewhere can show (\`--anchor\`).`;
  return `The chain goes as far as the newest head that was kept elsewhere, of record ${anchored}, and on to record ${index}.`;
}

export type ExportFormat = 'csv' | 'json' | 'ocsf';

/** `jit audit export`: entries of the files, one a line. What spreadsheets take for a formula is text. */
export async function auditExportVerb(
  file: string,
  given: string | undefined,
  {
    format,
    filter,
    people,
  }: { readonly format: ExportFormat; readonly filter: EntryFilter; readonly people?: string | undefined },
): Promise<void> {
  const folder = given ?? auditFolder(await loadConfig(file));
  const fields = Object.keys(FIELDS) as readonly Field[];
  const out: string[] = format === 'csv' ? [csvLine(fields)] : [];
  const seen = new Set<string>();
  let [unread, changed] = [0, 0];
  const keyOf = await keyOfIn(people);
  const take = (line: Buffer) => {
    const read = readLine(line);
    if (read && 'note' in read) return;
    const row = read && rowIn(read, keyOf);
    if (!read || !row) unread += 1;
    else if (!read.isIntact) changed += 1;
    // The first one counts, whichever is asked for: it is the one that follows from those before it.
    const which = `${read?.index} ${read?.head}`;
    if (!read || !row || seen.has(which)) return;
    seen.add(which);
    if (!isMeantBy(filter, row, read.at)) return;
    if (format === 'csv') out.push(csvLine(fields.map((field) => row[field])));
    else out.push(JSON.stringify(format === 'json' ? row : ocsfOf(row)));
  };
  const files = await readingPath(folder, () => auditLines(folder, take));
  if (files.length === 0) throw badConfig([`${folder} holds no audit files (${RECORDS}….jsonl)`], undefined, COMMAND);
  process.stdout.write(out.map((line) => `${line}\n`).join(''));
  for (const fault of exportFaults(unread, changed)) {
    complain(fault);
    process.exitCode = 1;
  }
}

/** An export shows what the files say; whether it is so, `verify` says. */
function exportFaults(unread: number, changed: number): readonly string[] {
  return [
    ...(unread > 0
      ? [
          `${unread} records cannot be read, and are left out. \`jit audit verify\` says which are damaged; others are of a newer version of Drawbridge, which can read them.`,
        ]
      : []),
    ...(changed > 0
      ? [
          `${changed} records are not what was written: somebody changed them, and those that are meant are exported as they are now. \`jit audit verify\` says which.`,
        ]
      : []),
  ];
}

/** `jit audit keys`: what an auditor is given beforehand. */
export async function auditKeysVerb(file: string): Promise<void> {
  for (const key of timedVkeys(await loadConfig(file))) sayText(key);
}

/** `jit audit sinks`: how far each is behind. */
export async function auditSinksVerb(file: string): Promise<void> {
  const { deps, close } = await composed(await loadConfig(file));
  try {
    if (!deps.evidence) return;
    const all = await lags(deps, deps.evidence);
    for (const { name, records, waitedMs, isBestEffort, isConfigured } of all) {
      const late =
        records === 0 ? 'has everything' : `lacks ${records} records, the oldest for ${durationText(waitedMs)}`;
      const more = [...(isBestEffort ? ['best effort'] : []), ...(isConfigured ? [] : ['not configured any more'])];
      sayLine(`${name}: ${late}${more.length > 0 ? ` (${more.join(', ')})` : ''}`);
    }
    if (all.length === 0) sayLine('Nothing was brought to any sink yet.');
  } finally {
    await close();
  }
}

/** `jit audit forget <sink>`: nothing waits any more for one that is gone for good. */
export async function auditForgetVerb(file: string, name: string): Promise<void> {
  const { deps, close } = await composed(await loadConfig(file));
  try {
    const isGone = await deps.evidence?.chain.forget(name);
    if (isGone) return sayLine(`Nothing waits for ${name} any more.`);
    sayNotDone(`No sink is called ${name}. \`npx jit audit sinks\` lists them.`, 'notFound');
  } finally {
    await close();
  }
}

/** Loaded for the commands that need Redis: those that look at files alone start without it. */
async function composed(config: Config): Promise<Composed> {
  const { compose } = await import('../compose.ts');
  return compose(config, commandLog());
}
