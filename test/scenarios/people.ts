import { parse, stringify } from 'yaml';
import { fromEntra } from '../../simulators/demo/company.ts';
import type { OidcSimulator } from '../../simulators/oidc/index.ts';
import { people } from '../../simulators/world.ts';
import { PUBLIC_URL, type World } from './world.ts';

const EVERYBODY = Object.values(people);

/**
 * `# people: entra`: the same people and groups, from the simulated tenant and not from the file. With `oidc` (`# people: entra, unlinked`)
 * Ada and Otto have Slack accounts that nothing links, and can link them.
 */
export function peopleFromEntra(text: string, absence: 'none' | 'mailbox', oidc?: OidcSimulator): string {
  if (!oidc) return fromEntra(text, { absence });
  const { issuer, client } = oidc;
  return stringify({
    ...parse(fromEntra(text, { absence, unlinked: [people.requester.id, people.outsider.id] })),
    web: { url: PUBLIC_URL },
    signIn: { issuer, clientId: client.clientId, clientSecret: 'env:SIGN_IN_SECRET' },
  });
}

/** `# people: identity center`: the people of the file, in groups of IAM Identity Center. */
export function peopleInAws(text: string): string {
  const config = parse(text);
  const emails = new Map(EVERYBODY.map(({ id, email }) => [id, email]));
  return stringify({
    ...config,
    people: config.people.map((one: { readonly id: string }) => ({ ...one, identityCenter: emails.get(one.id) })),
    groups: { engineers: ['idc:engineers'], security: ['idc:Security team'] },
    directory: { identityCenter: { identityStoreId: 'd-1234567890', region: 'eu-west-1' } },
  });
}

/** `idc> only engineers lin`, `idc> disable ada`, `idc> silent`, `idc> back`. */
export function inIdentityCenter({ services: { aws } }: World, what: string): void {
  const [verb = '', ...rest] = what.split(' ');
  const { store } = aws.identityCenter;
  const email = (id = '') => EVERYBODY.find((one) => one.id === id)?.email ?? '';
  const fault = { kind: 'error', status: 400, code: 'ThrottlingException' } as const;
  if (verb === 'only') store.setGroup(rest[0] ?? '', rest.slice(1).map(email));
  else if (verb === 'disable') store.setUser(email(rest[0]), { status: 'DISABLED' });
  else if (verb === 'silent') aws.faults.add(/^(?:GetUserId|DescribeUser|IsMember)/, fault, Number.POSITIVE_INFINITY);
  else if (verb === 'back') aws.faults.clear();
  else throw new Error(`cannot do in IAM Identity Center: ${what}`);
}

/** `entra> disable ada`, `entra> remove ada`, `entra> leave engineers ada`, `entra> away grace`, `entra> silent`, `entra> back`. */
export function inEntra({ services: { azure } }: World, what: string): void {
  const [verb = '', ...rest] = what.split(' ');
  const tenant = azure.graph.people;
  const id = EVERYBODY.find((one) => one.id === rest.at(-1))?.entraId ?? '';
  const group = tenant.groupsBy(rest[0] ?? '')[0]?.id ?? '';
  const fault = { kind: 'error', status: 503, code: 'ServiceUnavailable' } as const;
  if (verb === 'disable') tenant.setUser({ id, accountEnabled: false });
  else if (verb === 'remove') tenant.removeUser(id);
  else if (verb === 'leave') tenant.leave(group, id);
  else if (verb === 'away') tenant.setUser({ id, mailbox: { timeZone: 'UTC', status: 'alwaysEnabled' } });
  else if (verb === 'silent') azure.faults.add(/^(?:Users|Groups)_/, fault, Number.POSITIVE_INFINITY);
  else if (verb === 'back') azure.faults.clear();
  else throw new Error(`cannot do in Entra: ${what}`);
}

/** `pagerduty> PDB0001 sam grace`: they are on call by that schedule, and nobody else is; `pagerduty> silent`. */
export function inPagerDuty({ pager }: World, what: string): void {
  const [schedule = '', ...names] = what.split(' ');
  if (schedule === 'silent') pager?.faults.add('/oncalls', { kind: 'error', status: 503, code: 'Down' }, 1_000);
  else
    pager?.set(
      names.map((name) => ({ schedule, email: `${name}@example.com` })),
      names.length > 0 ? [] : [schedule],
    );
}
