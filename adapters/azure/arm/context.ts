import type { Instant } from '../../../src/core/language/instant.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { MarkSigner } from '../../../src/core/rule/mark.ts';
import type { Log } from '../../../src/ports/log.ts';
import { type Subscription, subscriptionOf } from './clients.ts';
import { isOf, part } from './ids.ts';
import type { Turns } from './turns.ts';

/** What every verb of this adapter works with. */
export interface Azure {
  readonly subscriptions: readonly Subscription[];
  readonly marks: MarkSigner;
  /** The name of this installation: in marks, and in the names of rules that we write ourselves. */
  readonly installation: string;
  readonly log: Log;
  /** Writes of this process to one thing come one after the other. */
  readonly turns: Turns;
  /** The process clock, for what is kept a while only. */
  now(): number;
  /** Waits, or throws when the signal aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

/** The subscription that a machine or another resource is in. */
export function siteOf({ subscriptions }: Azure, id: MachineId | string): Subscription {
  return subscriptionOf(subscriptions, part(id, 'subscriptions'));
}

/** The subscription of a resource where it is one of ours to read. */
export function siteIn({ subscriptions }: Azure, id: string): Subscription | undefined {
  return subscriptions.find((site) => isOf(site, id));
}

export function isConfigured(azure: Azure, id: string): boolean {
  return siteIn(azure, id) !== undefined;
}

/** The cloud's own time where it has told it; good enough to tell what is over. */
export function nowAt(azure: Azure, site: Subscription): Instant {
  return site.cloudNow() ?? azure.now();
}
