import { expect, it } from 'vitest';
import { faultsOf, SMALL } from './files.ts';

const HASH = `sha256:${'a'.repeat(64)}`;
const CLIENT = 'b0a1a2a3-52a1-4d34-9d0b-6f3a9a1b2c3d';
const ITS_OWN = 'c0a1a2a3-52a1-4d34-9d0b-6f3a9a1b2c3d';
const WHERE = 'is a service: it may stand under who of policies, and nowhere else';
const SERVICE = `{ id: deploy, name: Deploy, owner: ada, keys: ["${HASH}"] }`;

const faults = (services: string, more = '') =>
  faultsOf(`${SMALL}api: { audience: ${CLIENT}, clientId: ${CLIENT}, services: [${services}] }\n${more}`)
    .map((one) => one.replace(/ \(line \d+\)/, ''))
    .filter((one) => !/^api: needs/.test(one));

it.each<readonly [what: string, services: string, more: string, faults: readonly string[]]>([
  ['is right', SERVICE, '', []],
  ['is right by its application', `{ id: deploy, name: Deploy, owner: ada, clientId: ${ITS_OWN} }`, '', []],
  [
    'signs in as people do',
    `{ id: deploy, name: Deploy, owner: ada, clientId: ${CLIENT.toUpperCase()} }`,
    '',
    ['api.services[0].clientId: must be an app registration of its own'],
  ],
  [
    'has neither key nor application',
    '{ id: deploy, name: Deploy, owner: ada }',
    '',
    ['api.services[0]: needs keys, from `jit token new`, or clientId'],
  ],
  ['is there twice', `${SERVICE}, ${SERVICE}`, '', ['api.services[1].id: deploy is listed twice']],
  [
    'has the key itself in place of its hash',
    '{ id: deploy, name: Deploy, owner: ada, keys: [dbk_x] }',
    '',
    ['api.services[0].keys[0]: must be sha256: and 64 hexadecimal digits, from `jit token new`'],
  ],
  [
    'is the owner of itself',
    SERVICE.replace('owner: ada', 'owner: deploy'),
    '',
    ['api.services[0].owner: must be a person'],
  ],
  ['protects', SERVICE, 'protectors: [person:deploy]\n', [`protectors[0]: ${WHERE}`]],
  ['is security', SERVICE, 'security: [person:deploy]\n', [`security[0]: ${WHERE}`]],
])('a service that %s', (_, services, more, told) => {
  expect(faults(services, more)).toEqual(told);
});
