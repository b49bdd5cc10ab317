import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { textOf } from '../../src/config/bytes.ts';
import { checkedConfig, readConfig } from '../../src/config/load.ts';
import { refusal } from '../core/samples.ts';
import { SMALL } from './files.ts';

describe('the bytes of a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-bytes-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each<[string, Buffer, string]>([
    ['UTF-16', Buffer.from(`\ufeff${SMALL}`, 'utf16le'), 'is UTF-16; save it as UTF-8'],
    ['UTF-16 the other way round', Buffer.from(`\ufeff${SMALL}`, 'utf16le').swap16(), 'is UTF-16; save it as UTF-8'],
    ['Latin-1', Buffer.from(SMALL.replace('Grace', 'Gräce'), 'latin1'), 'is not UTF-8; save it as UTF-8 (line 4)'],
    [
      'half a letter',
      Buffer.concat([Buffer.from(SMALL), Buffer.from([0xc3])]),
      'is not UTF-8; save it as UTF-8 (line 14)',
    ],
    ['too many', Buffer.alloc(1_048_577, '#'), 'is larger than 1 MB'],
  ])('%s', (_, bytes, message) => {
    expect(textOf(bytes)).toEqual({ fault: `drawbridge.yaml: ${message}` });
    const file = join(folder, 'drawbridge.yaml');
    writeFileSync(file, bytes);
    expect(refusal(() => checkedConfig(file))).toMatchObject({
      code: 'badConfig',
      hint: `\n  drawbridge.yaml: ${message}`,
    });
  });

  it('of UTF-8 are read, with a mark of its encoding or without', () => {
    for (const mark of ['', '\ufeff']) {
      const given = textOf(Buffer.from(mark + SMALL.replace('Grace', 'Gräce')));
      expect('text' in given && 'config' in readConfig(given.text)).toBe(true);
    }
  });
});
