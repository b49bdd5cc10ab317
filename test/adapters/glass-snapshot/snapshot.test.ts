import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { glassSnapshot } from '../../../adapters/glass-snapshot/index.ts';
import { sealer } from '../../../src/core/rule/seal.ts';

const KEYS = [{ id: 'k1', secret: 'secret' }] as const;
const KNOWN = { at: 1_000, people: [{ id: 'ada', name: 'Ada', groups: ['eng'] }] };

describe('who may, on disk', () => {
  let folder: string;
  let file: string;
  const own = () => glassSnapshot(file, sealer('prod', 'break-glass', KEYS));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drawbridge-glass-'));
    file = join(folder, 'in', 'break-glass.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is read as it was kept, the newest, and is nobody else’s to read', async () => {
    expect(await own().read()).toBeUndefined();
    await own().keep(KNOWN);
    await own().keep({ ...KNOWN, at: 2_000 });
    expect(await own().read()).toEqual({ ...KNOWN, at: 2_000 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('counts for nothing where somebody changed it, or another installation or key wrote it', async () => {
    await own().keep(KNOWN);
    const text = readFileSync(file, 'utf8');
    for (const other of [text.replace('ada', 'eve'), text.replace('1000', '9999'), text.slice(0, -9), 'x', '']) {
      writeFileSync(file, other);
      expect(await own().read()).toBeUndefined();
    }
    for (const seals of [sealer('test', 'break-glass', KEYS), sealer('prod', 'undo', KEYS)]) {
      await glassSnapshot(file, seals).keep(KNOWN);
      expect(await own().read()).toBeUndefined();
    }
  });
});
