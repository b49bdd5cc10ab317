import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/config/load.ts';
import { ROOT, read } from './files.ts';

const run = promisify(execFile);
const FOLDER = 'manifests/kubernetes';

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
}
const { resources } = parse(read(`${FOLDER}/kustomization.yaml`)) as { readonly resources: readonly string[] };
const all = resources.map((file) => parse(read(`${FOLDER}/${file}`)) as Resource);
const text = resources.map((file) => read(`${FOLDER}/${file}`)).join('\n');

/** `import('kubernetes-models/apps/v1/StatefulSet').IStatefulSet`: the types are made from the API's own definitions. */
function typeOf({ apiVersion, kind }: Resource): string {
  return `import('kubernetes-models/${apiVersion}/${kind}').I${kind}`;
}

/** What the compiler says of objects: wrong types, and fields that the API does not know. */
async function faultsOf(objects: readonly Resource[]): Promise<string> {
  const folder = join(ROOT, '.cache', `kubernetes-${process.pid}`);
  await mkdir(folder, { recursive: true });
  try {
    const lines = objects.map((one, i) => `export const r${i} = ${JSON.stringify(one)} satisfies ${typeOf(one)};`);
    await writeFile(join(folder, 'resources.ts'), `${lines.join('\n')}\n`);
    const files = { files: ['resources.ts'], compilerOptions: { strict: true, noEmit: true, skipLibCheck: true } };
    const resolution = { module: 'nodenext', moduleResolution: 'nodenext', types: [] };
    const config = { ...files, compilerOptions: { ...files.compilerOptions, ...resolution } };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    return await run(process.execPath, [tsc, '-p', folder]).then(
      () => '',
      (error: { readonly stdout: string }) => error.stdout,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('what is applied is what the API of Kubernetes knows', async () => {
  expect(await faultsOf(all)).toBe('');
}, 60_000);

test('a field that it does not know, and one of a wrong type, are found', async () => {
  const [account, service] = ['ServiceAccount', 'Service'].map((kind) => all.find((one) => one.kind === kind));
  if (!account || !service) throw new Error('not there');
  expect(await faultsOf([{ ...account, automountServiceAccountTokens: false } as Resource])).toMatch(/automount/);
  expect(await faultsOf([{ ...service, spec: { ports: [{ port: '80' }] } } as Resource])).toMatch(/string/);
}, 60_000);

test('its configuration has no errors', () => {
  const result = readConfig(read(`${FOLDER}/drawbridge.yaml`));
  expect('faults' in result ? result.faults : []).toEqual([]);
});

test('what all replicas must share is on the disk that they share', () => {
  const result = readConfig(read(`${FOLDER}/drawbridge.yaml`));
  if ('faults' in result) throw new Error('it has faults');
  const { undo, audit, marks } = result.config;
  const [, shared] = /- name: shared\n\s+mountPath: (\S+)/.exec(text) ?? [];
  expect(shared).toBe('/shared');
  for (const folder of [undo.folder, audit.files.folder, audit.peopleKeys]) expect(folder).toMatch(/^\/shared\//);
  expect(marks.keys).toHaveLength(1);
});

test('what the configuration takes from the environment is in the secret that docs/run.md makes, and nothing else is', () => {
  const named = [...read(`${FOLDER}/drawbridge.yaml`).matchAll(/^[^#\n]*env:([A-Z_]+)/gm)].map(([, name]) => name);
  const docs = /### Kubernetes([\s\S]*?)\n### /.exec(read('docs/run.md'))?.[1] ?? '';
  const made = [...docs.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
  expect(made.toSorted()).toEqual([...new Set([...named, 'REDIS_URL'])].toSorted());
});

test('a pod runs as nobody special, on a file system that it cannot write', () => {
  for (const said of [
    'runAsNonRoot: true',
    'readOnlyRootFilesystem: true',
    'allowPrivilegeEscalation: false',
    'automountServiceAccountToken: false',
    'type: RuntimeDefault',
  ])
    expect(text).toContain(said);
  expect(text).not.toMatch(/privileged: true|hostNetwork|hostPath/);
});

test('a stop gets longer than the program takes for it', () => {
  const given = Number(/terminationGracePeriodSeconds: (\d+)/.exec(text)?.[1]);
  const taken = Number(/STOP_MS = ([\d_]+)/.exec(read('src/cli/start.ts'))?.[1]?.replaceAll('_', '')) / 1000;
  expect(given).toBeGreaterThanOrEqual(taken + 10);
});
