import { JitError } from '../../src/core/errors/errors.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Quorum } from '../../src/core/policy/approval.ts';
import { closed, revoked } from '../../src/core/request/closing.ts';
import { extensionAsked } from '../../src/core/request/extending.ts';
import type { PortProof } from '../../src/core/request/lease.ts';
import { approved, denied, opened, reminded, reviewed, troubled, withdrawn } from '../../src/core/request/life.ts';
import { proofOf } from '../../src/core/request/proof.ts';
import type { Activating, Request } from '../../src/core/request/request.ts';
import type { Who } from '../../src/core/request/review.ts';
import type { Port } from '../../src/core/rule/port.ts';
import { inStatus, review, T0 } from './samples.ts';

const NOW = T0 + 600_000;
const HOUR = 3_600_000;
/** Letters that each chat makes longer, or that are several units. */
const NASTY = '&<*_[“{{👩‍🚒';

function long(most: number): string {
  return NASTY.repeat(Math.ceil(most / NASTY.length))
    .slice(0, most)
    .toWellFormed();
}

const person = (n: number): Person => ({ id: `p${n}`, name: long(100), groups: [] });
const people = Array.from({ length: 42 }, (_, n) => person(n));
const asked = people.map(({ id, name }): Who => ({ id, name }));
const by = (n: number) => ({ id: `p${n}`, name: long(100) });
const ports = Array.from(
  { length: 60 },
  (_, n): Port => ({ number: 60_000 + n, protocol: n % 2 === 0 ? 'tcp' : 'udp' }),
);
const way = { source: long(255), sourceName: long(255), through: long(300) };
const standing = ports.flatMap((port) => [
  { port, ...way },
  { port, source: '0.0.0.0/0', through: long(255) },
]);
const quorum: readonly Quorum[] = [1, 2, 3].map((n) => ({
  policy: long(60),
  needs: 5,
  by: [`p${n}`],
  from: long(200),
}));
const busy = new JitError('cloudBusy', { cloud: long(60) });

/** A proof of so many ports, with every verdict in it. */
function proofs(): readonly PortProof[] {
  return ports.map((port, n): PortProof => {
    if (n % 4 === 0) return { port, verdict: 'open', ways: Array.from({ length: 20 }, () => way), until: NOW };
    if (n % 4 === 1) return { port, verdict: 'unknown', why: long(200), until: NOW };
    return n % 4 === 2 ? { port, verdict: 'shared', until: NOW + n } : { port, verdict: 'closed' };
  });
}

/** Requests in every status, with the longest values that each of their fields can have. */
export function longest(): readonly Request[] {
  const patch = {
    machineName: long(256),
    location: long(200),
    requester: by(0),
    justification: long(500),
    bastion: long(80),
    policies: quorum.map(({ policy }) => policy),
    source: '2001:db8:1234:5678:9abc:def0:1234:5678/128',
    ports,
    asked,
    standing,
    quorum,
  };
  const say = long(500);
  const [first = person(0), second = person(1)] = people;
  const half = reviewed(inStatus('pending', patch), review(first, NOW, 'approve', say));
  const given = approved(half, review(second, NOW, 'approve', say)) as Activating;
  const open = opened({ ...given, lease: { ...given.lease, connect: long(200) } }, NOW, { placements: [], standing });
  const longer = extensionAsked(open, {
    by: by(0),
    at: NOW,
    version: 9,
    forMs: HOUR,
    answerBy: NOW + HOUR,
    reviews: [],
    quorum,
  });
  const closing = revoked(open, by(3), NOW, say);
  return [
    half,
    denied(half, review(second, NOW, 'deny', say)),
    withdrawn(half, by(0), NOW),
    given,
    open,
    reminded(open, NOW),
    longer,
    closing,
    Array.from({ length: 9 }).reduce<typeof closing>((request) => troubled(request, busy, NOW), closing),
    closed(closing, proofOf(NOW, proofs()), undefined),
  ];
}
