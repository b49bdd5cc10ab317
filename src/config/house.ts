import type { Person } from '../core/people/person.ts';
import type { Place } from '../core/people/place.ts';
import type { Digest, HouseRules, Policy } from '../core/policy/policy.ts';
import type { Config } from './schema.ts';

/** The people of the file, each with their groups. */
export function peopleOf(config: Config): readonly Person[] {
  return config.people.map((person) => ({
    ...person,
    groups: Object.entries(config.groups).flatMap(([group, members]) => (members.includes(person.id) ? [group] : [])),
  }));
}

/** The rules of the house in the core's words. */
export function houseRules(config: Config): HouseRules {
  return {
    policies: config.policies.map((policy) => policyOf(config, policy)),
    protectors: config.protectors,
    shortestMs: config.lease.shortest,
    ...(config.digest ? { digest: digestOf(config, config.digest) } : {}),
  };
}

function digestOf(config: Config, { at, zone, tell }: NonNullable<Config['digest']>): Digest {
  return { atMinute: at, zone, tell: tell.flatMap((place) => placeOf(config, place)) };
}

function policyOf(config: Config, policy: Config['policies'][number]): Policy {
  const { name, who, approvers, approvals, anySource, bastion, cutSessions } = policy;
  const { cloud, names, tags } = policy.machines;
  return {
    name,
    who,
    machines: { ...(cloud ? { cloud } : {}), names, tags },
    ports: policy.ports,
    widest: policy.widestSource,
    anySource,
    bastion,
    cutSessions,
    longestMs: policy.longest,
    approvers,
    approvals,
    extendSelfUpToMs: policy.extend?.upTo ?? 0,
    unansweredMs: policy.unanswered,
    tell: policy.tell.flatMap((place) => placeOf(config, place)),
  };
}

function placeOf(config: Config, name: string): Place[] {
  const where = config.places[name];
  if (!where) return [];
  return 'slack' in where
    ? [{ chat: 'slack', kind: 'channel', id: where.slack }]
    : [{ chat: 'teams', kind: 'channel', id: where.teams }];
}
