import { describe, expect, it } from 'vitest';
import { quarterUntil } from '../../simulators/demo/quarter.ts';
import { exposureOf } from '../../src/core/board/exposure.ts';
import { rowOf } from '../../src/core/board/row.ts';
import { RowTable } from '../../src/core/board/table.ts';
import { DAY_MS } from '../../src/core/language/instant.ts';
import { isRequestId } from '../../src/core/request/request.ts';
import { decodeRequest, encodeRequest } from '../../src/redis/codec.ts';

const NOW = Date.UTC(2026, 10, 28, 12);

describe('the quarter that the demo has behind it', () => {
  const past = quarterUntil(NOW);
  const rows = past.map(rowOf);

  it('is the same each time, in the order of time, under ids in the same order', () => {
    expect(quarterUntil(NOW)).toEqual(past);
    expect(past.map(({ id }) => id)).toEqual(past.map(({ id }) => id).toSorted());
    expect(past.map(({ askedAt }) => askedAt)).toEqual(past.map(({ askedAt }) => askedAt).toSorted((a, b) => a - b));
    expect(new Set(past.map(({ id }) => id)).size).toBe(past.length);
    expect(past.filter(({ id }) => !isRequestId(id))).toEqual([]);
  });

  it('is over, within the time that records are kept, and read back as it was written', () => {
    expect(rows.every(({ closedAt, askedAt }) => (closedAt ?? askedAt) < NOW && askedAt > NOW - 90 * DAY_MS)).toBe(
      true,
    );
    for (const request of past) expect(decodeRequest(request.id, encodeRequest(request)).request).toEqual(request);
  });

  it('fills what the board draws: both clouds, widths, late closings, decisions, and break-glass', () => {
    const table = new RowTable();
    const slots = rows.map((row) => table.put(row));
    const seen = exposureOf(table, (look) => slots.some(look), { from: NOW - 90 * DAY_MS, to: NOW, now: NOW });
    expect(seen.leases).toBeGreaterThan(2_500);
    expect(seen.steps.filter(({ opened }) => opened > 0).length).toBeGreaterThan(80);
    expect(seen).toMatchObject({ machines: { length: 10 }, people: { length: 10 } });
    expect(seen.late?.most).toBeGreaterThan(20_000);
    expect(seen.decision?.median).toBeGreaterThan(60_000);
    expect(seen.weighed).toBeGreaterThan(seen.minutes);
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['ended', 'denied', 'withdrawn', 'expired']));
    expect(new Set(rows.map(({ machine }) => machine.split(':')[0]))).toEqual(new Set(['aws', 'azure']));
    expect(rows.some(({ isGlass }) => isGlass)).toBe(true);
    expect(rows.some(({ verdict }) => verdict === 'open')).toBe(true);
  });
});
