import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { COLUMNS } from '../../adapters/audit-azure-logs/columns.ts';
import { azureLogsSink } from '../../adapters/audit-azure-logs/index.ts';
import { outgoing } from '../../adapters/outgoing/index.ts';
import { firstBatch } from '../../src/app/evidence/batch.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import { BEGINNING } from '../../src/core/evidence/chain.ts';
import { EVENTS, kindOf, REFUSED_VERBS } from '../../src/core/evidence/events.ts';
import { FIELDS } from '../../src/core/evidence/row.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/core/language/instant.ts';
import { sinkServer } from '../adapters/sink-server.ts';
import { ASK } from '../app/approved.ts';
import { ADA, GRACE, MACHINE, SENDER, world } from '../app/fixtures.ts';
import { signedHead } from '../core/evidence/chain.ts';
import { type KqlRow, run } from './kql.ts';
import { type KqlColumn, Workspace } from './kusto.ts';

const never = new AbortController().signal;
const FOLDER = new URL('../../manifests/sentinel/', import.meta.url);
const text = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8');
const columns = JSON.parse(text('columns.json')) as readonly KqlColumn[];
const queries = globSync('manifests/sentinel/queries/*.kql')
  .map((file) => basename(file))
  .toSorted();
const AUDIT = { name: 'DrawbridgeAudit', body: text('drawbridge-audit.kql') };
const workspace = new Workspace({ Drawbridge_CL: columns }, [AUDIT]);
/** Functions take parameters; for an analysis of its body alone one is a `let`. */
const asim = () => `let disabled = false;\n${text('asim-audit-event.kql')}`;

interface WorkbookItem {
  readonly type: number;
  readonly content: { readonly query?: string };
}

describe('the table', () => {
  it('has the columns that the sink sends, in Azure’s types', () => {
    const capital = (field: string) => field.slice(0, 1).toUpperCase() + field.slice(1);
    const own = Object.keys(FIELDS).filter((field) => field !== 'uid' && field !== 'time');
    const named = ['TimeGenerated', 'EventTime', 'EventUid', 'Installation', ...own.map(capital), 'Head', 'Record'];
    expect(columns.map(({ name }) => name).toSorted()).toEqual(named.toSorted());
    expect([...COLUMNS].toSorted()).toEqual(named.toSorted());
    for (const { type } of columns) expect(['string', 'long', 'datetime']).toContain(type);
  });

  it('is filled by the rule as it is sent', () => {
    const bicep = text('sentinel.bicep');
    const [, transform = ''] = /transformKql: '([^']+)'/.exec(bicep) ?? [];
    const sent = new Workspace({ source: columns }).analyse(transform);
    expect(sent).toMatchObject({ faults: [], columns: columns.map(({ name, type }) => ({ name, type })) });
  });
});

describe('every query', () => {
  it('is one of ten, and deployed', () => {
    const bicep = text('sentinel.bicep');
    expect(queries).toHaveLength(10);
    const deployed = [...bicep.matchAll(/loadTextContent\('queries\/([^']+)'\)/g)].map(([, name]) => name);
    expect(deployed.toSorted()).toEqual(queries);
    for (const [, name = ''] of bicep.matchAll(/load(?:Text|Json)Content\('([^']+)'\)/g))
      expect(text(name).length).toBeGreaterThan(0);
    // Titles and tactics are those at the head of each file.
    for (const name of queries) {
      const [, title = ''] = /^\/\/ (.+)\n/.exec(text(`queries/${name}`)) ?? [];
      const [, tactics = ''] = /\n\/\/ Tactics: (.+)\n/.exec(text(`queries/${name}`)) ?? [];
      const quoted = title.replaceAll("'", String.raw`\'`);
      expect(bicep).toContain(
        `name: '${name.replace('.kql', '')}', title: '${quoted}', tactics: '${tactics.replaceAll(', ', ',')}'`,
      );
    }
  });

  it.each(queries)('%s is right by Microsoft’s own analysis against the table', (name) => {
    expect(workspace.analyse(text(`queries/${name}`)).faults).toEqual([]);
  });

  it.each([
    ['a column that is not there', (query: string) => query.replace('RequesterName', 'RequesterNam'), 'KS142'],
    ['another table', (query: string) => query.replace('DrawbridgeAudit', 'DrawbridgeAudits'), 'KS204'],
    ['another function', (query: string) => query.replace('take_anyif', 'take_some'), 'KS211'],
    ['half of it', (query: string) => query.slice(0, query.indexOf('Because =')), 'KS'],
    ['nothing', () => '', 'no columns'],
  ])('would be found out with %s', (_, broken, code) => {
    const { faults } = workspace.analyse(broken(text('queries/who-asked-who-approved.kql')));
    expect(faults.join('\n')).toContain(code);
  });

  it('of the workbook is right, too', () => {
    const { items } = JSON.parse(text('workbook.json')) as { readonly items: readonly WorkbookItem[] };
    const own = items.flatMap(({ type, content }) => (type === 3 && content.query ? [content.query] : []));
    expect(own.length).toBeGreaterThan(4);
    // What the page puts there for the period that was chosen.
    for (const query of own)
      expect(workspace.analyse(query.replaceAll('{Period:query}', '> ago(7d)')).faults).toEqual([]);
  });

  it('compares events and outcomes that there are', () => {
    const known = [...Object.keys(EVENTS), ...REFUSED_VERBS];
    const all = [
      ...queries.map((name) => text(`queries/${name}`)),
      text('asim-audit-event.kql'),
      text('workbook.json'),
    ];
    for (const query of all)
      for (const [, one = '', more = ''] of query
        .replaceAll('\\"', '"')
        .matchAll(/\bEvent (?:== "([^"]+)"|in \(([^)]+)\))/g))
        for (const event of one ? [one] : more.split(', ').map((part) => part.slice(1, -1)))
          expect(known).toContain(event);
  });
});

describe('the parser to ASIM', () => {
  /** AuditEvent 0.1.2: what every record must have. */
  const MANDATORY = [
    ...['EventCount', 'EventStartTime', 'EventEndTime', 'EventType', 'EventResult', 'EventProduct', 'EventVendor'],
    ...['EventSchema', 'EventSchemaVersion', 'Dvc', 'Operation', 'Object', 'ObjectType', 'TimeGenerated'],
    ...['User', 'Src', 'IpAddr', 'Application', 'Value'],
  ];

  it('gives what AuditEvent 0.1.2 demands, in its types', () => {
    const { faults, columns: given } = workspace.analyse(asim());
    expect(faults).toEqual([]);
    const types = new Map(given.map(({ name, type }) => [name, type]));
    for (const name of MANDATORY) expect([...types.keys()]).toContain(name);
    expect([types.get('EventCount'), types.get('TargetPortNumber')]).toEqual(['int', 'int']);
    expect([types.get('EventStartTime'), types.get('AdditionalFields')]).toEqual(['datetime', 'dynamic']);
  });

  it('gives every event the type that the audit gives it', () => {
    const events = [...Object.keys(EVENTS), ...REFUSED_VERBS, 'of a newer version'];
    const rows = events.map((Event, i) => ({
      EventUid: String(i),
      TimeGenerated: i,
      Event,
      Outcome: 'done',
      Source: '',
      Ports: '22',
    }));
    const found = run(asim(), running(rows));
    expect(found).toHaveLength(events.length);
    for (const { Operation, EventType, ObjectType, EventResult, TargetPortNumber } of found) {
      const { asim: type, object } = kindOf(String(Operation));
      expect([Operation, EventType, ObjectType]).toEqual([Operation, type, object]);
      expect([EventResult, TargetPortNumber]).toEqual(['Success', 22]);
    }
  });
});

function running(rows: readonly KqlRow[], now = Date.now()) {
  return { workspace, tables: { Drawbridge_CL: rows }, functions: { DrawbridgeAudit: AUDIT.body }, now };
}

/** As the table keeps what was sent: each column in its type, what is missing as Kusto has it. */
function kept(sent: Readonly<Record<string, unknown>>): KqlRow {
  return Object.fromEntries(
    columns.map(({ name, type }) => {
      const { [name]: value } = sent;
      if (type === 'string') return [name, value ?? ''];
      return [name, value === undefined ? undefined : type === 'datetime' ? Date.parse(String(value)) : Number(value)];
    }),
  );
}

describe('the question of the hunt', () => {
  /** Ada asks, Grace approves, it is opened, and closed at its end; then she asks again, and is denied. All of it goes through the real sink. */
  async function life() {
    const made = world();
    const { deps, clock } = made;
    // Each at another time, so that no answer is right by chance.
    const passing = (ms: number) => {
      clock.advance(ms);
      return clock.now();
    };
    const asked = clock.now();
    const { id } = await submit(deps, ADA, ASK, SENDER);
    const approvedAt = passing(3 * MINUTE_MS);
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    const opened = passing(MINUTE_MS);
    await converge(deps, MACHINE.id, never);
    const ended = passing(HOUR_MS);
    await converge(deps, MACHINE.id, never);
    clock.advance(MINUTE_MS);
    // Another id than the first.
    const later = { ...deps, random: (n: number) => new Uint8Array(n).fill(9) };
    const { id: second } = await submit(later, ADA, { ...ASK, justification: 'once more' }, { ...SENDER, key: 'k2' });
    await decide(later, GRACE, { request: second, verdict: 'deny', reason: 'not today' });
    const server = await sinkServer(() => ({ status: 204 }));
    onTestFinished(server.stop);
    const settings = {
      name: 's',
      endpoint: server.url,
      rule: `dcr-${'0'.repeat(32)}`,
      stream: 'Custom-Drawbridge',
      scope: 's',
      management: 'https://management.azure.com',
    };
    const call = outgoing({ hosts: [server.host], addresses: ['127.0.0.0/8'] });
    const credential = { getToken: async () => ({ token: 't', expiresOnTimestamp: Number.POSITIVE_INFINITY }) };
    const sink = azureLogsSink(settings, { call, credential, monotonic: () => 0 });
    const links = firstBatch(BEGINNING, await deps.audit.read(undefined, 1_000));
    const last = links.at(-1);
    if (!last) throw new Error('no record');
    const batch = { installation: 'test', from: BEGINNING, links, note: signedHead(last) };
    // An answer was lost: the batch comes twice.
    for (let i = 0; i < 2; i += 1) await sink.write(batch, never);
    const rows = server.kept.flatMap(({ body }) => (JSON.parse(body) as readonly KqlRow[]).map(kept));
    expect(rows).toHaveLength(2 * links.length);
    return { id, second, rows, times: { asked, approvedAt, opened, ended }, now: clock.now() };
  }

  it('“who asked, who approved, when, on which machine, from where” is answered from the table alone', async () => {
    const { id, second, rows, times, now } = await life();
    const answer = run(text('queries/who-asked-who-approved.kql'), running(rows, now));
    expect(answer).toHaveLength(2);
    const [denied, access] = answer;
    expect(access).toMatchObject({
      Request: id,
      Requester: ADA.id,
      AskedBy: ADA.name,
      Because: 'deploy',
      Asked: times.asked,
      ApprovedBy: [GRACE.id],
      ApprovedByName: [GRACE.name],
      Approved: times.approvedAt,
      Opened: times.opened,
      Ends: times.approvedAt + HOUR_MS,
      Machine: MACHINE.id,
      MachineName: MACHINE.name,
      Cloud: 'aws',
      Ports: '22',
      Source: '203.0.113.7/32',
      Denied: 0,
      BrokeGlass: 0,
    });
    expect([access?.Closed, access?.ByPolicy ?? '']).toEqual([times.ended, '']);
    expect(denied).toMatchObject({ Request: second, Because: 'once more', ApprovedBy: [], Denied: 1 });
    expect([denied?.Approved, denied?.Opened]).toEqual([undefined, undefined]);
  });

  it('is about what the table has: without the approval nobody approved', async () => {
    const { id, rows, now } = await life();
    const without = rows.filter(({ Event }) => Event !== 'approved');
    const answer = run(text('queries/who-asked-who-approved.kql'), running(without, now));
    expect(answer.find(({ Request }) => Request === id)).toMatchObject({ ApprovedBy: [], Approved: undefined });
    // And an older life is not asked for.
    expect(run(text('queries/who-asked-who-approved.kql'), running(rows, now + 31 * 24 * HOUR_MS))).toEqual([]);
  });

  it('is evaluated whole, or not at all', () => {
    const evaluate = (query: string) => run(query, running([{ EventUid: '1', TimeGenerated: 1, Event: 'asked' }]));
    expect(() => evaluate('DrawbridgeAudit | top 1 by EventTime')).toThrow('not evaluated here: TopOperator');
    expect(() => evaluate('DrawbridgeAudit | where Event has "x"')).toThrow('not evaluated here: has');
    expect(() => evaluate('DrawbridgeAudit | where strlen(Event) > 1')).toThrow('not evaluated here: strlen()');
    expect(() => evaluate('DrawbridgeAudit | summarize dcount(Event)')).toThrow('not evaluated here');
  });
});
