import type { MachineId } from '../../src/core/machine/machine.ts';
import { entryOf } from '../../src/core/request/audited.ts';
import { closed, elapsed } from '../../src/core/request/closing.ts';
import { approved, asked, opened, placed } from '../../src/core/request/life.ts';
import { proofOf } from '../../src/core/request/proof.ts';
import type { Activating, Active, Ended, InForce, Pending, Request } from '../../src/core/request/request.ts';
import type { Placement } from '../../src/core/rule/rule.ts';
import type { Commit } from '../../src/ports/store.ts';

const GRACE = { id: 'grace', name: 'Grace Hopper' };

/** An AWS machine by number. */
export function machine(n: number): MachineId {
  return `aws:123456789012:eu-west-1:i-${n.toString(16).padStart(17, '0')}`;
}

/** A request as it is when somebody has just asked, at this instant, with what an AWS one usually carries. */
export function pending(id: string, at: number, patch: Partial<Pending> = {}): Pending {
  return asked({
    id,
    askedAt: at,
    requester: { id: 'ada', name: 'Ada Okafor' },
    machine: machine(1),
    machineName: 'web-1',
    ports: [{ number: 22, protocol: 'tcp' }],
    source: '203.0.113.7/32',
    forMs: 3_600_000,
    justification: 'deploy the fix for the login page',
    policies: ['engineers'],
    asked: [GRACE],
    places: [
      { chat: 'slack', kind: 'private', id: 'U0ADA000001' },
      { chat: 'slack', kind: 'channel', id: 'C0OPS000001' },
      { chat: 'teams', kind: 'private', id: '6f0c3a5e-58a1-4b8e-9a57-2d7f0f3f6d11' },
    ],
    answerBy: at + 3_600_000,
    standing: [],
    ...patch,
  });
}

export function placementOf(request: Request): Placement {
  const [port = { number: 22, protocol: 'tcp' }] = request.ports;
  return {
    rule: { machine: request.machine, port, source: request.source },
    backend: 'securityGroup',
    at: '123456789012:eu-west-1:sg-0a1b2c3d4e5f60718',
    locks: ['123456789012:eu-west-1:sg-0a1b2c3d4e5f60718'],
    detail: { account: '123456789012', region: 'eu-west-1' },
  };
}

export function approve(request: Pending, at: number): Activating {
  return approved(request, { by: GRACE, at, verdict: 'approve' }) as Activating;
}

/** Approved, placed and opened at this instant, three versions later. */
export function open(request: Pending, at: number): Active {
  const placement = placementOf(request);
  const known = { ...placement, id: 'sgr-0123456789abcdef0' };
  return opened(placed(approve(request, at), [placement], [], at), at, { placements: [known], standing: [] });
}

/** Elapsed and closed at this instant, with nothing left to look at, or watched until some time. */
export function end(request: InForce, at: number, watchUntil?: number): Ended {
  const ports = request.ports.map((port) => ({ port, verdict: 'closed' }) as const);
  return closed(elapsed(request, at), proofOf(at, ports), watchUntil);
}

/** A commit of this request in place of version `from`. */
export function change(next: Request, from: number, key?: string): Commit {
  const audit = entryOf(undefined, { next, event: next.status, by: 'ada' });
  return { next, from, ...(audit ? { audit } : {}), ...(key === undefined ? {} : { key }) };
}
