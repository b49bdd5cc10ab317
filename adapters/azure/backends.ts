import type { Placement } from '../../src/core/rule/rule.ts';
import type { BackendName, Subscription } from './arm/clients.ts';
import type { Backend } from './backend.ts';
import { defender } from './defender/index.ts';
import { firewall } from './firewall/index.ts';
import { nsg } from './nsg/index.ts';
import { together } from './together.ts';

/**
 * All backends, by the setting that chooses them. Rules of our own are written in network security groups, and on the
 * firewall in front of a machine where there is one: a backend made of two.
 */
export const BACKENDS: Readonly<Record<BackendName, Backend>> = { defender, nsg: together(nsg, firewall) };

export const ALL_BACKENDS: readonly Backend[] = Object.values(BACKENDS);

/** How new rules are written in a subscription. */
export function backendAt({ backend }: Pick<Subscription, 'backend'>): Backend {
  return BACKENDS[backend];
}

/** The backend that a placement is of, whatever the settings say now. One that no backend knows is Defender's, which names none. */
export function backendOf({ backend }: Pick<Placement, 'backend'>): Backend {
  return ALL_BACKENDS.find(({ writes }) => writes.includes(backend)) ?? defender;
}
