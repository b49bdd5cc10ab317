import { describe, expect, it } from 'vitest';
import { ENGLISH, plain } from '../../src/core/language/text.ts';
import { closed } from '../../src/core/request/closing.ts';
import type { PortProof } from '../../src/core/request/lease.ts';
import { proofOf } from '../../src/core/request/proof.ts';
import type { Request } from '../../src/core/request/request.ts';
import { byReach } from '../../src/core/rule/reach.ts';
import { viewIn } from '../../src/core/view/in-tongue.ts';
import { viewOf as shown } from '../../src/core/view/projection.ts';
import type { Tone } from '../../src/core/view/view.ts';
import { inStatus, RDP, SSH, T0 } from './samples.ts';

const viewOf = (request: Request) => viewIn(shown(request), ENGLISH);

const HOUR = 3_600_000;
const END = T0 + 60_000 + HOUR;
const LATER = T0 + 3 * HOUR;

function ended(ports: readonly PortProof[]): Request {
  const asked = { ...inStatus('closing'), ports: ports.map(({ port }) => port) };
  return closed(asked, proofOf(END, ports), undefined);
}

const world = { source: '0.0.0.0/0', through: 'launch-wizard-1' };
const office = { source: '198.51.100.0/24', through: 'office' };
const group = { source: 'sg-0a1b2c3d', sourceName: 'default', through: 'default' };
const list = { source: 'pl-0a1b2c3d', through: 'partners' };
const PORTS: Readonly<Record<string, readonly [PortProof, Tone, string, string]>> = {
  'open to everybody': [
    { port: SSH, verdict: 'open', ways: [world] },
    'alarm',
    'ended, still open to others',
    'Time is up; port 22 (SSH) is still open to anyone (0.0.0.0/0) through launch-wizard-1',
  ],
  'open to nobody knows whom': [
    { port: SSH, verdict: 'open', ways: [list] },
    'alarm',
    'ended, still open to others',
    'Time is up; port 22 (SSH) is still open to pl-0a1b2c3d (which may hold any address) through partners',
  ],
  'open to a network': [
    { port: SSH, verdict: 'open', ways: [office] },
    'notice',
    'ended, still open to others',
    'Time is up; port 22 (SSH) is still open to 198.51.100.0/24 through office',
  ],
  'open to a group': [
    { port: SSH, verdict: 'open', ways: [group] },
    'notice',
    'ended, still open to others',
    'Time is up; port 22 (SSH) is still open to security group default (sg-0a1b2c3d) through default',
  ],
  'not known': [
    { port: SSH, verdict: 'unknown', why: 'the machine is stopped' },
    'alarm',
    'ended, state unknown',
    'Time is up; whether port 22 (SSH) is closed is not known: the machine is stopped',
  ],
  shared: [
    { port: SSH, verdict: 'shared', until: LATER },
    'notice',
    'ended, still in use',
    'Time is up; port 22 (SSH) stays open until 16:00 UTC because another request uses the same rule',
  ],
  closed: [{ port: SSH, verdict: 'closed' }, 'closed', 'closed', 'Time is up; closed, proven (14:01 UTC)'],
};
const KINDS = Object.entries(PORTS);

describe('a request that is over', () => {
  it('names three ways in, the widest first, and says how many more there are', () => {
    const many = [world, list, office, group, group].toReversed();
    expect(plain(viewOf(ended([{ port: SSH, verdict: 'open', ways: [world, office] }])).status)).toBe(
      'Time is up; port 22 (SSH) is still open to anyone (0.0.0.0/0) through launch-wizard-1 and to 198.51.100.0/24 through office',
    );
    expect(plain(viewOf(ended([{ port: SSH, verdict: 'open', ways: many.toSorted(byReach) }])).status)).toBe(
      'Time is up; port 22 (SSH) is still open to anyone (0.0.0.0/0) through launch-wizard-1, to pl-0a1b2c3d (which may hold any address) through partners, to 198.51.100.0/24 through office and to 2 more',
    );
  });

  it.each(KINDS)('says of its port: %s', (_, [port, tone, title, status]) => {
    const view = viewOf(ended([port]));
    expect([view.tone, view.title, plain(view.status)]).toEqual([tone, `Access to web-1: ${title}`, status]);
  });

  /** The worst first, as they stand in the table. */
  const pairs = KINDS.flatMap(([first, [a]], i) =>
    KINDS.slice(i + 1).map(([second, [b]]) => [first, second, a, b] as const),
  );

  it.each(pairs)('says the worst first, and hides nothing: %s, and %s', (_, __, first, second) => {
    const other: PortProof = { ...second, port: RDP };
    const view = viewOf(ended([other, first]));
    const isTied = first.verdict === 'open' && second.verdict === 'open';
    const all = view.notes.map(({ text }) => plain(text)).filter((text) => /^(?:Whether p|P)ort/.test(text));
    expect(all).toHaveLength(2);
    expect(all.some((text) => text.includes('22 (SSH)')) && all.some((text) => text.includes('3389 (RDP)'))).toBe(true);
    expect(plain(view.headline)).toContain(all[0]);
    expect(plain(view.headline)).toContain(all[1]);
    if (!isTied) expect(plain(view.status)).toContain('22 (SSH)');
    expect(view.title).toBe(viewOf(ended([first])).title);
  });

  it.each(pairs)('is never called closed or proven while one port is not: %s, and %s', (_, __, first, second) => {
    const view = viewOf(ended([{ ...second, port: RDP }, first]));
    expect(view.title).not.toMatch(/closed/);
    expect(view.tone).not.toBe('closed');
    expect(plain(view.status)).not.toMatch(/proven/);
    const proven =
      [view.headline, ...view.notes.map(({ text }) => text)]
        .map(plain)
        .join(' ')
        .match(/proven/g) ?? [];
    // One port of the two may be, and is named.
    expect(proven.length > 0).toBe(second.verdict === 'closed');
    expect(plain(view.headline).includes('Port 3389 (RDP) is closed, proven (')).toBe(second.verdict === 'closed');
  });

  it('is closed, proven, when all its ports are', () => {
    const view = viewOf(ended([SSH, RDP].map((port) => ({ port, verdict: 'closed' }))));
    expect([view.tone, view.title, plain(view.status)]).toEqual([
      'closed',
      'Access to web-1: closed',
      'Time is up; closed, proven (14:01 UTC)',
    ]);
    expect(plain(view.headline)).toContain('Ports 22 (SSH), 3389 (RDP) are closed, proven (14:01 UTC).');
  });

  it('is proven by nothing less than its end', () => {
    for (const status of ['pending', 'activating', 'active', 'closing', 'denied', 'expired', 'withdrawn'] as const)
      expect(JSON.stringify(viewOf(inStatus(status)))).not.toMatch(/proven/i);
  });
});
