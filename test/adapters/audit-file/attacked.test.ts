import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { eachLine, fileSink, personalFiles } from '../../../adapters/audit-file/index.ts';
import { mustBeThere } from '../../../adapters/audit-file/place.ts';
import { sha256 } from '../../../src/core/audit/record.ts';
import { Verification } from '../../../src/core/evidence/verify.ts';
import type { SinkBatch } from '../../../src/ports/sink.ts';
import { batches } from '../../conformance/sink.ts';
import { signedHead, signerOf, VERIFIERS } from '../../core/evidence/chain.ts';

const never = new AbortController().signal;
const [one, two, three] = batches(3) as [SinkBatch, SinkBatch, SinkBatch];
let folder: string;
beforeEach(() => {
  const above = mkdtempSync(join(tmpdir(), 'drawbridge-attacked-'));
  folder = join(above, 'files');
  onTestFinished(() => rmSync(above, { recursive: true }));
});

const make = () => fileSink({ installation: 'demo', folder, rotateBytes: 1_000_000, vkeys: [] });
const newest = () => join(folder, readdirSync(folder).toSorted().at(-1) ?? '');

async function verdict() {
  const verification = new Verification({ verifiers: VERIFIERS });
  await eachLine(folder, (...line) => verification.take(...line));
  return verification.verdict();
}

describe('a disk that is full in the middle of a line', () => {
  it('keeps nothing half: the batch comes again', async () => {
    await make().write(one, never);
    // A limit of the system: what is over it is refused after a part was written, as on a full disk.
    const blocks = Math.ceil(readFileSync(newest()).length / 512) + 1;
    const main = new URL('../../../adapters/audit-file/index.ts', import.meta.url).href;
    const script = `import { readFileSync } from 'node:fs';
      import { fileSink } from '${main}';
      const batch = JSON.parse(readFileSync(0, 'utf8'));
      await fileSink({ installation: 'demo', folder: '${folder}', rotateBytes: 1e6, vkeys: [] })
        .write(batch, AbortSignal.timeout(1e4)).catch(({ code }) => console.log(code));`;
    const { stdout, stderr } = spawnSync(
      'sh',
      [
        '-c',
        `trap '' XFSZ; ulimit -f ${blocks}; exec "$0" "$@"`,
        process.execPath,
        '--input-type=module',
        '-e',
        script,
      ],
      { input: JSON.stringify(two), encoding: 'utf8' },
    );
    expect([stdout, stderr]).toEqual(['EFBIG\n', '']);
    expect(readFileSync(newest(), 'utf8')).not.toMatch(/\n$/);
    await make().write(two, never);
    expect(await verdict()).toMatchObject({ records: 20, signed: 20, faults: [], remarks: [] });
  });
});

describe('a file that is not what it was', () => {
  it.each([
    ['deleted', (file: string) => rmSync(file)],
    ['rotated by somebody else', (file: string) => renameSync(file, `${file}.1`)],
    [
      'replaced by another one',
      (file: string) => {
        renameSync(file, `${file}.1`);
        writeFileSync(file, '');
      },
    ],
  ])('%s while it is written to: nothing counts as kept', async (_, change) => {
    await make().write(one, never);
    const file = newest();
    const own = await open(file, 'a');
    await mustBeThere(own, file);
    change(file);
    await expect(mustBeThere(own, file)).rejects.toThrow();
    await own.close();
    await make().write(one, never);
    await make().write(two, never);
    expect(await verdict()).toMatchObject({ records: 20, faults: [] });
  });

  it('a link to what is somebody else’s leaves that as it is, where it would be mended as a file of the audit', async () => {
    await make().write(one, never);
    const precious = join(folder, '..', 'precious.txt');
    writeFileSync(precious, 'line of somebody else\nand half of on');
    const file = newest();
    rmSync(file);
    symlinkSync(precious, file);
    await expect(make().write(two, never)).rejects.toThrow('ELOOP');
    await expect(make().end?.()).rejects.toThrow('ELOOP');
    expect(readFileSync(precious, 'utf8')).toBe('line of somebody else\nand half of on');
  });

  it.each(['keys.txt', 'erased.txt', 'the file that takes the place of another'])(
    'nothing is written through %s that is a link',
    async (what) => {
      await make().write(one, never);
      const [precious, place] = [
        join(folder, '..', 'precious.txt'),
        personalFiles(folder, { installation: 'demo', keys: [] }),
      ];
      writeFileSync(precious, 'precious');
      const link = what.endsWith('.txt') ? join(folder, what) : `${newest()}.new`;
      symlinkSync(precious, link);
      const sink = fileSink({ installation: 'demo', folder, rotateBytes: 1, vkeys: ['one'] });
      if (what === 'keys.txt') await expect(sink.write(two, never)).rejects.toThrow('ELOOP');
      else if (what === 'erased.txt') await expect(place.keep?.('0'.repeat(40), 1, 'note')).rejects.toThrow('ELOOP');
      else await expect(place.erase({ all: new Map(), of: () => 1e15 })).rejects.toThrow('ELOOP');
      expect(readFileSync(precious, 'utf8')).toBe('precious');
    },
  );

  it.each(['/dev/null', '/dev/full'])('a link to %s takes nothing', async (target) => {
    await make().write(one, never);
    const file = newest();
    rmSync(file);
    symlinkSync(target, file);
    await expect(make().write(two, never)).rejects.toThrow('ELOOP');
  });
});

describe('rights that are wider than they should be', () => {
  it.each([
    ['the file', 0o644, 'Others than its owner may read FILE: take these rights away.'],
    ['the file', 0o620, 'Others than its owner may write to FILE: take these rights away.'],
    ['the folder', 0o777, 'Others than its owner may write to FOLDER: take these rights away.'],
    ['the folder', 0o755, undefined],
    // Whoever ships the files is in their group.
    ['the file', 0o640, undefined],
  ])('%s with %o: the doctor says %s', async (what, mode, says) => {
    mkdirSync(folder, { mode: 0o700 });
    await make().write(three, never);
    chmodSync(what === 'the file' ? newest() : folder, mode);
    const said = await make().examine?.(never);
    const expected = says?.replace('FILE', newest()).replace('FOLDER', folder);
    expect(String(said).includes(' in memory,') ? undefined : said).toBe(expected);
  });
});

describe('what somebody changed in Redis after it was signed', () => {
  const changedAt = (batch: SinkBatch, n: number, hash = false): SinkBatch => ({
    ...batch,
    links: batch.links.map((link, i) => {
      const record = link.record.replace('opened', 'closed');
      return i === n ? { ...link, record, ...(hash ? { hash: sha256(record) } : {}) } : link;
    }),
  });
  const alone = (batch: SinkBatch): SinkBatch => {
    const links = batch.links.slice(0, 1);
    const [link] = links;
    if (!link) throw new Error('none');
    return { ...batch, links, note: signedHead(link) };
  };

  it.each([
    ['a record, with its hash left alone', two, changedAt(two, 3)],
    ['the last record, with its hash left alone', two, changedAt(two, 9)],
    ['the only record of a batch, and its hash', alone(two), changedAt(alone(two), 0, true)],
  ])('%s: the honest lines stay, where the batch comes again', async (_, honest, forged) => {
    await make().write(one, never);
    await make().write(honest, never);
    const before = readFileSync(newest(), 'utf8');
    await make().write(forged, never);
    expect(readFileSync(newest(), 'utf8')).toBe(before);
    // Killed before the signed head was written: that comes, and nothing else.
    writeFileSync(newest(), `${before.trimEnd().split('\n').slice(0, -1).join('\n')}\n`);
    await make().write(forged, never);
    expect(readFileSync(newest(), 'utf8')).toBe(before);
    expect((await verdict()).faults).toEqual([]);
  });
});

describe('a file in the middle that is gone', () => {
  it('is no sign of another chain: what comes behind it is signed; another record in its place is one', async () => {
    const split = () => fileSink({ installation: 'demo', folder, rotateBytes: 1, vkeys: [signerOf().vkey] });
    for (const batch of [one, two, three]) await split().write(batch, never);
    const files = () => readdirSync(folder).filter((name) => name.startsWith('audit-'));
    const [, middle = ''] = files().toSorted();
    const lines = readFileSync(join(folder, middle), 'utf8');
    rmSync(join(folder, middle));
    await split().write(two, never);
    expect(files()).toHaveLength(2);
    const head = two.links.at(-1)?.head ?? '';
    const other = lines.replace(head, 'B'.repeat(43)).replaceAll('"seq":20', '"seq":21');
    writeFileSync(join(folder, middle), other);
    await expect(split().write(two, never)).rejects.toThrow('holds another chain');
  });
});
