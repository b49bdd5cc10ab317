/**
 * The people, channels and machines that exist in the simulated Slack workspace, Teams tenant, Azure subscription, AWS
 * account and Google Cloud project. The demo's `drawbridge.yaml`, the page and the tests all speak of this one world.
 */
export interface SimPerson {
  /** The id that drawbridge.yaml gives the person. */
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly email: string;
  readonly slackId: string;
  /** Entra object id. */
  readonly entraId: string;
  /** Teams' own id of the person for our bot (`29:…`). */
  readonly teamsId: string;
}

export const TENANT_ID = '7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d';
export const SLACK_TEAM_ID = 'T0BRIDGE01';
export const SLACK_APP_ID = 'A0BRIDGE01';
export const BOT_APP_ID = '0b1c2d3e-4f50-4617-8a9b-0c1d2e3f4a5b';
export const SUBSCRIPTION_ID = '11112222-3333-4444-5555-666677778888';
export const AWS_ACCOUNT_ID = '123456789012';
export const AWS_REGION = 'eu-west-1';
export const GCP_PROJECT = 'bridge-prod';
export const GCP_ZONE = 'europe-west1-b';

const person = (n: number, id: string, name: string, title: string): SimPerson => ({
  id,
  name,
  title,
  email: `${id}@example.com`,
  slackId: `U0000000${n}A`,
  entraId: `a${n}a${n}a${n}a${n}-0000-4000-8000-00000000000${n}`,
  teamsId: `29:1sim-${id}-000000000000000000000000000000000000${n}`,
});

export const people = {
  requester: person(1, 'ada', 'Ada Okafor', 'Engineer'),
  manager: person(2, 'grace', 'Grace Lindqvist', 'Engineering manager'),
  security: person(3, 'sam', 'Sam Haddad', 'Security'),
  outsider: person(4, 'otto', 'Otto Brandt', 'Not in drawbridge.yaml'),
  /** Shares the requester's manager; a second pair of hands for tests with two requesters. */
  colleague: person(5, 'lin', 'Lin Moreau', 'Engineer'),
} as const;

export const channels = {
  slack: { id: 'C0ACCESS01', name: 'vm-access' },
  teams: { id: '19:vm-access-0001@thread.tacv2', name: 'VM access', team: 'Platform' },
} as const;

/** Where the people of the demo sit (documentation addresses, RFC 5737 and RFC 3849). */
export const addresses = { requester: '203.0.113.7', colleague: '203.0.113.8', requesterV6: '2001:db8:7::1' } as const;
