import { parse, stringify } from 'yaml';
import { people } from '../../simulators/world.ts';
import type { World } from './world.ts';

const EVERYBODY = Object.values(people);

/** `# people: entra`: the same people and groups, from the simulated tenant and not from the file. */
export function fromEntra(text: string, absence: 'none' | 'mailbox' = 'none'): string {
  const config = parse(text);
  const { tenantId, clientId, clientSecret, resourceManager, authority, caFile } = config.azure;
  const app = { tenantId, clientId, clientSecret, authority, caFile, disableInstanceDiscovery: true };
  return stringify({
    ...config,
    people: [],
    groups: { engineers: ['entra:engineers'], security: ['entra:security'] },
    protectors: ['group:security', `person:${people.manager.entraId}`],
    directory: {
      entra: { ...app, graph: `${resourceManager}/graph`, absence },
      links: Object.fromEntries(EVERYBODY.map(({ slackId, entraId }) => [slackId, entraId])),
    },
  });
}

/** The groups that the demo has in its file. */
export function groupsInEntra({ services: { azure } }: World): void {
  const tenant = azure.graph.people;
  tenant.join(tenant.addGroup('engineers').id, people.requester.entraId, people.colleague.entraId);
  tenant.join(tenant.addGroup('security').id, people.security.entraId);
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
