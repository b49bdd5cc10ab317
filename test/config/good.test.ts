import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { houseRules, peopleOf } from '../../src/config/house.ts';
import { knownOf } from '../../src/config/lenient.ts';
import { configSchema } from '../../src/config/schema.ts';
import { HOUR_MS as HOUR, MINUTE_MS as MINUTE } from '../../src/core/language/instant.ts';
import { configOf, faultsOf, GOOD, SMALL } from './files.ts';

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
}

/** The path of every setting, `policies[].ports`. */
function settings(shape: Shape, path: string): readonly string[] {
  const here = shape.items ?? shape;
  const inside = shape.items ? `${path}[]` : path;
  if (!here.properties) return [path];
  return Object.entries(here.properties).flatMap(([key, value]) =>
    settings(value, inside === '' ? key : `${inside}.${key}`),
  );
}

/** The path of every value of a file, in the same form. */
function given(value: unknown, path: string): readonly string[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((item) => given(item, `${path}[]`))];
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => given(inner, path === '' ? key : `${path}.${key}`))];
}

/** Not beside `redis.url` and `losingDataIsFine`, or a secret: redis.test.ts and bot-credential.test.ts have these. */
const ELSEWHERE = /^redis\.(?:sentinel|cluster|providerKeepsData)|^teams\.credential/;

describe('a good configuration', () => {
  const config = configOf(GOOD);

  it('is tested with every setting there is', () => {
    const all = settings(z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as Shape, '');
    const present = new Set(given(parseDocument(GOOD).toJS(), ''));
    expect(all.length).toBeGreaterThan(60);
    expect(all.filter((path) => !present.has(path) && !ELSEWHERE.test(path))).toEqual([]);
  });

  it('is read, each value in the form that the program uses', () => {
    expect(config).toMatchObject({
      installation: 'prod-eu',
      language: 'de',
      redis: {
        ...{ url: 'rediss://redis.example.com:6380', keepDays: 60 },
        appendfsync: 'always',
        losingDataIsFine: true,
        prefix: 'bridge',
      },
      http: { host: '0.0.0.0', port: 8080 },
      lease: { shortest: 10 * MINUTE },
      marks: { keys: [{ id: 'k2' }, { id: 'k1', secret: 'file:/run/secrets/mark-key-1' }] },
      slack: { mode: 'socket', botToken: 'env:SLACK_BOT_TOKEN' },
      people: [{ id: 'ada', address: '203.0.113.7/32' }, { id: 'grace' }, { id: 'sam' }],
      policies: [
        {
          ports: [
            { number: 22, protocol: 'tcp' },
            { number: 53, protocol: 'udp' },
            { number: 8443, protocol: 'tcp' },
          ],
          longest: 4 * HOUR,
          extend: { self: true, upTo: 1.5 * HOUR },
          unanswered: 30 * MINUTE,
        },
        {},
        { name: 'frozen', machines: 'prod-linux', during: { until: '2027-01-02' } },
      ],
    });
  });

  it('is the same when it is read leniently', () => {
    expect(knownOf(parseDocument(GOOD).toJS())).toEqual(config);
    expect(knownOf(parseDocument(SMALL).toJS())).toEqual(configOf(SMALL));
  });

  it('may be small: what is left out is safe', () => {
    expect(configOf(SMALL)).toMatchObject({
      redis: {
        ...{ keepDays: 90, dataDir: '.data/redis' },
        appendfsync: 'everysec',
        providerKeepsData: false,
        losingDataIsFine: false,
        prefix: 'drawbridge',
      },
      http: { host: '127.0.0.1', port: 3978 },
      lease: { shortest: 5 * MINUTE },
      marks: { keyFile: '.data/mark-key' },
      slack: { mode: 'http', apiUrl: 'https://slack.com/api/' },
      protectors: [],
      security: [],
      policies: [
        {
          anySource: false,
          bastion: false,
          cutSessions: false,
          longest: 3 * HOUR,
          unanswered: 8 * HOUR,
        },
      ],
    });
    expect(configOf(SMALL).policies[0]).not.toHaveProperty('extend');
    // Single addresses, and not everybody.
    expect(houseRules(configOf(SMALL)).policies).toMatchObject([
      { widest: { ipv4: 32, ipv6: 128 }, anySource: false, bastion: false },
    ]);
  });

  it('validates tokens of Teams unless told otherwise', () => {
    const teams =
      'teams: { appId: 0b1c2d3e-4f50-4617-8a9b-0c1d2e3f4a5b, appPassword: env:P, tenantId: 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d }\n';
    expect(configOf(SMALL + teams).teams).toMatchObject({ validateTokens: true });
  });

  it('may use anchors', () => {
    const anchored = SMALL.replace('groups: { engineers: [ada] }', 'groups: { engineers: &all [ada], others: *all }');
    expect(faultsOf(anchored)).toEqual([]);
  });
});

describe('the house that a configuration describes', () => {
  const config = configOf(GOOD);

  it('has people with their groups', () => {
    expect(peopleOf(config)).toEqual([
      {
        id: 'ada',
        name: 'Ada Okafor',
        slack: 'U0123ADA',
        entra: 'a1a1a1a1-0000-4000-8000-000000000001',
        aws: 'arn:aws:iam::*:role/Engineer',
        identityCenter: 'ada@example.com',
        manager: 'grace',
        address: '203.0.113.7/32',
        breakGlassKeys: [expect.stringMatching(/^ssh-ed25519 /)],
        prefers: 'slack',
        work: { days: [1, 2, 3, 4, 5], fromMinute: 540, toMinute: 1_020, zone: 'Europe/Berlin' },
        groups: ['engineers'],
      },
      expect.objectContaining({ id: 'grace', groups: [] }),
      expect.objectContaining({ id: 'sam', groups: ['engineers', 'security'] }),
    ]);
  });

  it('has policies in the order and the words of the core', () => {
    expect(houseRules(config)).toEqual({
      policyChanges: {
        owners: ['group:security'],
        approvals: 3,
        tell: [{ chat: 'slack', kind: 'channel', id: 'C0123OPS' }],
      },
      ...{ language: 'de', leaver: 'keep' },
      protectors: ['group:security', 'person:grace'],
      drill: {
        tags: { drawbridge: 'sandbox' },
        port: { number: 22, protocol: 'tcp' },
        source: '192.0.2.7/32',
        forMs: 90_000,
        everyMs: 14 * 86_400_000,
      },
      glassKeys: { keys: new Map([['ada', [expect.any(String)]]]), oldestMs: 12 * HOUR },
      breakGlass: [
        expect.objectContaining({
          name: 'incidents',
          who: ['person:ada'],
          sources: [{ source: '10.8.0.0/16', sourceName: 'vpn' }],
          bastion: true,
          anySource: false,
          longestMs: 30 * MINUTE,
          stages: [],
          review: { by: ['group:security'], withinMs: 48 * HOUR, later: ['person:grace'], isBar: true },
        }),
      ],
      ...{ security: ['group:security'], readers: [{ who: ['group:security'], policies: ['production-ssh'] }] },
      operators: [{ chat: 'slack', kind: 'channel', id: 'C0123OPS' }],
      hearings: new Map([['teams:channel:19:0123456789abcdef@thread.tacv2', 'decisions']]),
      protections: expect.any(Array), // In test/config/protections.test.ts.
      shortestMs: 10 * MINUTE,
      floods: { person: 20, machine: 100, all: 5_000 },
      cards: { most: 5, withinMs: 600_000 },
      cardTags: ['env', 'owner'],
      sources: new Map([
        ['office', ['203.0.113.0/24', '2001:db8:1::/48']],
        ['vpn', ['10.8.0.0/16']],
        ['iap', ['35.235.240.0/20']],
      ]),
      digest: {
        atMinute: 8 * 60 + 30,
        zone: 'Europe/Berlin',
        tell: [{ chat: 'slack', kind: 'channel', id: 'C0123OPS' }],
      },
      refusals: [
        {
          name: 'frozen',
          machines: {
            names: [],
            tags: {},
            any: [
              { cloud: 'azure', network: 'vnet-prod*', unit: 'mg-prod', os: 'linux', names: [], tags: {} },
              { cloud: 'aws', names: [], tags: { env: ['prod', 'dr'] } },
            ],
            except: [{ names: [], tags: { tier: '0' } }],
          },
          during: { from: Date.UTC(2026, 11, 19, 23), until: Date.UTC(2027, 0, 2, 23), zone: 'Europe/Berlin' },
          reason: 'Change freeze until 2 January. Use break-glass for incidents.',
        },
      ],
      policies: [
        {
          name: 'production-ssh',
          who: ['group:engineers', 'person:grace'],
          machines: { cloud: 'aws', names: ['web-*', 'db-1'], tags: { env: 'prod' } },
          ports: config.policies[0]?.ports,
          widest: { ipv4: 28, ipv6: 64 },
          anySource: true,
          bastion: true,
          cutSessions: true,
          endUnusedMs: 30 * MINUTE,
          longestMs: 4 * HOUR,
          stepUp: 'signIn',
          stages: [
            {
              seats: [
                ['manager', 'group:security'],
                ['manager', 'group:security'],
              ],
            },
          ],
          extendSelfUpToMs: 1.5 * HOUR,
          unansweredMs: 30 * MINUTE,
          tell: [
            { chat: 'slack', kind: 'channel', id: 'C0123OPS' },
            { chat: 'teams', kind: 'channel', id: '19:0123456789abcdef@thread.tacv2' },
          ],
        },
        expect.objectContaining({
          name: 'windows',
          sources: [
            { source: '10.8.0.0/16', sourceName: 'vpn' },
            { source: '203.0.113.0/24', sourceName: 'office' },
            { source: '203.0.113.0/24', sourceName: 'office' },
            { source: '2001:db8:1::/48', sourceName: 'office' },
            { source: '198.51.100.7/32' },
          ],
          neverFrom: [{ source: '10.8.9.0/24' }],
          widest: { ipv4: 1, ipv6: 1 },
          machines: { names: ['*'], tags: {} },
          stages: [
            {
              seats: [['manager', 'onCall:payments']],
              answerInMs: 30 * MINUTE,
              later: ['managersManager'],
              rungs: [{ afterMs: HOUR, to: ['group:security'] }],
            },
            { seats: [['person:grace'], ['owner:team']] },
            {
              seats: [
                ['group:security', 'person:ada'],
                ['group:security', 'person:ada'],
              ],
            },
          ],
          usualMs: 45 * MINUTE,
          hours: {
            days: [1, 2, 3, 4, 5],
            fromMinute: 7 * 60,
            toMinute: 20 * 60,
            zone: 'Europe/Berlin',
            outside: [
              { seats: [['group:security']] },
              { seats: [['person:grace']] },
              {
                seats: [['group:security']],
                answerInMs: HOUR,
                later: ['person:ada'],
                rungs: [{ afterMs: 2 * HOUR, to: ['person:grace'] }],
              },
            ],
          },
          because: {
            ticket: { text: '^(INC|CHG)-\\d+$', isIn: expect.any(Function) },
            leastLetters: 10,
            check: 'jira',
          },
          auto: { from: [{ source: '10.8.0.0/16', sourceName: 'vpn' }], upToMs: HOUR },
          extendSelfUpToMs: 30 * MINUTE,
          extendSelfTimes: 2,
          anySource: false,
          ...{ bastion: false, cutSessions: false },
          tell: [],
        }),
      ],
    });
  });
});
