import { afterEach, expect, test, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { readConfig } from '../../src/config/load.ts';
import { read } from './files.ts';

afterEach(() => void vi.unstubAllEnvs());

/** What docs/run.md says of one way to run it. */
function said(way: string): string {
  const [, text = ''] = new RegExp(`^### ${way}\\n([\\s\\S]*?)(?=\\n##)`, 'm').exec(read('docs/run.md')) ?? [];
  return text;
}

/** The settings that it says belong to that way, laid over the example that everybody begins with. */
function written(way: string): string {
  const [, own = ''] = /```yaml\n([\s\S]*?)```/.exec(said(way)) ?? [];
  return stringify({ ...parse(read('drawbridge.example.yaml')), ...parse(own) });
}

const WAYS = [
  { way: 'Compose', file: 'compose.yaml', secrets: said('Compose') },
  { way: 'Azure Container Apps', file: 'manifests/azure/container-apps.bicep' },
  { way: 'ECS on Fargate', file: 'manifests/aws/fargate.yaml' },
];

test.each(WAYS)('$way: with the settings that docs/run.md gives, its configuration has no errors', ({ way, file }) => {
  // NB. a Redis that is not Drawbridge's own asks for more than the example has.
  if (/\bREDIS_URL\b/.test(read(file))) vi.stubEnv('REDIS_URL', 'redis://redis:6379');
  const result = readConfig(written(way));
  expect('faults' in result ? result.faults : []).toEqual([]);
  expect('config' in result && result.config.http.host, 'a proxy elsewhere reaches it').toBe('0.0.0.0');
});

test.each(WAYS)('$way: each secret that those settings name is handed to the program', ({ way, file, secrets }) => {
  const [, own = ''] = /```yaml\n([\s\S]*?)```/.exec(said(way)) ?? [];
  const named = [...own.matchAll(/env:([A-Z_]+)/g)].map(([, name = '']) => name);
  expect(named).toContain('MARK_KEY');
  const handed = secrets ?? read(file);
  expect(named.filter((name) => !new RegExp(`\\b${name}(?:=|'|,)`).test(handed))).toEqual([]);
});

/** Read by the program where no setting names it, or by the SDK of a cloud. */
const UNNAMED = /^(?:REDIS_URL|AZURE_CLIENT_ID|AZURE_TOKEN_CREDENTIALS)$/;

test.each(WAYS)(
  '$way: each secret that it hands to the program is named by those settings',
  ({ way, file, secrets }) => {
    const pattern = secrets ? /(?<![A-Z_])([A-Z_]+)=(?:…|%s)/g : /\b[nN]ame: '?([A-Z][A-Z_]+)\b/g;
    const handed = [...(secrets ?? read(file)).matchAll(pattern)].map(([, name = '']) => name);
    expect(handed).toContain('MARK_KEY');
    const named = new Set([...written(way).matchAll(/env:([A-Z_]+)/g)].map(([, name]) => name));
    expect(handed.filter((name) => !UNNAMED.test(name) && !named.has(name))).toEqual([]);
  },
);
