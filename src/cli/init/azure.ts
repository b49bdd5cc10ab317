import { ANSWERS } from '../../config/answers.ts';
import type { Offered } from './asker.ts';
import { type Around, givenIn, lookedUp, type ToDo, type TopicAnswers } from './topic.ts';

const BACKENDS: readonly Offered[] = [
  { id: 'defender', label: 'Just-in-time policies of Defender for Cloud (needs Defender for Servers Plan 2)' },
  { id: 'nsg', label: 'Rules of Drawbridge’s own in network security groups (needs no plan)' },
];
const SIGN_INS: readonly Offered[] = [
  { id: 'identity', label: 'Without a secret: managed identity, workload identity, or az login' },
  { id: 'secret', label: 'With a client secret of its app' },
];

/** Which subscriptions, and as whom Drawbridge signs in there. */
export async function azurePart(around: Around): Promise<TopicAnswers> {
  const { ask, signal } = around;
  ask.say('Looking for tenants and subscriptions, with the sign-in to Azure that is at hand …');
  const survey = await around.surveys.azure(givenIn(around, 'azure'));
  const found = await lookedUp(around, {
    what: 'which tenants and subscriptions there are',
    remedy: 'Sign in with `az login`, and begin again.',
    read: async () => ({ tenants: await survey.tenants(signal), all: await survey.subscriptions(signal) }),
  });
  const { tenants, all } = found ?? { tenants: [], all: [] };
  const known = new Map(all.map(({ tenantId }) => [tenantId, tenantId]));
  for (const { id, name } of tenants) known.set(id, name);
  const tenantId = await ask.one({
    key: 'azure.tenantId',
    ask: 'Which tenant are the subscriptions in?',
    where: 'Azure portal, Microsoft Entra ID, Overview, Tenant ID',
    choices: [...known].map(([id, label]) => ({ id, label })),
    byHand: ANSWERS.uuid,
  });
  const ids = await ask.some({
    key: 'azure.subscriptions',
    ask: 'Which subscriptions have the machines?',
    where: 'Azure portal, Subscriptions, Subscription ID',
    choices: all.filter((one) => one.tenantId === tenantId).map(({ id, name }) => ({ id, label: name })),
    byHand: ANSWERS.uuid,
  });
  const backend = await ask.one({
    key: 'azure.backend',
    ask: 'How are ports opened in Azure?',
    choices: BACKENDS,
    standard: 'defender',
  });
  const signIn = await signInPart(around);
  return {
    settings: { azure: { tenantId, ...signIn, subscriptions: ids.map((id) => ({ id })), backend } },
    left: leftInAzure(ids, { backend, clientId: signIn.clientId, location: locationOf(around) }),
  };
}

async function signInPart({
  ask,
  keep,
}: Around): Promise<{ readonly clientId: string; readonly clientSecret?: string }> {
  const { AZURE_CLIENT_ID } = process.env;
  const clientId = await ask.text({
    key: 'azure.clientId',
    ask: 'Client ID of the app or identity that Drawbridge signs in to Azure as?',
    where: 'App registrations, or Managed Identities; `az ad app create --display-name drawbridge` makes an app',
    wrong: ANSWERS.uuid,
    ...(AZURE_CLIENT_ID ? { standard: AZURE_CLIENT_ID } : {}),
  });
  const way = await ask.one({
    key: 'azure.signIn',
    ask: 'How does it sign in?',
    choices: SIGN_INS,
    standard: 'identity',
  });
  if (way === 'identity') return { clientId };
  const answer = await ask.secret({
    key: 'azure.clientSecret',
    ask: 'Client secret of that app?',
    where: 'its page Certificates & secrets',
    standard: 'env:AZURE_CLIENT_SECRET',
  });
  return { clientId, clientSecret: keep('azure-client-secret', answer) };
}

/** Where a deployment is kept; what it makes has no place. Each cloud has its own. */
function locationOf(around: Around): string {
  const { cloud } = givenIn(around, 'azure');
  if (cloud === 'usGovernment') return 'usgovvirginia';
  return cloud === 'china' ? 'chinanorth3' : 'westeurope';
}

export const AZURE_ROLES_FILE = 'drawbridge-azure-roles.json';

function leftInAzure(
  ids: readonly string[],
  { backend, clientId, location }: Readonly<Record<'backend' | 'clientId' | 'location', string>>,
): readonly ToDo[] {
  const roles = [
    ...(backend === 'nsg'
      ? ['Drawbridge operator (network security groups)']
      : ['Drawbridge operator (Defender)', 'Drawbridge onboarder (Defender)']),
    // `audit.cloudLogs` is on by default.
    'Drawbridge operator (activity log)',
  ];
  const [first = ''] = ids;
  const scopes = JSON.stringify(ids.map((id) => `/subscriptions/${id}`));
  return [
    {
      // NB. Once: names of roles are unique in a tenant.
      text: `Azure: make the roles, for ${ids.length === 1 ? `the subscription ${first}` : `all ${ids.length} subscriptions at once`}.`,
      command: `az deployment sub create --subscription ${first} --location ${location} --template-file ${AZURE_ROLES_FILE} --parameters scopes='${scopes}'`,
    },
    ...ids.flatMap((id) =>
      roles.map((role) => ({
        text: `Azure: assign “${role}” in ${id}.`,
        command: `az role assignment create --assignee ${clientId} --role "${role}" --scope /subscriptions/${id}`,
      })),
    ),
  ];
}
