import { createHash } from 'node:crypto';
import { portText } from '../rule/port.ts';
import { isLoud, wayText } from '../rule/reach.ts';
import { namedSourceText } from '../rule/source.ts';
import type { Request } from './request.ts';

/** What a card shows of a request that a decision hangs on. */
export interface WhatIsSeen {
  readonly requester: string;
  /** Who asked for it, where that is somebody else. */
  readonly askedBy?: string;
  readonly machine: string;
  /** Of the very machine; absent where its cloud does not tell. */
  readonly identity?: string;
  readonly ports: readonly string[];
  readonly source: string;
  readonly forMs: number;
  readonly startsAt?: number;
  readonly endBy?: number;
  readonly justification: string;
  readonly policies: readonly string[];
  /** What the policies demand, a line for each stage; absent where a version asked that did not keep it. */
  readonly demands?: readonly string[];
  /** Where it may be moved to without another decision; absent: nowhere. */
  readonly moves?: readonly string[];
  /** It is closed so long after its opening unless somebody connects, in milliseconds; absent: it is not. */
  readonly unusedMs?: number;
  /** What else opens these ports to everybody, or to nobody knows whom. */
  readonly open: readonly string[];
}

/** What of a request may be another thing by now. */
export type SeenFacts = Pick<Request, 'identity' | 'policies' | 'demands' | 'standing' | 'moveWithin' | 'unused'>;

/** What is shown of a request, as it was judged last, or as other facts would have it. */
export function seenOf(request: Request, facts: SeenFacts = request): WhatIsSeen {
  const { identity, policies, demands, standing, moveWithin = [], unused } = facts;
  return {
    requester: request.requester.id,
    ...(request.askedBy ? { askedBy: request.askedBy.id } : {}),
    machine: request.machine,
    ...(identity === undefined ? {} : { identity }),
    ports: request.ports.map(portText),
    source: namedSourceText(request),
    forMs: request.forMs,
    ...(request.startsAt === undefined ? {} : { startsAt: request.startsAt }),
    ...(request.endBy === undefined ? {} : { endBy: request.endBy }),
    justification: request.justification,
    policies,
    ...(demands === undefined ? {} : { demands }),
    ...(moveWithin.length === 0 ? {} : { moves: moveWithin.map(namedSourceText).toSorted() }),
    ...(unused?.afterMs === undefined ? {} : { unusedMs: unused.afterMs }),
    open: [...new Set(standing.filter(isLoud).map((rule) => `${portText(rule.port)} ${wayText(rule)}`))].toSorted(),
  };
}

/** The same for what means the same, whatever policies are called: 96 bits of SHA-256. A review keeps that of what was approved. */
export function seenDigest({ machine, requester, identity, ports, source, ...rest }: WhatIsSeen): string {
  const { askedBy, forMs, startsAt, endBy, justification, demands, moves, unusedMs, open } = rest;
  const all: unknown[] = [requester, machine, identity, ports, source, forMs, justification, demands, open];
  const more = { startsAt, askedBy, endBy, moves, unusedMs };
  if (Object.values(more).some((one) => one !== undefined)) all.push(more);
  return createHash('sha256').update(JSON.stringify(all)).digest('base64url').slice(0, 16);
}
