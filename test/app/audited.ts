import { expect } from 'vitest';
import { isIntact, readRecord } from '../../src/core/audit/record.ts';
import type { MemoryAudit } from '../memory/audit.ts';

type Said = Readonly<Record<string, unknown>> & {
  readonly people: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

/** What the entries say, with what is said of people; what nobody can foresee is left out. */
export function entriesOf(audit: MemoryAudit): readonly Said[] {
  return audit.all.map((record) => {
    expect(isIntact(record)).toBe(true);
    const { facts, people } = readRecord(record);
    const { v: _, act: __, people: ___, ...rest } = facts;
    return { ...rest, people };
  });
}
