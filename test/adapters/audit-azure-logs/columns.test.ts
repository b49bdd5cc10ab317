import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { azureLogsSink } from '../../../adapters/audit-azure-logs/index.ts';
import { outgoing } from '../../../adapters/outgoing/index.ts';
import { sinkServer } from '../sink-server.ts';

const never = new AbortController().signal;
const RULE = 'dcr-0123456789abcdef0123456789abcdef';
const GROUP = '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/siem/providers';
const RESOURCE = `${GROUP}/Microsoft.Insights/dataCollectionRules/drawbridge-audit`;
const WORKSPACE = `${GROUP}/Microsoft.OperationalInsights/workspaces/siem`;

type Column = { readonly name: string; readonly type: string };
const all = JSON.parse(
  readFileSync(new URL('../../../manifests/sentinel/columns.json', import.meta.url), 'utf8'),
) as readonly Column[];
const but = (...names: readonly string[]) => all.filter(({ name }) => !names.includes(name));

/** As “Data Collection Rules - Get” and “Tables - Get” answer, of what manifests/sentinel deploys. */
function deployed({ stream = all, table = all, transformKql = 'source', immutableId = RULE } = {}) {
  const rule = {
    id: RESOURCE,
    kind: 'Direct',
    properties: {
      immutableId,
      streamDeclarations: { 'Custom-Drawbridge': { columns: stream.map(({ name, type }) => ({ name, type })) } },
      destinations: { logAnalytics: [{ name: 'workspace', workspaceResourceId: WORKSPACE }] },
      dataFlows: [
        {
          streams: ['Custom-Drawbridge'],
          destinations: ['workspace'],
          transformKql,
          outputStream: 'Custom-Drawbridge_CL',
        },
      ],
    },
  };
  const standardColumns = [{ name: 'TenantId', type: 'guid' }];
  return { rule, table: { properties: { schema: { name: 'Drawbridge_CL', columns: table, standardColumns } } } };
}

async function examined(
  found: ReturnType<typeof deployed>,
  { status = 200, resource = RESOURCE as string | null, stream = 'Custom-Drawbridge' } = {},
) {
  const scopes: (string | readonly string[])[] = [];
  const server = await sinkServer(({ url, headers }) => {
    const { pathname, searchParams } = new URL(url, 'http://x');
    if (headers.authorization !== 'Bearer t') return { status: 401 };
    if (pathname === RESOURCE && searchParams.get('api-version') === '2023-03-11')
      return { status, text: JSON.stringify(found.rule) };
    if (pathname === `${WORKSPACE}/tables/Drawbridge_CL` && searchParams.get('api-version') === '2022-10-01')
      return { status: 200, text: JSON.stringify(found.table) };
    return { status: 404 };
  });
  onTestFinished(server.stop);
  const getToken = async (scope: string | readonly string[]) => {
    scopes.push(scope);
    return { token: 't', expiresOnTimestamp: Number.POSITIVE_INFINITY };
  };
  const own = { rule: RULE, stream, management: server.url, ...(resource === null ? {} : { resource }) };
  const settings = { name: 's', endpoint: 'https://e', scope: 's', ...own };
  const call = outgoing({ hosts: [server.host], addresses: ['127.0.0.0/8'] });
  const sink = azureLogsSink(settings, { call, credential: { getToken } as never });
  const said = await sink.examine?.(never);
  return { said, scopes, url: server.url };
}

describe('columns that Azure would drop without telling', () => {
  it('are none in what manifests/sentinel deploys', async () => {
    const { said, scopes, url } = await examined(deployed());
    expect(said).toBe(undefined);
    expect(new Set(scopes)).toEqual(new Set([`${url}/.default`]));
  });

  it.each([
    [
      'the stream lacks one',
      deployed({ stream: but('Sealed') }),
      'Its stream Custom-Drawbridge lacks Sealed: Azure drops',
    ],
    [
      'the table lacks two',
      deployed({ table: but('Sealed', 'Calls') }),
      'The table Drawbridge_CL lacks Calls, Sealed: Azure drops',
    ],
    [
      'an old stream lacks many',
      deployed({ stream: all.slice(0, 10) }),
      /^Its stream Custom-Drawbridge lacks \w+, \w+, \w+, \w+, \w+ and \d+ more: /,
    ],
    ['it is another rule', deployed({ immutableId: 'dcr-other' }), 'is another rule (dcr-other)'],
    ['nothing is declared', deployed({ stream: [] }), 'lacks TimeGenerated, EventTime'],
  ])('are told where %s', async (_, found, words) => {
    const { said } = await examined(found);
    expect(said).toEqual(typeof words === 'string' ? expect.stringContaining(words) : expect.stringMatching(words));
  });

  it('are told where the rule knows no such stream', async () => {
    const { said } = await examined(deployed(), { stream: 'Custom-Other' });
    expect(said).toBe('The rule has no stream Custom-Other.');
  });

  it('cannot be told without the rule’s ID, or behind a transformation of somebody else', async () => {
    const unset = await examined(deployed(), { resource: null });
    expect(unset.said).toEqual({ cannotTell: expect.stringContaining('audit.azureLogs.resource is not set') });
    const changed = await examined(deployed({ transformKql: 'source | project TimeGenerated' }));
    expect(changed.said).toEqual({ cannotTell: expect.stringContaining('transformation of its own') });
  });

  it('cannot be told where reading is refused: with what was asked for', async () => {
    await expect(examined(deployed(), { status: 403 })).rejects.toMatchObject({
      code: 'outgoingSilent',
      message: expect.stringContaining('answers 403 for /dataCollectionRules/drawbridge-audit'),
    });
  });
});
