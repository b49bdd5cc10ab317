import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CommandLine, commandsIn } from '../docs/command-lines.ts';
import { ROOT, read } from './files.ts';

interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly isSecure: boolean;
  readonly least: number;
  readonly most: number;
  /** What counts where none is handed, as it is written. */
  readonly standard: string | undefined;
}

const CONTAINER_APPS = 'manifests/azure/container-apps.bicep';
/** By what commands call them: roles.json is roles.bicep without Bicep. */
const TEMPLATES: Readonly<Record<string, string>> = {
  'container-apps.bicep': CONTAINER_APPS,
  'roles.bicep': 'manifests/azure/roles.bicep',
  'roles.json': 'manifests/azure/roles.bicep',
  'sentinel.bicep': 'manifests/sentinel/sentinel.bicep',
};
const FILES = [...new Set(Object.values(TEMPLATES))];
/** What a value looks like that is written down. */
const ARRAY = /^\[.*\]$/;
const WRITTEN: Readonly<Record<string, RegExp>> = { int: /^\d+$/, bool: /^(?:true|false)$/, array: ARRAY };
/** What only Azure can tell. */
const COMPUTED = /^[\w.]+\(/;

function parametersOf(text: string): readonly Parameter[] {
  const bound = (decorators: string, name: string, standard: number) =>
    Number(new RegExp(`@${name}\\((\\d+)\\)`).exec(decorators)?.[1] ?? standard);
  return [...text.matchAll(/^((?:@.+\n)*)param (\w+) (\w+)(?: = (\[\n[\s\S]*?\n\]|.+))?$/gm)].map(
    ([, decorators = '', name = '', type = '', standard]) => ({
      ...{ name, type, standard },
      isSecure: decorators.includes('@secure()'),
      least: bound(decorators, 'minValue', 0),
      most: bound(decorators, 'maxValue', Infinity),
    }),
  );
}

/** What is wrong with a value for a parameter. */
function faultOf(value: string, { name, type, least, most }: Omit<Parameter, 'standard'>): readonly string[] {
  // A placeholder, or a file.
  if (/^(?:<.*>|…|@.+)$/.test(value)) return [];
  const form = WRITTEN[type];
  if (form ? !form.test(value) : ARRAY.test(value)) return [`${name} is no ${type}: ${value}`];
  if (type === 'array' && !Array.isArray(JSON.parse(value))) return [`${name} is no array: ${value}`];
  const isWithin = type !== 'int' || (Number(value) >= least && Number(value) <= most);
  return isWithin ? [] : [`${name} is not from ${least} to ${most}: ${value}`];
}

/** What is wrong with what a command hands to a template. One that ends with … leaves some out. */
function faultsOf({ words }: Pick<CommandLine, 'words'>, known: readonly Parameter[]): readonly string[] {
  const from = words.findIndex((word) => word === '--parameters' || word === '-p');
  const handed = from < 0 ? [] : words.slice(from + 1).filter((word) => word !== '…');
  const pairs = handed.map((word) => /^(\w+)=(.*)$/s.exec(word)?.slice(1) ?? [word, '']);
  const isWhole = words.at(-1) !== '…';
  const names = pairs.map(([name]) => name);
  return [
    ...pairs.flatMap(([name = '', value = '']) => {
      const parameter = known.find((one) => one.name === name);
      return parameter ? faultOf(value, parameter) : [`there is no ${name}`];
    }),
    ...known.flatMap(({ name, standard }) =>
      isWhole && standard === undefined && !names.includes(name) ? [`${name} is missing`] : [],
    ),
  ];
}

/** The commands of the pages, and those at the head of the files themselves. */
const COMMANDS = [...globSync('docs/*.md', { cwd: ROOT }).toSorted(), ...FILES].flatMap((page) => {
  const text = read(page);
  const comments = [...text.matchAll(/^\/\/ {3}(.+)$/gm)].map(([, line]) => line).join('\n');
  const commands = commandsIn(page.endsWith('.md') ? text : `\`\`\`sh\n${comments}\n\`\`\`\n`);
  return commands.flatMap((command) => {
    const at = command.words.findIndex((word) => word === '--template-file' || word === '-f');
    const template = TEMPLATES[command.words[at + 1]?.split('/').at(-1) ?? ''];
    return command.program === 'az' && command.words[0] === 'deployment' ? [{ page, command, template }] : [];
  });
});

/** The settings, with what counts where they are not set. */
const SETTINGS = new Map(
  [...read('docs/settings.md').matchAll(/^\| `([\w.[\]]+)` \| (?:`(.*?)`)? ?/gm)].map(
    ([, name = '', standard = '']) => [name, standard],
  ),
);

describe('what is handed to parameters of Bicep', () => {
  it('is declared there, complete, and of their types, in every command', () => {
    expect(new Set(COMMANDS.map(({ template }) => template))).toEqual(new Set(FILES));
    const faults = COMMANDS.flatMap(({ page, command, template = '' }) =>
      faultsOf(command, parametersOf(read(template))).map((fault) => `${page}: ${fault}`),
    );
    expect(faults).toEqual([]);
  });

  it.each([
    ['workspaceName=<one>', ['principalId is missing']],
    ['workspaceName=<one> principalId=<two> retention=30', ['there is no retention']],
    ['workspaceName=<one> principalId=<two> retentionDays=long', ['retentionDays is no int: long']],
    ['workspaceName=<one> principalId=<two> retentionDays=7', ['retentionDays is not from 30 to 730: 7']],
    ['workspaceName=["one"] principalId=<two>', ['workspaceName is no string: ["one"]']],
  ])('is told where it is wrong: %s', (handed, faults) => {
    const words = ['--parameters', ...handed.split(' ')];
    expect(faultsOf({ words }, parametersOf(read('manifests/sentinel/sentinel.bicep')))).toEqual(faults);
  });

  it.each(FILES)('is by itself of their types, too: %s', (file) => {
    const all = parametersOf(read(file));
    expect(all.map(({ name }) => name)).toEqual([...read(file).matchAll(/^param (\w+)/gm)].map(([, name]) => name));
    const wrong = all.flatMap(({ standard, ...parameter }) => {
      if (!['string', 'int', 'bool', 'array', 'object'].includes(parameter.type))
        return [`${parameter.name}: which type?`];
      if (standard === undefined || COMPUTED.test(standard)) return [];
      const isText = /^'.*'$/s.test(standard);
      if (parameter.type === 'string') return isText ? [] : [`${parameter.name} is no string`];
      // A list on several lines, of what only Azure can tell.
      return parameter.type === 'array' && /^\[\s[^"']*\]$/.test(standard) ? [] : faultOf(standard, parameter);
    });
    expect(wrong).toEqual([]);
  });
});

describe('what Container Apps hand to the program', () => {
  const text = read(CONTAINER_APPS);
  const secrets = new Map(
    [...text.matchAll(/\{ name: '([\w-]+)', value: (\w+) \}/g)].map(([, name, from]) => [name, from]),
  );
  const references = [...text.matchAll(/\{ name: '([A-Z_]+)', secretRef: '([\w-]+)' \}/g)];

  it('as a secret is a secret text of the deployment', () => {
    const parameters = parametersOf(text);
    const handed = references.flatMap(([, , secret]) => parameters.filter(({ name }) => name === secrets.get(secret)));
    expect(handed.map(({ name }) => name)).toEqual(['slackBotToken', 'slackSigningSecret', 'markKey', 'adminToken']);
    for (const { type, isSecure } of handed) expect([type, isSecure]).toEqual(['string', true]);
  });

  it('as ports, and as folders, is what its settings are', () => {
    const ports = [...text.matchAll(/\b(?:targetPort|httpGet: \{[^}]*port): (\d+)/g)].map(([, port]) => port);
    expect(ports).toHaveLength(4);
    expect(new Set(ports)).toEqual(new Set([SETTINGS.get('http.port')]));
    const [, way = ''] = /^### Azure Container Apps\n([\s\S]*?)(?=\n###)/m.exec(read('docs/run.md')) ?? [];
    const folders = [...way.matchAll(/\b(?:folder|peopleKeys): (\/[\w/-]+)/g)].map(([, folder = '']) => folder);
    const mounts = [...text.matchAll(/mountPath: '([^']+)'/g)].map(([, mount = '']) => `${mount}/`);
    expect(folders.length).toBeGreaterThan(0);
    expect(folders.filter((folder) => !mounts.some((mount) => folder.startsWith(mount)))).toEqual([]);
    const [, config = ''] = /DRAWBRIDGE_CONFIG=(\S+)/.exec(read('Dockerfile')) ?? [];
    expect(mounts).toContain(config.replace(/[^/]+$/, ''));
  });
});

it('what the deployment for Sentinel gives back is a setting each, of the name that it has there', () => {
  const outputs = [...read('manifests/sentinel/sentinel.bicep').matchAll(/^output (\w+) string/gm)].map(
    ([, name]) => name,
  );
  expect(outputs.length).toBeGreaterThan(0);
  expect(outputs.filter((name) => !SETTINGS.has(`audit.azureLogs.${name}`))).toEqual([]);
});
