import { globSync, readFileSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { readConfig } from '../../src/config/load.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, ROOT), 'utf8');
const EXAMPLE = parse(read('drawbridge.example.yaml')) as Readonly<Record<string, unknown>>;
/** Their examples have tests of their own, with the people that they are about. */
const ELSEWHERE = ['people', 'policy', 'tickets', 'national-clouds'];

/** Pieces of drawbridge.yaml in a page: a list of policies alone, or settings at the top. */
function pieces(page: string): readonly string[] {
  return [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
}

const SNIPPETS = globSync('docs/*.md', { cwd: ROOT })
  .toSorted()
  .filter((file) => !ELSEWHERE.includes(file.slice('docs/'.length, -'.md'.length)))
  .flatMap((file) => pieces(read(file)).map((text, i) => ({ file, nth: i + 1, text })))
  // The answers of `jit init`, which test/process/init.test.ts takes, and a file of Prometheus.
  .filter(({ text }) => !/^(?:clouds|scrape_configs):/m.test(text));

/** What a page says that stands beside one of its examples. */
const BESIDE: Readonly<Record<string, object>> = {
  'docs/api.md 1': {
    directory: {
      entra: { tenantId: '7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d', clientId: '5d0e1f2a-3b4c-4d5e-8f60-718293a4b5c6' },
    },
    web: { url: 'https://drawbridge.example.com', keys: [{ id: 'w1', secret: 'env:WEB_KEY' }] },
    signIn: {
      issuer: 'https://login.microsoftonline.com/7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d/v2.0',
      ...{ clientId: 'd0c1d0c1-52a1-4d34-9d0b-6f3a9a1b2c3d', clientSecret: 'env:SIGN_IN_SECRET' },
    },
    groups: { engineers: ['ada'], security: ['grace'], 'on-call': ['grace'] },
  },
  'docs/board.md 1': {
    groups: { engineers: ['ada'], security: ['grace'], auditors: ['grace'], 'payments-leads': ['grace'] },
    policies: [{ ...(EXAMPLE.policies as readonly object[])[0], name: 'payments' }],
  },
  'docs/gcp.md 2': { gcp: { projects: ['my-project'] } },
  'docs/teams.md 2': {
    teams: { loginUrl: 'http://127.0.0.1:1', openIdMetadataUrl: 'http://127.0.0.1:1/.well-known/openidconfiguration' },
  },
};
/** What a reader has to fill in. */
const FILLED: readonly (readonly [string, string])[] = [
  ['sha256:…', `sha256:${'0'.repeat(64)}`],
  ['https://….ingest.monitor.azure.com', 'https://logs.westeurope-1.ingest.monitor.azure.com'],
  ['dcr-…', `dcr-${'0'.repeat(32)}`],
  [
    '/subscriptions/…/dataCollectionRules/',
    `/subscriptions/${'1'.repeat(8)}-2222-3333-4444-555566667777/resourceGroups/logs/providers/Microsoft.Insights/dataCollectionRules/`,
  ],
];

afterEach(() => void vi.unstubAllEnvs());

type Settings = Readonly<Record<string, unknown>>;

function laidOver(under: Settings, over: Settings): Settings {
  const isMap = (one: unknown) => typeof one === 'object' && one !== null && !Array.isArray(one);
  const merged = Object.entries(over).map(([key, value]) => {
    const own = under[key];
    return [key, isMap(own) && isMap(value) ? { ...(own as object), ...(value as object) } : value] as const;
  });
  return { ...under, ...Object.fromEntries(merged) };
}

/** The piece in the place of what the example has there; a section that only adds to it keeps the rest. */
function whole(text: string, beside: object = {}): string {
  const filled = FILLED.reduce((all, [blank, given]) => all.replaceAll(blank, given), text);
  return stringify(laidOver(laidOver(EXAMPLE, beside as Settings), parse(filled) as Settings));
}

it.each(SNIPPETS)('$file: its example $nth has no errors', ({ file, nth, text }) => {
  const result = readConfig(whole(text, BESIDE[`${file} ${nth}`]));
  expect('faults' in result ? result.faults : []).toEqual([]);
});

it('are many', () => {
  expect(SNIPPETS.length).toBeGreaterThan(15);
  const wrong = readConfig(whole('slack:\n  bottToken: env:X\n'));
  expect('faults' in wrong && wrong.faults).toHaveLength(1);
});
