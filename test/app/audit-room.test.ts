import { describe, expect, it } from 'vitest';
import { auditRoom } from '../../src/app/loops/audit-room.ts';
import { Alarms } from '../../src/app/operators/alarms.ts';
import type { AuditSize } from '../../src/ports/audit.ts';
import { world } from './fixtures.ts';

const GB = 2 ** 30;

describe('the room for the audit', () => {
  it.each<[string, AuditSize, string | undefined]>([
    ['there is plenty', { entries: 900_000, usedBytes: 0.4 * GB, mostBytes: GB }, undefined],
    ['half is used', { entries: 10, usedBytes: 0.5 * GB, mostBytes: GB }, 'warn'],
    ['three quarters are used', { entries: 10, usedBytes: 0.75 * GB, mostBytes: GB }, 'error'],
    ['nobody says how much there is', { entries: 499_999, usedBytes: GB }, undefined],
    ['nobody says how much there is, and there are many', { entries: 500_000 }, 'warn'],
    ['a number is kept', { entries: 799, keep: 1_000, usedBytes: GB, mostBytes: GB }, undefined],
    ['a number is kept and nearly reached', { entries: 800, keep: 1_000 }, 'warn'],
  ])('is said aloud in time: %s', async (_, size, level) => {
    const { deps, audit } = world();
    const said: string[] = [];
    const say = (name: string) => () => void said.push(name);
    const log = { info: say('info'), warn: say('warn'), error: say('error') };
    audit.size = async () => size;
    await auditRoom({ ...deps, log }, new Alarms(deps));
    expect(said).toEqual(level === undefined ? [] : [level]);
  });
});
