import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileSink, personalFiles } from '../../adapters/audit-file/index.ts';
import { peopleKeys } from '../../adapters/people-keys/index.ts';
import { JIT } from '../../simulators/demo/jit.ts';
import { forSink } from '../../src/app/evidence/for-sink.ts';
import { erasureNote } from '../../src/core/evidence/erasure.ts';
import { headToken } from '../../src/core/evidence/head.ts';
import { erasedId } from '../../src/core/people/erased-id.ts';
import { batches } from '../conformance/sink.ts';
import { EPOCH, signedHead, signerOf } from '../core/evidence/chain.ts';

const never = new AbortController().signal;
let folder: string;

beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'drawbridge-audit-cli-')), 'audit');
  mkdirSync(folder);
  const sink = fileSink({ installation: 'demo', folder, rotateBytes: 6_000, vkeys: [signerOf().vkey] });
  for (const batch of batches(3)) await sink.write(batch, never);
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

/** Where no configuration is, as an auditor has it. */
function jit(
  ...given: readonly (string | { readonly input: string })[]
): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  const words = given.filter((one) => typeof one === 'string');
  const piped = given.find((one) => typeof one !== 'string');
  return new Promise((resolve) => {
    const options = { cwd: join(folder, '..'), env: { PATH: process.env.PATH }, timeout: 120_000 };
    const child = execFile(process.execPath, [JIT, 'audit', ...words], options, (error, out, told) => {
      resolve({ code: Number(error?.code ?? 0), lines: `${out}${told}`.trim().split('\n') });
    });
    child.stdin?.end(piped?.input ?? '');
  });
}

describe('jit audit, on files alone', () => {
  it('says that they verify, by which key, and how far they are signed', async () => {
    const { code, lines } = await jit('verify', folder, '--key', signerOf().vkey);
    expect(lines).toEqual([
      expect.stringMatching(/: \d files, 30 records \(1 to 30\), signed up to 30, 0 receipts\.$/),
      `Signed by ${signerOf().vkey}`,
      'Whether anything came after record 30, only a head that was kept elsewhere can show (`--anchor`).',
      'Every record from 1 to 30 is there, in its order, and as it was written.',
    ]);
    expect(code).toBe(0);
  });

  it('asks of a part about nobody whom Drawbridge signed as erased, beside the files', async () => {
    const place = personalFiles(folder, { installation: 'demo', keys: [] });
    const [id, until] = [erasedId('ada'), Date.now()];
    const all = new Map([[id, until]]);
    await place.erase({ all, of: (person) => all.get(erasedId(person)) });
    const verify = async () => {
      const { code, lines } = await jit('verify', folder, '--part', '--key', signerOf().vkey);
      return [code, lines.filter((line) => line.includes('not here'))];
    };
    expect(await verify()).toEqual([0, [expect.stringMatching(/^NB\. of 1 person \(ada\), 30 parts are not here/)]]);
    await place.keep?.(id, until, erasureNote(signerOf(), { installation: 'demo', person: 'ada', until: EPOCH }));
    const said = /^NB\. of 1 person who was erased \(ada up to \S+Z\), \d+ parts are not here, of later than that/;
    expect(await verify()).toEqual([0, [expect.stringMatching(said)]]);
    await place.keep?.(id, until, erasureNote(signerOf(), { installation: 'demo', person: 'ada', until }));
    expect(await verify()).toEqual([0, []]);
  });

  it('pinpoints what was changed, and fails', async () => {
    const [name = ''] = readdirSync(folder)
      .filter((one) => one.endsWith('.jsonl'))
      .sort();
    const text = readFileSync(join(folder, name), 'utf8');
    writeFileSync(join(folder, name), text.replace('"web-4 ', '"web-5 '));
    const { code, lines } = await jit('verify', folder);
    expect(lines.slice(-2)).toEqual([
      `${name} line 4: record 4 was changed: it is not what its hash says`,
      '1 faults.',
    ]);
    expect(code).toBe(1);
  });

  it('says of keys that it was not given that they prove nothing, and ends with 3: nobody can tell', async () => {
    const { code, lines } = await jit('verify', folder);
    expect(lines[1]).toBe(
      `Signed by ${signerOf().vkey} (from keys.txt beside the files: compare it with the one that you were given)`,
    );
    expect(lines.at(-1)).toMatch(
      /^Nothing is wrong by the keys beside the files, which proves nothing against whoever/,
    );
    expect(lines.join('\n')).not.toContain('Every record');
    expect(code).toBe(3);
    // Whoever can write there makes all of it, with a key of their own.
    const made = join(folder, '..', 'made');
    mkdirSync(made);
    const mallory = signerOf(66);
    const sink = fileSink({ installation: 'demo', folder: made, rotateBytes: 6_000, vkeys: [mallory.vkey] });
    for (const batch of batches(3)) {
      const last = batch.links.at(-1);
      if (last) await sink.write({ ...batch, note: signedHead(last, mallory) }, never);
    }
    expect((await jit('verify', made)).code).toBe(3);
    expect((await jit('verify', made, '--key', signerOf().vkey)).code).toBe(1);
  });

  it('finds an end that was cut off by a head that was kept elsewhere, and takes no key that was not given', async () => {
    const names = readdirSync(folder)
      .filter((one) => one.endsWith('.jsonl'))
      .sort();
    const anchor = join(folder, '..', 'anchor.txt');
    writeFileSync(anchor, batches(3)[2]?.note ?? '');
    const key = ['--key', signerOf().vkey];
    expect((await jit('verify', folder, '--anchor', anchor, ...key)).code).toBe(0);
    rmSync(join(folder, names.at(-1) ?? ''));
    const cut = await jit('verify', folder, '--anchor', anchor, ...key);
    expect([cut.code, cut.lines.at(-2)]).toEqual([1, expect.stringContaining('its end was cut off')]);
    const other = await jit('verify', folder, '--key', signerOf(9).vkey);
    expect([other.code, other.lines.at(-2)]).toEqual([1, expect.stringContaining('signed by a key that is not known')]);
  });

  it('takes nothing for a check that checks nothing, and a part for a part alone', async () => {
    const other = join(folder, '..', 'other.txt');
    writeFileSync(other, batches(3)[2]?.note.replace('30', '31') ?? '');
    expect(await jit('verify', folder, '--anchor', other)).toMatchObject({
      code: 1,
      lines: expect.arrayContaining([expect.stringContaining(`${other} has a head (1 of 1) that no known key signed`)]),
    });
    expect(await jit('verify', folder, '--key', 'demo+1')).toMatchObject({
      code: 1,
      lines: expect.arrayContaining([expect.stringContaining('--key demo+1 is no public key')]),
    });
    const [name = ''] = readdirSync(folder)
      .filter((one) => one.endsWith('.jsonl'))
      .sort();
    rmSync(join(folder, name));
    const part = await jit('verify', folder, '--part', '--key', signerOf().vkey);
    const first = Number(/ records \((\d+) to 30\)/.exec(part.lines[0] ?? '')?.[1]);
    // What it says is in no head here: it can be changed, and nothing shows it.
    expect([part.code, part.lines]).toEqual([
      0,
      expect.arrayContaining([
        `Nothing here proves what record ${first} says, as the record before it is not here.`,
        `Every record from ${first + 1} to 30 is there, in its order, and as it was written.`,
      ]),
    ]);
  });

  it('passes over no head of a file: the one that it cannot check may be the newest', async () => {
    const [, two, three] = batches(3);
    const anchor = join(folder, '..', 'heads.txt');
    const verify = () => jit('verify', folder, '--anchor', anchor, '--key', signerOf().vkey);
    // As a message was copied: the newest first, and cut short.
    const words = [three, two].map((batch) => headToken(batch?.note ?? ''));
    writeFileSync(anchor, words.join('\n'));
    expect((await verify()).code).toBe(0);
    writeFileSync(anchor, [words[0]?.slice(0, -9), words[1]].join('\n'));
    const cut = await verify();
    expect([cut.code, cut.lines.join(' ')]).toEqual([
      1,
      expect.stringMatching(/has a head \(1 of 2\) that no known key signed, or that was changed or cut short/),
    ]);
    // A head of another installation, whatever key signed it.
    const other = signerOf().sign(
      (three?.note ?? '').slice(0, (three?.note ?? '').indexOf('\n\n') + 1).replace('\ndemo\n', '\nprod\n'),
    );
    writeFileSync(anchor, [two?.note, other].join('\n'));
    expect((await verify()).code).toBe(1);
    // As an editor of another system keeps it.
    writeFileSync(anchor, `\ufeff${[two?.note, three?.note].join('\n').replaceAll('\n', '\r\n')}`);
    expect(await verify()).toMatchObject({
      code: 0,
      lines: expect.arrayContaining([expect.stringContaining('kept elsewhere, of record 30, and on to record 30')]),
    });
  });

  it('names files that are called nearly as those with records, and were not read', async () => {
    const names = readdirSync(folder)
      .filter((one) => one.endsWith('.jsonl'))
      .sort();
    const last = names.at(-1) ?? '';
    renameSync(join(folder, last), join(folder, `${last}.gz`));
    const { code, lines } = await jit('verify', folder, '--key', signerOf().vkey);
    expect(code).toBe(0);
    expect(lines).toContain(
      `NB. not read, as they have other names than Drawbridge gives to files with records: ${last}.gz.`,
    );
  });

  it('takes the head of an object for what it is, and no word of its records for one', async () => {
    const [name = ''] = readdirSync(folder)
      .filter((one) => one.endsWith('.jsonl'))
      .sort();
    const object = join(folder, '..', 'object.jsonl');
    const text = readFileSync(join(folder, name), 'utf8');
    writeFileSync(object, text.replace('"web-1 ', '"drawbridge-head:YWJj '));
    expect((await jit('verify', folder, '--anchor', object, '--key', signerOf().vkey)).code).toBe(0);
  });

  it.each([
    ['a file in place of a folder', (base: string) => ['verify', join(base, 'file')], /file is no folder$/],
    ['a folder that is not there', (base: string) => ['verify', join(base, 'none')], /holds no audit files: name/],
    [
      'an anchor that is not there',
      (base: string) => ['verify', base, '--anchor', join(base, 'none')],
      /is not there$/,
    ],
    ['a folder as an anchor', (base: string) => ['verify', base, '--anchor', base], /is a folder$/],
    ['keys that are not there', (base: string) => ['export', base, '--people', join(base, 'none')], /is not there$/],
    ['a file in place of keys', (base: string) => ['verify', base, '--people', join(base, 'file')], /is no folder$/],
  ])('says what is wrong with %s', async (_, words, said) => {
    writeFileSync(join(folder, 'file'), 'x');
    const { code, lines } = await jit(...words(folder));
    expect([code, lines.at(-1)]).toEqual([1, expect.stringMatching(said)]);
  });

  it('says of an export which records were changed, counts what is no record any more, and prints each once', async () => {
    const [name = ''] = readdirSync(folder)
      .filter((one) => one.endsWith('.jsonl'))
      .sort();
    const lines = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
    const changed = lines[1]?.replace('"web-2 ', '"web-9 ') ?? '';
    const later = lines[3]?.replace(/"at":\d+/, '"at":4070908800000') ?? '';
    writeFileSync(join(folder, name), [...lines.with(1, changed).with(2, 'x'), later, ''].join('\n'));
    const all = await jit('export', folder, '--format', 'json');
    expect([all.code, all.lines.length]).toEqual([1, 31]);
    expect(all.lines.slice(-2)).toEqual([
      expect.stringMatching(/^1 records cannot be read, and are left out\./),
      expect.stringMatching(/^1 records are not what was written: somebody changed them,/),
    ]);
    // The one that does not follow from those before it is none of the year that it says.
    expect((await jit('export', folder, '--format', 'json', '--from', '2099-01-01')).lines).toHaveLength(2);
  });

  it('leaves out of an export what nobody can read, and says so', async () => {
    const [name = ''] = readdirSync(folder).filter((one) => one.endsWith('.jsonl'));
    const text = readFileSync(join(folder, name), 'utf8');
    writeFileSync(join(folder, name), text.replace(',"record":{', ',"record":['));
    const { code, lines } = await jit('export', folder, '--format', 'json');
    expect([code, lines.length]).toEqual([1, 30]);
    expect(lines.at(-1)).toMatch(
      /^1 records cannot be read, and are left out\. `jit audit verify` says which are damaged;/,
    );
  });

  it('exports what is meant, as CSV, JSON, and OCSF', async () => {
    const csv = await jit('export', folder, '--person', 'ada', '--machine', 'web-7 “é”');
    expect(csv.lines[0]).toMatch(/^uid,index,time,event,outcome/);
    expect(csv.lines).toHaveLength(2);
    expect(csv.lines[1]).toContain(',opened,done,act-7,ada,Ada,');
    const json = await jit('export', folder, '--format', 'json', '--event', 'opened');
    expect(json.lines).toHaveLength(30);
    expect(JSON.parse(json.lines[0] ?? '')).toMatchObject({ index: 1, event: 'opened', byName: 'Ada' });
    const ocsf = await jit('export', folder, '--format', 'ocsf', '--from', '2099-01-01');
    expect(ocsf.lines).toEqual(['']);
    expect((await jit('export', folder, '--from', 'yesterday')).code).toBe(2);
  });

  it('reads what is sealed where the keys are there, and nobody does once one was destroyed', async () => {
    const [keys, copy] = [join(folder, '..', 'keys'), join(folder, '..', 'copy')];
    mkdirSync(copy);
    const settings = { installation: 'demo', folder: copy, rotateBytes: 1e6, vkeys: [signerOf().vkey] };
    const sink = forSink(fileSink(settings), 'sealed', peopleKeys(keys));
    for (const batch of batches(1)) await sink.write(batch, never);
    const closed = await jit('export', copy, '--format', 'json');
    const rows = closed.lines.map((line) => JSON.parse(line) as { readonly byName?: string; readonly sealed: string });
    expect(rows.map(({ byName }) => byName)).toEqual(Array(10).fill(undefined));
    const opened = await jit('export', copy, '--format', 'json', '--people', keys);
    expect(opened.lines.join()).toContain('"byName":"Ada"');
    const field = JSON.stringify(rows[0]?.sealed);
    const unseal = async () => (await jit('unseal', '--people', keys, { input: `${field}\n` })).lines[0];
    expect(await unseal()).toContain('Ada');
    await peopleKeys(keys).destroy(erasedId('ada'), Date.now());
    expect(await unseal()).toBe(rows[0]?.sealed);
  });
});
