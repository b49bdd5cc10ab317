import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { check, templateIn } from './cloudformation.ts';
import { ROOT, read } from './files.ts';

const text = read('manifests/aws/fargate.yaml');
const template = templateIn(text);
const FILES = globSync('manifests/aws/*.yaml', { cwd: ROOT }).toSorted();

test.each(FILES)('%s is what the resource definitions of AWS know', (file) => {
  expect(check(templateIn(read(file)))).toEqual([]);
});

test('these are all of them', () => {
  expect(FILES).toHaveLength(8);
});

test('a misspelt property, a wrong type, and a missing one are found', () => {
  const { Redis } = template.Resources;
  if (!Redis) throw new Error('not there');
  const bent = { ...Redis.Properties, TlsEnabled: true, NumShards: 'one', ACLName: undefined };
  const { ACLName: _, ...Properties } = bent;
  expect(check({ Resources: { Redis: { ...Redis, Properties } } })).toEqual([
    'Redis.ACLName: is missing',
    'Redis.NumShards: no integer',
    'Redis.TlsEnabled: is not known',
  ]);
});

test('everything that is referred to is there', () => {
  const known = new Set([...Object.keys(template.Parameters), ...Object.keys(template.Resources)]);
  const refs = [...text.matchAll(/!Ref ([\w:]+)|!GetAtt (\w+)\.|\$\{([\w:]+)\}|DependsOn: \[(.+)\]/g)]
    .flatMap(([, ref, got, within, list]) => list?.split(', ') ?? ref ?? got ?? within ?? [])
    .filter((name) => !name.startsWith('AWS::'));
  expect(refs.filter((name) => !known.has(name))).toEqual([]);
});

test('no task may do more than assume the roles, and read its own secret and files', () => {
  const actions = [...text.matchAll(/Action: (?:\[(.+?)\]|(\S+))$/gm)].flatMap(
    ([, list, one]) => list?.split(', ') ?? one ?? [],
  );
  expect([...new Set(actions)].toSorted()).toEqual([
    'elasticfilesystem:ClientMount',
    'elasticfilesystem:ClientWrite',
    'secretsmanager:GetSecretValue',
    'sts:AssumeRole',
    'sts:SetSourceIdentity',
  ]);
});
