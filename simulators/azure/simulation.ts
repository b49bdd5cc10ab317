import type { World } from './history.ts';

/** Ids of the applications that have a role in a subscription, or everybody. */
export type Members = 'everybody' | readonly string[];

/** What Azure does not document, or does in more than one way: the drivers of the simulator choose, at any time. */
export interface Behaviour {
  /** Shortest time that an initiate may ask for. */
  minimumMinutes: 0 | 5;
  /** What a later initiate for the same machine and port does to the earlier one. */
  onReplace: 'revoke' | 'keep';
  /** Whether a policy PUT without `requests` keeps the policy's request records. */
  keepRequestsOnPut: boolean;
  /** Whether a policy PUT writes the missing rule of a live request again. */
  rewriteOnPut: boolean;
  /** Whether a new deny takes the place of the first allow of the customer for its ports, which moves down. */
  renumber: boolean;
  /** Source of a group's rule behind a firewall: the firewall's subnet, or, as users report, still the client. */
  sourceBehindFirewall: 'firewall' | 'client';
  /** How long a request stays `Initiating`; its rules come when it becomes `Initiated`. */
  initiatingMs: number;
  /** How long after `endTimeUtc` the rules of a request go. */
  removeLagMs: number;
  /** How long a long-running network operation takes; another write to the same group is refused until then. */
  operationMs: number;
  /** The same for a firewall and a firewall policy, which really take minutes. */
  firewallMs: number;
  /** Most items on one page of a list. */
  pageSize: number;
  /** The tenant that the subscription belongs to: another one where it is delegated ("Azure Lighthouse"). */
  ownerTenant: string;
  /** Management groups above subscriptions, by their id in lower case, the nearest first; below the root alone unless told. */
  managementGroups: Readonly<Record<string, readonly string[] | null>>;
  /** Resource groups that the caller's roles do not reach: lists leave out what is in them, and a GET is refused. */
  hiddenGroups: readonly string[];
}

/** What every part of the simulator works on. */
export interface Simulation {
  readonly world: World;
  readonly behaviour: Behaviour;
  /** The first subscription, which everything is in unless it was moved. */
  readonly subscriptionId: string;
  /** Who has a role in each subscription of the tenant, by its id in lower case. */
  readonly subscriptions: Map<string, Members>;
  /** `https://127.0.0.1:PORT`. */
  readonly origin: () => string;
  /** Long-running operations by id. */
  readonly operations: Map<string, Operation>;
}

/** Answers of some operations as the service once gave them: in odd shapes, with null where others have nothing. */
export interface OddAnswers {
  edit(operation: string, body: unknown): unknown;
}

/** A long-running operation of the network provider. */
export interface Operation {
  readonly doneMs: number;
  /** The body that its result answers with, if it has one. */
  readonly result?: unknown;
}
