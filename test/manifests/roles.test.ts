import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { AZURE_ROLES, ROLE_BEARERS, rolesFor } from '../../src/cli/roles.ts';
import { read } from './files.ts';

interface Template {
  readonly $schema: string;
  readonly resources: readonly { readonly properties: { readonly roleName: string } }[];
}

const azure = (text = '') => JSON.parse(text) as Template;
const namesIn = (text = '') => azure(text).resources.map(({ properties }) => properties.roleName);

describe('jit roles', () => {
  it('prints each manifest as it is, where nobody is named', () => {
    expect(rolesFor('azure').text).toBe(read('manifests/azure/roles.json'));
    expect(rolesFor('aws').text).toBe(read('manifests/aws/roles.yaml'));
    expect(rolesFor('gcp').text).toBe(read('manifests/gcp/role.yaml'));
  });

  it.each([
    ['requester', ['Drawbridge requester']],
    ['protector', ['Drawbridge configurer']],
    ['security', ['Drawbridge reader']],
    ['auditor', ['Drawbridge reader']],
  ] as const)('prints a template of Azure with the role of a %s alone, and when it is needed', (bearer, names) => {
    const { text, note } = rolesFor('azure', bearer);
    expect(namesIn(text)).toEqual(names);
    expect(azure(text).$schema).toBe(azure(rolesFor('azure').text).$schema);
    expect(note).toMatch(/\bneed/);
  });

  it('leaves no role of Azure to nobody, and names none that is not there', () => {
    const all = namesIn(rolesFor('azure').text);
    const given = ROLE_BEARERS.flatMap((bearer) => namesIn(rolesFor('azure', bearer).text ?? '{"resources":[]}'));
    expect([...new Set(given)].toSorted()).toEqual(all.toSorted());
    const keys = Object.values(AZURE_ROLES).flat();
    expect(keys.filter((key) => !rolesFor('azure').text?.includes(`'${key}')]`))).toEqual([]);
  });

  it.each(['aws', 'gcp'] as const)('says that people need no role in %s, and prints that of Drawbridge', (cloud) => {
    for (const bearer of ROLE_BEARERS) {
      const { text, note } = rolesFor(cloud, bearer);
      expect([bearer, text === undefined, note === undefined]).toEqual([
        bearer,
        bearer !== 'program',
        bearer === 'program',
      ]);
    }
    expect(() => parse(rolesFor(cloud, 'program').text ?? '')).not.toThrow();
  });

  it('has each of them in the table of docs/permissions.md', () => {
    const page = read('docs/permissions.md');
    expect(ROLE_BEARERS.filter((bearer) => !page.includes(`(\`${bearer}\`) |`))).toEqual([]);
    for (const name of namesIn(rolesFor('azure').text).filter(
      (one) => !one.includes('operator') && !one.includes('onboarder'),
    ))
      expect(page).toContain(`“${name}”`);
  });
});
