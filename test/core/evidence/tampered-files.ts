import { createHash } from 'node:crypto';
import { recordOf } from '../../../src/core/audit/record.ts';
import { BEGINNING, chained, type Link } from '../../../src/core/evidence/chain.ts';
import { headText } from '../../../src/core/evidence/head.ts';
import { lineOf, noteLine } from '../../../src/core/evidence/line.ts';
import { recordsName } from '../../../src/core/evidence/names.ts';
import { EPOCH, entry, placed, signedHead, signerOf } from './chain.ts';

export const DAY_MS = 86_400_000;

export interface AuditFile {
  readonly name: string;
  readonly lines: readonly (string | Buffer)[];
}

/** As it was written: lines of letters. */
export interface TextFile extends AuditFile {
  readonly lines: readonly string[];
}

/** A file of each day: ten records, and their head. */
export function filesOf(days: number, links = linksOf(days * 10)): readonly TextFile[] {
  return Array.from({ length: days }, (_, day) => {
    const own = links.slice(day * 10, day * 10 + 10);
    const [first, last] = [own[0], own.at(-1)];
    if (!first || !last) throw new Error('none');
    const lines = [...own.map(lineOf), noteLine(signedHead(last))];
    return { name: recordsName(first.index, new Date(first.at).toISOString().slice(0, 10)), lines };
  });
}

export function linksOf(count: number): readonly Link[] {
  return chained(
    BEGINNING,
    placed(1, count).map((one, i) => ({ ...one, at: EPOCH + Math.floor(i / 10) * DAY_MS })),
  );
}

/** Something done to the lines of the second day. */
export function inDay2(
  files: readonly TextFile[],
  change: (lines: readonly string[]) => readonly (string | Buffer)[],
): readonly AuditFile[] {
  return files.map((file, i) => (i === 1 ? { ...file, lines: change(file.lines) } : file));
}

/** The last record again, behind all. */
export function twice(files: readonly TextFile[], change: (line: string) => string): readonly AuditFile[] {
  return files.map((file, i) => (i === 2 ? { ...file, lines: [...file.lines, change(file.lines[9] ?? '')] } : file));
}

/** More in what is said of people. */
export function sayingOf(line: string, more: string): string {
  const at = line.lastIndexOf('"people":{') + '"people":{'.length;
  return `${line.slice(0, at)}${more}${line.slice(at)}`;
}

export function cutInLetter(line: string): Buffer {
  const bytes = Buffer.from(line);
  return bytes.subarray(0, bytes.indexOf('é') + 1);
}

/** `é` becomes `è`: one byte. */
export function otherLetter(line: string): Buffer {
  const bytes = Buffer.from(line);
  bytes[bytes.indexOf('é') + 1] = 0xa8;
  return bytes;
}

export function headOf(index: number, installation = 'demo'): string {
  const link = linksOf(index)[index - 1];
  if (!link) throw new Error('none');
  return noteLine(signerOf().sign(headText({ ...link, installation, at: EPOCH })));
}

export function ofAnother(file: TextFile | undefined): TextFile {
  return { name: file?.name ?? '', lines: (file?.lines ?? []).with(-1, headOf(30, 'other')) };
}

/** Another text in the place of a record, with its own hash: the chain alone tells. */
export function withRecord(files: readonly TextFile[], index: number, record: string): readonly TextFile[] {
  const link = linksOf(30)[index - 1];
  if (!link) throw new Error('none');
  const line = lineOf({ ...link, record, people: '{}', hash: createHash('sha256').update(record).digest('base64url') });
  return files.map(({ name, lines }) => ({
    name,
    lines: lines.map((own) => (own.startsWith(`{"i":${index},`) ? line : own)),
  }));
}

export function missing(index: number): readonly ['missing', number] {
  return ['missing', index];
}

export function unknown(index: number): readonly ['signature', number] {
  return ['signature', index];
}

export function moved(
  files: readonly TextFile[],
  from: number,
  to: number,
  end: 'first' | 'last',
): readonly TextFile[] {
  const source = files[from]?.lines ?? [];
  const own = end === 'last' ? source[0] : source.at(-2);
  return files.map((file, i) => {
    if (i === from) return { ...file, lines: file.lines.filter((line) => line !== own) };
    if (i !== to) return file;
    return { ...file, lines: end === 'last' ? [...file.lines, own ?? ''] : [own ?? '', ...file.lines] };
  });
}

export function renamed(files: readonly TextFile[], which: number): readonly TextFile[] {
  return files.map((file, i) => (i === which ? { ...file, name: recordsName(11, '2020-01-01') } : file));
}

export function emptied(files: readonly TextFile[], which: number): readonly TextFile[] {
  return files.map((file, i) => (i === which ? { ...file, lines: [] } : file));
}

export function cutAtTheBeginning(files: readonly TextFile[]): readonly TextFile[] {
  return files.map((file, i) => (i === 0 ? { ...file, lines: file.lines.slice(3) } : file));
}

export function unsigned(file: TextFile): TextFile {
  return { ...file, lines: file.lines.filter((line) => !line.startsWith('{"note"')) };
}

/** The days of another chain from this one on, signed with its own key. */
export function anotherTail(day: number): readonly TextFile[] {
  const links = chained(
    { ...BEGINNING, head: 'B'.repeat(43) },
    placed(1, 50).map((one, i) => ({ ...one, at: EPOCH + Math.floor(i / 10) * DAY_MS })),
  );
  return filesOf(5, links)
    .slice(day - 1)
    .map((file) => ({
      ...file,
      lines: [...file.lines.slice(0, -1), noteLine(signedHead(links.at(-1) as Link, signerOf(9)))],
    }));
}

/** The third record again at the end, with words of somebody else under the head of the first. */
export function doubled(lines: readonly string[]): readonly string[] {
  const index = 13;
  const links = linksOf(30);
  const own = links[index - 1] as Link;
  const forged = { ...own, ...recordOf(entry(99), () => 'salt') };
  return [...lines, lineOf(forged)];
}
