import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { azureLogsSink } from '../../../adapters/audit-azure-logs/index.ts';
import { outgoing } from '../../../adapters/outgoing/index.ts';
import type { SinkBatch } from '../../../src/ports/sink.ts';
import { batches } from '../../conformance/sink.ts';
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

type Asked = { readonly status?: number; readonly resource?: string | null; readonly stream?: string };

/** The sink before a service that takes what is posted, and shows rule and table; `now`: by the process's own clock. */
async function started(
  found: () => ReturnType<typeof deployed>,
  { status = 200, resource = RESOURCE, stream = 'Custom-Drawbridge' }: Asked = {},
  now = () => 0,
) {
  const scopes: (string | readonly string[])[] = [];
  const server = await sinkServer(({ url, headers }) => {
    const { pathname, searchParams } = new URL(url, 'http://x');
    if (pathname.startsWith('/dataCollectionRules/')) return { status: 204 };
    if (headers.authorization !== 'Bearer t') return { status: 401 };
    if (pathname === RESOURCE && searchParams.get('api-version') === '2023-03-11')
      return { status, text: JSON.stringify(found().rule) };
    if (pathname === `${WORKSPACE}/tables/Drawbridge_CL` && searchParams.get('api-version') === '2022-10-01')
      return { status: 200, text: JSON.stringify(found().table) };
    return { status: 404 };
  });
  onTestFinished(server.stop);
  const getToken = async (scope: string | readonly string[]) => {
    scopes.push(scope);
    return { token: 't', expiresOnTimestamp: Number.POSITIVE_INFINITY };
  };
  const own = { rule: RULE, stream, management: server.url, ...(resource === null ? {} : { resource }) };
  const settings = { name: 's', endpoint: server.url, scope: 's', ...own };
  const call = outgoing({ hosts: [server.host], addresses: ['127.0.0.0/8'] });
  const sink = azureLogsSink(settings, { call, credential: { getToken } as never, monotonic: now });
  const posted = () => server.kept.filter(({ url }) => url.startsWith('/dataCollectionRules/')).length;
  const looked = () => server.kept.filter(({ url }) => url.startsWith(RESOURCE)).length;
  return { sink, scopes, url: server.url, posted, looked };
}

async function examined(found: ReturnType<typeof deployed>, asked: Asked = {}) {
  const { sink, scopes, url } = await started(() => found, asked);
  return { said: await sink.examine?.(never), scopes, url };
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

describe('a batch', () => {
  const [one, two] = batches(2) as [SinkBatch, SinkBatch];

  it('is not sent while Azure would drop a part of it, and goes on once the table has all columns', async () => {
    let table: readonly Column[] = but('Record');
    const { sink, posted } = await started(() => deployed({ table }));
    for (let turn = 0; turn < 2; turn += 1)
      await expect(sink.write(one, never)).rejects.toThrow('The table Drawbridge_CL lacks Record: Azure drops');
    expect(posted()).toBe(0);
    table = all;
    for (const batch of [one, two]) await sink.write(batch, never);
    expect(posted()).toBe(2);
  });

  it('waits for a look once an hour: somebody may change the rule meanwhile', async () => {
    let stream = all;
    let now = 0;
    const { sink, posted, looked } = await started(
      () => deployed({ stream }),
      {},
      () => now,
    );
    for (const batch of [one, two]) await sink.write(batch, never);
    expect([posted(), looked()]).toEqual([2, 1]);
    stream = but('Head');
    now = 3_600_000;
    await expect(sink.write(two, never)).rejects.toThrow('lacks Head');
    expect(posted()).toBe(2);
  });

  it.each([
    ['reading is refused', { status: 403 }],
    ['no rule is named', { resource: null }],
  ])('is sent where %s: the doctor says that nobody can tell', async (_, asked) => {
    const { sink, posted } = await started(() => deployed({ stream: [] }), asked);
    await sink.write(one, never);
    expect(posted()).toBe(1);
  });
});
