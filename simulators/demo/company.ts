import { parse, stringify } from 'yaml';
import { addresses, people, type SimPerson } from '../world.ts';
import type { Services } from './services.ts';
import { SHELL_MACHINE } from './shell.ts';

interface Elsewhere {
  /** Nothing links their Slack accounts. */
  readonly unlinked?: readonly string[];
  readonly absence?: 'none' | 'mailbox';
}

const EVERYBODY = Object.values(people);

/** The same people and groups as in the file, from the simulated tenant of Entra: nobody is in the file. */
export function fromEntra(text: string, { unlinked = [], absence = 'none' }: Elsewhere = {}): string {
  const config = parse(text);
  const { tenantId, clientId, clientSecret, resourceManager, authority, caFile } = config.azure;
  const app = { tenantId, clientId, clientSecret, authority, caFile, disableInstanceDiscovery: true };
  const linked = EVERYBODY.filter(({ id }) => !unlinked.includes(id));
  return stringify({
    ...config,
    people: [],
    groups: { engineers: ['entra:engineers'], security: ['entra:security'] },
    protectors: ['group:security', `person:${people.manager.entraId}`],
    directory: {
      entra: { ...app, graph: `${resourceManager}/graph`, absence },
      links: Object.fromEntries(linked.map(({ slackId, entraId }) => [slackId, entraId])),
    },
  });
}

/** The groups that the file has, in the tenant. */
export function groupsInEntra({ azure }: Pick<Services, 'azure'>): void {
  const tenant = azure.graph.people;
  tenant.join(tenant.addGroup('engineers').id, people.requester.entraId, people.colleague.entraId);
  tenant.join(tenant.addGroup('security').id, people.security.entraId);
}

/** The same in IAM Identity Center. */
export function groupsInAws({ aws }: Pick<Services, 'aws'>): void {
  const { store } = aws.identityCenter;
  for (const { email } of EVERYBODY) store.setUser(email);
  store.setGroup('engineers', [people.requester.email, people.colleague.email]);
  store.setGroup('Security team', [people.security.email]);
}

/**
 * What visitors of the demo find: managers and groups from Entra, the jump host with two stages, and a glass to break.
 */
export function asCompany(text: string, shellPort?: number): string {
  const config = parse(fromEntra(text));
  const [production] = config.policies;
  return stringify({
    ...config,
    people: [
      exception(people.requester, { prefers: 'slack', address: addresses.requester }),
      exception(people.colleague, { prefers: 'slack', address: addresses.colleague }),
      exception(people.manager, { prefers: 'teams' }),
      exception(people.security, { prefers: 'teams' }),
    ],
    protectors: ['group:security', `person:${people.manager.id}`],
    breakGlass: [
      {
        name: 'incidents',
        who: ['group:engineers'],
        machines: { tags: { env: 'prod' } },
        ports: ['ssh', 'rdp'],
        upTo: '1h',
        review: { by: ['group:security'], within: '24h' },
        tell: production.tell,
      },
    ],
    policies: [
      ...(shellPort === undefined
        ? []
        : [{ ...production, name: 'shells', machines: { names: [SHELL_MACHINE] }, ports: [shellPort] }]),
      {
        ...production,
        name: 'jump-hosts',
        machines: { names: ['jump-*'] },
        ports: ['ssh'],
        stages: ['manager', 'group:security'].map((one) => ({ anyOf: [one] })),
        approvers: undefined,
      },
      production,
    ],
  });
}

/** What Entra does not know of somebody: where they sit, and where they like to be told. Managers and groups come from there. */
function exception({ id, name, slackId, entraId }: SimPerson, known: Readonly<Record<string, string>>) {
  return { id, name, slack: slackId, entra: entraId, ...known };
}
