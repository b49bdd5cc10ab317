import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/load.ts';
import { groupsAsked } from '../../src/config/people-faults.ts';
import { configOf, faultsOf, SMALL } from './files.ts';

const ID = '7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d';
const OTHER = 'a1a1a1a1-0000-4000-8000-000000000001';
const ENTRA = `directory: { entra: { tenantId: ${ID}, clientId: ${ID} } }\n`;
const BOTH = `directory: { slack: true, entra: { tenantId: ${ID}, clientId: ${ID} }`;

function warningsOf(text: string): readonly string[] {
  const read = readConfig(text);
  if ('faults' in read) throw new Error(read.faults.join('\n'));
  return read.warnings;
}

function edited(part: string, by: string, more = ''): string {
  expect(SMALL).toContain(part);
  return SMALL.replace(part, by) + more;
}

describe('somebody who leaves, and is still named', () => {
  it.each([
    ['[ada]', '[ada, bob]', 'groups.engineers[1]: no person has the id bob (line 5)'],
    ['name: Ada }', 'name: Ada, manager: bob }', 'people[0].manager: no person has the id bob (line 4)'],
    ['[person:grace]', '[person:grace, person:bob]', 'policies[0].approvers[1]: no person has the id bob (line 12)'],
    ['policies:', 'security: [person:bob]\npolicies:', 'security[0]: no person has the id bob (line 7)'],
  ])('stops nobody else: %s → %s', (part, by, warning) => {
    expect(warningsOf(edited(part, by))).toEqual([warning]);
  });

  it('is somebody of a directory, where there is one', () => {
    expect(warningsOf(edited('[ada]', `[ada, ${ID}]`, ENTRA))).toEqual([]);
    expect(warningsOf(edited('[ada]', `[ada, ${ID}]`))).toEqual([
      `groups.engineers[1]: no person has the id ${ID} (line 5)`,
    ]);
    expect(warningsOf(edited('[ada]', '[ada, U0123ABCD]', 'directory: { slack: true }\n'))).toEqual([]);
  });
});

describe('managers in a circle', () => {
  it('are told, each', () => {
    const circle = SMALL.replace(
      'name: Ada }, { id: grace, name: Grace }',
      'name: Ada, manager: grace }, { id: grace, name: Grace, manager: ada }',
    );
    const message = 'is in a circle of managers, so `manager` means nobody for this person (line 4)';
    expect(warningsOf(circle)).toEqual([`people[0].manager: ${message}`, `people[1].manager: ${message}`]);
  });
});

describe('people of directories', () => {
  it('need no person in the file', () => {
    const none = SMALL.replace(/people: .*\n/, '')
      .replace('[ada]', '[]')
      .replace('[person:grace]', '[manager]');
    expect(none).not.toBe(SMALL);
    expect(faultsOf(none)).toEqual(['people: must list people, unless `directory` knows them']);
    expect(faultsOf(none + ENTRA)).toEqual([]);
  });

  it.each([
    ['[group:engineers]', '["entra:sre"]', 'policies[0].who[0]: needs directory.entra (line 9)'],
    ['[group:engineers]', '["slack:@sre"]', 'policies[0].who[0]: needs directory.slack (line 9)'],
    ['[ada]', '[entra:sre]', 'groups.engineers[0]: needs directory.entra (line 5)'],
    [
      '[group:engineers]',
      '["department:Sales"]',
      'policies[0].who[0]: department is known of people in Entra: needs directory.entra (line 9)',
    ],
  ])('are a fault where there is no such directory: %s → %s', (part, by, fault) => {
    expect(faultsOf(edited(part, by))).toEqual([fault]);
    expect(faultsOf(edited(part, by, `${BOTH} }\n`))).toEqual([]);
  });

  it('are meant by an attribute when they request, and by a group when they decide', () => {
    expect(faultsOf(edited('[person:grace]', '["department:Security"]', ENTRA))).toEqual([
      'policies[0].approvers[0]: nobody lists whoever has a department; name a group, or use it in who (line 12)',
    ]);
  });

  it('have one name', () => {
    const text = SMALL.replace('name: Ada }', `name: Ada, entra: ${ID} }`);
    expect(faultsOf(text.replace('[person:grace]', `[person:${ID}]`))).toEqual([
      'policies[0].approvers[0]: write person:ada (line 12)',
    ]);
  });

  it('have one link', () => {
    const text = SMALL.replace('name: Ada }', `name: Ada, slack: U1, entra: ${ID} }`);
    const linked = (links: string) => faultsOf(`${text}${BOTH}, links: { ${links} } }\n`);
    expect(linked(`U1: ${ID}, U2: ${OTHER}`)).toEqual([]);
    expect(linked(`U1: ${OTHER}`)).toEqual([
      'directory.links.U1: people links this Slack account to another one of Entra (line 14)',
    ]);
    expect(linked(`U2: ${OTHER}, U3: ${OTHER}`)).toEqual([`directory.links.U3: ${OTHER} is linked twice (line 14)`]);
    expect(faultsOf(`${SMALL}directory: { mailDomains: [example.com] }\n`)).toEqual([
      'directory.mailDomains: needs directory.slack, and directory.entra or directory.identityCenter (line 14)',
    ]);
  });

  it('have one user of IAM Identity Center each, whose groups need it', () => {
    const center = 'directory: { identityCenter: { identityStoreId: d-1234567890, region: eu-west-1 } }\n';
    const text = SMALL.replace('name: Ada }', 'name: Ada, identityCenter: ada }').replace(
      'name: Grace }',
      'name: Grace, identityCenter: ada }',
    );
    expect(faultsOf(`${text}${center}`)).toEqual([expect.stringContaining('.identityCenter')]);
    expect(faultsOf(edited('[ada]', '["idc:Site reliability"]', ''))).toEqual([
      expect.stringContaining('needs directory.identityCenter'),
    ]);
    expect(faultsOf(edited('[ada]', '["idc:Site reliability"]', center))).toEqual([]);
  });

  it('are asked for the groups that anything names', () => {
    const text = edited('[ada]', '[ada, entra:sre]', `${BOTH} }\nsecurity: ["slack:@sec", "entra:sre"]\n`);
    expect(groupsAsked(configOf(text))).toEqual(['entra:sre', 'slack:@sec']);
  });
});
