import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eachLine, fileSink, personalFiles } from '../../../adapters/audit-file/index.ts';
import { wrongWith } from '../../../adapters/audit-file/place.ts';
import { readLine } from '../../../src/core/evidence/line.ts';
import { Verification } from '../../../src/core/evidence/verify.ts';
import { batches, sinkConformance } from '../../conformance/sink.ts';
import { EPOCH, signerOf, VERIFIERS } from '../../core/evidence/chain.ts';

const never = new AbortController().signal;
let folder: string;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'drawbridge-audit-')), 'files');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const files = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort();
const make = (rotateBytes = 1_000_000) =>
  fileSink({ installation: 'demo', folder, rotateBytes, vkeys: [signerOf().vkey] });

async function verdict() {
  const verification = new Verification({ verifiers: VERIFIERS });
  await eachLine(folder, (...line) => verification.take(...line));
  return verification.verdict();
}

async function kept() {
  const all: { readonly index: number; readonly record: string; readonly head: string }[] = [];
  await eachLine(folder, (line) => {
    const read = readLine(Buffer.from(line));
    if (read && 'index' in read) all.push(read);
  });
  return all;
}

sinkConformance('files', async () => ({
  make,
  kept,
  isOnce: true,
  async fail(isAway) {
    // Not by its rights: root may write anywhere.
    if (isAway) renameSync(folder, `${folder}-away`);
    if (isAway) return writeFileSync(folder, '');
    rmSync(folder);
    renameSync(`${folder}-away`, folder);
  },
  async cutShort() {
    const [name = ''] = files();
    const next = batches(2)[1];
    const { lineOf } = await import('../../../src/core/evidence/line.ts');
    const text = (next?.links ?? []).map(lineOf).join('\n');
    appendFileSync(join(folder, name), text.slice(0, Math.floor(text.length / 2)));
  },
  async stop() {},
}));

describe('a line that is longer than any record', () => {
  it('is shown cut off, under its own number, and the lines behind it as they are', async () => {
    await make().write(batches(1)[0] as never, never);
    const [name = ''] = files();
    const [head = '', ...rest] = readFileSync(join(folder, name), 'utf8').split('\n');
    writeFileSync(join(folder, name), [head, 'x'.repeat(40_000_000), ...rest].join('\n'));
    const seen: { readonly bytes: number; readonly number: number }[] = [];
    await eachLine(folder, (line, _, number) => seen.push({ bytes: line.length, number }));
    expect(seen.map(({ number }) => number)).toEqual(seen.map((_, i) => i + 1));
    expect(seen[1]?.bytes).toBeLessThan(20_000_000);
    expect((await verdict()).faults).toEqual([expect.objectContaining({ what: 'damaged', line: 2 })]);
  });
});

describe('files of the audit', () => {
  it('verify as one chain over several files, which begin anew by size and by day', async () => {
    const sink = make(6_000);
    for (const batch of batches(6)) await sink.write(batch, never);
    expect(files().length).toBeGreaterThan(2);
    expect(files()[0]).toMatch(/^audit-000000000001-\d{4}-\d\d-\d\d\.jsonl$/);
    expect(await verdict()).toMatchObject({ records: 60, signed: 60, faults: [], remarks: [] });
    const [one, two] = batches(2);
    if (!one || !two) throw new Error('none');
    expect(readFileSync(join(folder, 'keys.txt'), 'utf8')).toBe(`${signerOf().vkey}\n`);
    expect(statSync(join(folder, files()[0] ?? '')).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['half a line', (file: string) => appendFileSync(file, '{"i":11,"epoch":17640')],
    ['zeros, as after a power cut', (file: string) => appendFileSync(file, Buffer.alloc(5_000))],
    [
      'zeros with line feeds',
      (file: string) => appendFileSync(file, Buffer.from(`${'\0'.repeat(99)}\n${'\0'.repeat(9)}`)),
    ],
    ['nothing of its signed head', (file: string) => truncateSync(file, readFileSync(file).lastIndexOf('{"note"'))],
    ['half of its signed head', (file: string) => truncateSync(file, statSync(file).size - 20)],
    ['nothing but its first line', (file: string) => truncateSync(file, readFileSync(file).indexOf(10) + 1)],
    ['more zeros than are read at first', (file: string) => appendFileSync(file, Buffer.alloc(200_000))],
    [
      'the same in many lines',
      (file: string) => appendFileSync(file, Buffer.from(`${'\0'.repeat(999)}\n`.repeat(200))),
    ],
  ])('are mended at the next write where they end with %s', async (_, damage) => {
    const [one, two] = batches(2);
    if (!one || !two) throw new Error('none');
    await make().write(one, never);
    damage(join(folder, files()[0] ?? ''));
    await make().write(one, never);
    await make().write(two, never);
    expect(await verdict()).toMatchObject({ records: 20, signed: 20, faults: [], remarks: [] });
  });

  it('are read to the same end however long the last lines and all before them are', async () => {
    const all = batches(40);
    for (const batch of all) await make().write(batch, never);
    const [name = ''] = files();
    expect(statSync(join(folder, name)).size).toBeGreaterThan(100_000);
    expect(await make().end?.()).toMatchObject({ index: 400, head: all.at(-1)?.links.at(-1)?.head });
    expect(await verdict()).toMatchObject({ records: 400, signed: 400, faults: [], remarks: [] });
  });

  it('go on where a new file was begun and nothing written to it', async () => {
    const [one, two] = batches(2);
    if (!one || !two) throw new Error('none');
    await make().write(one, never);
    writeFileSync(join(folder, 'audit-000000000011-2099-01-01.jsonl'), '');
    await make().write(two, never);
    expect(await verdict()).toMatchObject({ records: 20, faults: [] });
  });

  it('go on behind what they have however many were begun and nothing written to them, and are still nobody else’s', async () => {
    const [one, two] = batches(2);
    if (!one || !two) throw new Error('none');
    await make().write(one, never);
    for (const day of ['01', '02', '03']) writeFileSync(join(folder, `audit-000000000011-2099-01-${day}.jsonl`), '');
    expect(await make().end?.()).toMatchObject({ index: 10, head: one.links.at(-1)?.head });
    const other = fileSink({ installation: 'prod', folder, rotateBytes: 1_000_000, vkeys: [signerOf().vkey] });
    const [first] = batches(1);
    if (!first) throw new Error('none');
    await expect(other.write({ ...first, installation: 'prod', links: [] }, never)).rejects.toThrow('another chain');
    expect(await wrongWith(folder, 'prod', async () => 0xef53)).toContain('The installation “demo” writes');
    await make().write(one, never);
    await make().write(two, never);
    expect(await verdict()).toMatchObject({ records: 20, signed: 20, faults: [], remarks: [] });
  });

  it('still verify after older ones were deleted, and never lose the last one', async () => {
    const [one, two, three] = batches(3);
    if (!one || !two || !three) throw new Error('none');
    const day = 86_400_000;
    const late = (batch: typeof one, days: number) => ({
      ...batch,
      links: batch.links.map((link) => ({ ...link, at: link.at + days * day })),
    });
    await make().write(one, never);
    writeFileSync(join(folder, 'other.txt'), 'kept');
    for (const [batch, days] of [
      [two, 1],
      [three, 2],
    ] as const)
      await make().write(late(batch, days), never);
    expect(files()).toHaveLength(3);
    const at = one.links[0]?.at ?? 0;
    const told: (readonly [begins: number, files: number])[] = [];
    const expire = (before: number) =>
      make().expire?.(before, async (begins) => void told.push([begins, files().length]));
    expect(await expire(at)).toBeUndefined();
    expect(await expire(at + 2 * day)).toBe(11);
    expect(await expire(at + 900 * day)).toBe(21);
    expect(told).toEqual([
      [11, 3],
      [21, 2],
    ]);
    expect(files()).toHaveLength(1);
    expect(readdirSync(folder)).toContain('other.txt');
    const { first, records } = await verdict();
    expect([first, records]).toEqual([21, 10]);
  });

  it('still verify after what they say of a person was taken away', async () => {
    for (const batch of batches(3)) await make(6_000).write(batch, never);
    const erased = (person: string, until: number) => ({
      all: new Map(),
      of: (one: string) => (one === person ? until : undefined),
    });
    const place = personalFiles(folder, { installation: 'demo', keys: [] });
    // A kill left it while a file was written anew.
    writeFileSync(join(folder, `${files()[0]}.new`), readFileSync(join(folder, files()[0] ?? '')));
    writeFileSync(join(folder, 'notes.new'), 'kept');
    expect(await place.erase(erased('nobody', EPOCH + 99))).toEqual({ changed: 0, left: 0 });
    expect(await Array.fromAsync(place.find('ada'))).toHaveLength(30);
    // What was written after they were erased stays.
    expect(await place.erase(erased('ada', EPOCH + 7))).toEqual({ changed: 7, left: 0 });
    expect(await verdict()).toMatchObject({ records: 30, erased: 7, faults: [] });
    expect(await place.erase(erased('ada', EPOCH + 99))).toEqual({ changed: 23, left: 0 });
    expect(await place.erase(erased('ada', EPOCH + 99))).toEqual({ changed: 0, left: 0 });
    expect(await Array.fromAsync(place.find('ada'))).toEqual([]);
    expect(await verdict()).toMatchObject({ records: 30, signed: 30, erased: 30, faults: [] });
    expect(
      files()
        .map((name) => readFileSync(join(folder, name), 'utf8'))
        .join(''),
    ).not.toContain('Ada');
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual(['notes.new']);
  });

  it('are searched, and taken from, also where what one says of people is damaged: nothing is left of it that may be theirs', async () => {
    for (const batch of batches(1)) await make().write(batch, never);
    const path = join(folder, files()[0] ?? '');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('"people":{"ada":"{', '"people":{"ada":{'));
    const place = personalFiles(folder, { installation: 'demo', keys: [] });
    const erased = (person: string) => ({
      all: new Map(),
      of: (one: string) => (one === person ? EPOCH + 99 : undefined),
    });
    expect(await Array.fromAsync(place.find('ada'))).toHaveLength(10);
    expect(await place.erase(erased('bob'))).toEqual({ changed: 0, left: 0 });
    expect((await verdict()).faults).toMatchObject([{ what: 'changed', index: 1 }]);
    expect(await place.erase(erased('ada'))).toEqual({ changed: 10, left: 0 });
    expect(readFileSync(path, 'utf8')).not.toContain('Ada');
    expect(await verdict()).toMatchObject({ records: 10, erased: 10, faults: [] });
  });

  it('are taken from also where the record itself was changed: who changes it keeps nobody from being erased', async () => {
    for (const batch of batches(1)) await make().write(batch, never);
    const path = join(folder, files()[0] ?? '');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"web-3 ', '"web-9 '));
    const before = (await verdict()).faults;
    expect(before).toMatchObject([{ what: 'changed', index: 3 }]);
    const place = personalFiles(folder, { installation: 'demo', keys: [] });
    expect(await place.erase({ all: new Map(), of: () => EPOCH + 99 })).toEqual({ changed: 10, left: 0 });
    expect(readFileSync(path, 'utf8')).not.toContain('Ada');
    expect((await verdict()).faults).toEqual(before);
  });

  it('take nothing of another chain', async () => {
    const [one, two] = batches(2);
    if (!one || !two) throw new Error('none');
    await make().write(one, never);
    const other = { ...two, from: { ...two.from, head: 'x'.repeat(43) } };
    await expect(make().write(other, never)).rejects.toThrow('holds another chain');
    expect(await make().end?.()).toMatchObject({ index: 10, head: one.links.at(-1)?.head });
  });
});

describe('a folder that is none for the audit', () => {
  it('is one that another installation writes to: it is told, and nothing of either is lost', async () => {
    const [ours, theirs] = [batches(1), batches(3)];
    for (const batch of theirs) await make().write(batch, never);
    expect(await wrongWith(folder, 'demo', async () => 0xef53)).toBeUndefined();
    const other = fileSink({ installation: 'prod', folder, rotateBytes: 1_000_000, vkeys: [signerOf().vkey] });
    expect(await other.examine?.(never)).toBe(
      `The installation “demo” writes its audit to ${folder}: each needs a folder of its own.`,
    );
    const before = await kept();
    // Shorter than what is there: it would count as written long ago.
    const [batch] = ours;
    if (!batch) throw new Error('no batch');
    await expect(other.write({ ...batch, installation: 'prod' }, never)).rejects.toThrow('another chain');
    expect(await kept()).toEqual(before);
  });

  it('is one in memory', async () => {
    const TMPFS = 0x01021994;
    expect(await wrongWith(folder, 'demo', async () => TMPFS)).toBe(
      `${folder} is in memory, and lost at the next restart of the computer.`,
    );
    // ext4; the folder is not there yet.
    const asked: string[] = [];
    const onDisk = async (path: string) => {
      asked.push(path);
      return 0xef53;
    };
    expect(await wrongWith(join(folder, 'later', 'files'), 'demo', onDisk)).toBeUndefined();
    expect(asked).toEqual([join(folder, '..')]);
  });
});
