import type { Instant } from '../language/instant.ts';
import { cloudOf, providerIdOf } from '../machine/machine.ts';
import { isApproved, isWaiting, type Request } from '../request/request.ts';
import { isOfExtension } from '../request/review.ts';
import { type Dial, dialsOf } from '../rule/connect.ts';
import { portText } from '../rule/port.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

interface Decided {
  readonly verdict: string;
  /** What was decided: the request, or more time. */
  readonly of: 'request' | 'extension';
  readonly at: string;
  readonly reason?: string;
}

/** A request as programs read it: instants in ISO 8601, ports as `22` or `53/udp`, the source as a prefix. What is not known is absent. */
export interface AccessRecord {
  readonly id: string;
  readonly version: number;
  /** A state of the workflow: `pending`, `scheduled`, `activating`, `active`, `closing`, `ended`, `denied`, `withdrawn`, or `expired`. */
  readonly status: Request['status'];
  readonly requester: Named;
  /** Who asked for it, where that is somebody else. */
  readonly askedBy?: Named;
  readonly machine: Named & { readonly cloud: string; readonly location?: string };
  readonly ports: readonly string[];
  readonly source: string;
  readonly sourceName?: string;
  readonly reason: string;
  readonly policies: readonly string[];
  readonly askedAt: string;
  /** Until when it can be decided. */
  readonly answerBy?: string;
  /** Who is asked to decide, while somebody is. */
  readonly asked?: readonly Named[];
  /** All decisions, in their order. */
  readonly reviews: readonly (Named & Decided)[];
  /** What was approved: from when until when. */
  readonly from?: string;
  readonly until?: string;
  /** Where to connect to while it is open, whichever way is taken; absent where the cloud does not tell, and through a bastion. */
  readonly connect?: readonly Dial[];
  readonly breakGlass?: true;
  readonly drill?: true;
  /** The code of the last thing that did not work, while it still does not. */
  readonly trouble?: string;
}

/** What a program is told of a request. */
export function accessRecord(request: Request): AccessRecord {
  const { id, version, status, requester, askedBy, machine, machineName, location, source, sourceName } = request;
  const waits = isWaiting(request);
  const trouble = 'trouble' in request ? request.trouble?.code : undefined;
  return {
    id,
    version,
    status,
    requester: named(requester),
    ...(askedBy ? { askedBy: named(askedBy) } : {}),
    machine: {
      id: providerIdOf(machine),
      name: machineName,
      cloud: cloudOf(machine),
      ...(location === undefined ? {} : { location }),
    },
    ports: request.ports.map(portText),
    source,
    ...(sourceName === undefined ? {} : { sourceName }),
    reason: request.justification,
    policies: request.policies,
    askedAt: iso(request.askedAt),
    ...(request.status === 'pending' ? { answerBy: iso(request.answerBy) } : {}),
    ...(waits ? { asked: request.asked.map(named) } : {}),
    reviews: request.reviews.map((review) => {
      const { by, verdict, at, reason } = review;
      const of = isOfExtension(review, status) ? 'extension' : 'request';
      return { ...named(by), verdict, of, at: iso(at), ...(reason === undefined ? {} : { reason }) };
    }),
    ...(isApproved(request) ? { from: iso(request.lease.from), until: iso(request.lease.until) } : {}),
    ...connects(request),
    ...(request.breakGlass ? { breakGlass: true } : {}),
    ...(request.drill ? { drill: true } : {}),
    ...(trouble === undefined ? {} : { trouble }),
  };
}

function connects(request: Request): { readonly connect?: readonly Dial[] } {
  if (request.status !== 'active' || request.bastion !== undefined) return {};
  const { lease, addresses = [], ports } = request;
  const connect = dialsOf(lease.connect === undefined ? addresses : [lease.connect], ports);
  return connect.length > 0 ? { connect } : {};
}

function named({ id, name }: Named): Named {
  return { id, name };
}

function iso(at: Instant): string {
  return new Date(at).toISOString();
}
