import { expect } from 'vitest';
import { oneStage } from '../../src/config/stage.ts';
import type { JitError } from '../../src/core/errors/errors.ts';
import { HOUR_MS } from '../../src/core/language/instant.ts';
import type { Machine } from '../../src/core/machine/machine.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import { elapsed, failed, revoked } from '../../src/core/request/closing.ts';
import type { Proof } from '../../src/core/request/lease.ts';
import { approved, denied, unanswered, withdrawn } from '../../src/core/request/life.ts';
import { proofOf } from '../../src/core/request/proof.ts';
import type {
  Activating,
  Active,
  Closing,
  Ended,
  Pending,
  Refused,
  Scheduled,
} from '../../src/core/request/request.ts';
import type { Review, Who } from '../../src/core/request/review.ts';
import type { Status } from '../../src/core/request/workflow.ts';
import type { Port } from '../../src/core/rule/port.ts';
import { approve, end, open, pending } from '../conformance/fixtures.ts';

/** 13:00 UTC on a day in 2026. */
export const T0 = Date.UTC(2026, 2, 14, 13);

export const SSH: Port = { number: 22, protocol: 'tcp' };
export const RDP: Port = { number: 3389, protocol: 'tcp' };
export const DNS: Port = { number: 53, protocol: 'udp' };

export const ADA: Person = { id: 'ada', name: 'Ada Okafor', manager: 'grace', groups: ['engineers'] };
export const GRACE: Person = { id: 'grace', name: 'Grace Hopper', groups: [] };
export const SAM: Person = { id: 'sam', name: 'Sam Haddad', groups: ['security'] };

export const WEB: Machine = {
  id: 'aws:123456789012:eu-west-1:i-00000000000000001',
  name: 'web-1',
  tags: { env: 'prod', team: 'shop' },
  location: 'eu-west-1a',
};

export function policy(patch: Partial<Policy> = {}): Policy {
  return {
    name: 'production',
    who: ['group:engineers'],
    machines: { names: [], tags: {} },
    ports: [SSH, RDP],
    widest: { ipv4: 28, ipv6: 64 },
    anySource: false,
    bastion: false,
    cutSessions: false,
    longestMs: 4 * 3_600_000,
    stages: [oneStage(['manager', 'group:security'], 1)],
    extendSelfUpToMs: 0,
    unansweredMs: 8 * 3_600_000,
    tell: [],
    ...patch,
  };
}

export function who({ id, name }: Person): Who {
  return { id, name };
}

export function review(by: Person, at: number, verdict: Review['verdict'], reason?: string): Review {
  return { by: who(by), at, verdict, ...(reason === undefined ? {} : { reason }) };
}

interface Samples {
  readonly pending: Pending;
  readonly scheduled: Scheduled;
  readonly denied: Refused;
  readonly withdrawn: Refused;
  readonly expired: Refused;
  readonly activating: Activating;
  readonly active: Active;
  readonly closing: Closing;
  readonly ended: Ended;
}

const SOON = T0 + 60_000;
const SAMPLES: { readonly [S in Status]: (asked: Pending) => Samples[S] } = {
  pending: (asked) => asked,
  scheduled: (asked) => approved({ ...asked, startsAt: SOON + HOUR_MS }, review(GRACE, SOON, 'approve')) as Scheduled,
  denied: (asked) => denied(asked, review(GRACE, SOON, 'deny', 'not on a Saturday')),
  withdrawn: (asked) => withdrawn(asked, who(ADA), SOON),
  expired: (asked) => unanswered(asked, asked.answerBy),
  activating: (asked) => approve(asked, SOON),
  active: (asked) => open(asked, SOON),
  closing: (asked) => elapsed(open(asked, SOON), SOON + asked.forMs),
  ended: (asked) => end(open(asked, SOON), SOON + asked.forMs),
};

/** A request in each status, asked at T0, decided a minute later, and over (if it is) at the end of its hour. */
export function inStatus<S extends Status>(status: S, patch: Partial<Pending> = {}): Samples[S] {
  return SAMPLES[status](pending('k7m3q9w', T0, patch));
}

/** A proof that this port, or these, are closed. */
export function provenClosed(at: number, ...ports: readonly Port[]): Proof {
  return proofOf(
    at,
    (ports.length > 0 ? ports : [SSH]).map((port) => ({ port, verdict: 'closed' })),
  );
}

/** A request that was over for each reason, still closing. */
export function closingBecause(why: 'elapsed' | 'revoked' | 'failed', error: JitError): Closing {
  const request = inStatus('active');
  if (why === 'revoked') return revoked(request, who(GRACE), T0 + 120_000, 'done early');
  return why === 'failed' ? failed(inStatus('activating'), error, T0 + 120_000) : elapsed(request, T0 + 3_660_000);
}

/** What a refusal says: its code, and what a chat shows of it. */
export function refusal(attempt: () => unknown): {
  readonly code: string;
  readonly say: string;
  readonly hint?: string;
} {
  try {
    attempt();
  } catch (error) {
    const { code, say, hint } = error as JitError;
    return { code, say, ...(hint === undefined ? {} : { hint }) };
  }
  return expect.fail('nothing was refused');
}
