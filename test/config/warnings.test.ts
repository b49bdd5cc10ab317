import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/load.ts';
import { edited, SMALL } from './files.ts';

/** The warnings of the small configuration with these policies behind its own, which stands at line 8. */
function warningsWith(...policies: readonly string[]): readonly string[] {
  const schedules = 'onCall: { schedules: { db: { http: { url: "https://a.example/" } } } }\n';
  const read = readConfig(SMALL + policies.map((policy) => `  - ${policy}\n`).join('') + schedules);
  if ('faults' in read) throw new Error(read.faults.join('\n'));
  return read.warnings;
}

const later = (more: string) =>
  `{ name: two, who: [person:ada], machines: { names: ["web-*"] }, ports: [ssh], approvers: [person:grace], ${more} }`;

describe('a configuration that is right is warned about', () => {
  it('where a policy never applies, with its line', () => {
    expect(warningsWith(later('longest: 8h'))).toEqual([
      'policies[1]: `two` never applies: `one` covers it first (line 14)',
      'policies[1]: whoever leaves a group that `one` names gets more by `two`, which comes later; `one` is stricter: longest 3 h instead of 8 h (line 14)',
    ]);
  });

  it('where a policy that comes later is stricter', () => {
    const wide = `{ name: two, who: [person:ada], machines: { names: ["*"] }, ports: [ssh, rdp], approvers: [person:grace, person:ada], longest: 1h, approvals: 2 }`;
    expect(warningsWith(wide)).toEqual([
      'policies[1]: `one` comes first for port 22 wherever both apply, and `two` is stricter: longest 1 h instead of 3 h, 2 approvals instead of 1 (line 14)',
      'policies[1]: nobody can approve requests of Ada: `two` needs 2 and has 1 besides them (line 14)',
      'policies[1]: whoever leaves a group that `one` names gets more by `two`, which comes later; `one` is stricter: other approvers (line 14)',
    ]);
  });

  it('where a stage has too few people for somebody, as far as the file knows them', () => {
    const staged = (stages: string) =>
      warningsWith(
        `{ name: two, who: [person:ada, person:grace], machines: { names: ["*"] }, ports: [rdp], stages: [${stages}] }`,
      );
    expect(staged('{ anyOf: [person:grace, person:ada] }')).toEqual([]);
    expect(staged('{ anyOf: [manager] }')).toEqual([
      'policies[1]: nobody can approve requests of Ada, Grace: `two` needs 1 and has 0 besides them (line 14)',
    ]);
    expect(staged('{ anyOf: [person:grace, person:ada] }, { anyOf: [person:grace] }')).toEqual([
      'policies[1]: nobody can approve requests of Ada, Grace: `two`, stage 2 of 2 needs 1 and has 0 besides them (line 14)',
    ]);
    // What tags and schedules say is not known here.
    expect(staged('{ anyOf: ["owner:team"] }, { anyOf: ["onCall:db"] }')).toEqual([]);
  });

  it('where nobody can request from a source that has a name', () => {
    const withSources = (policy: string, more = '') => {
      const read = readConfig(`${SMALL}    ${policy}\nsources: { vpn: [10.8.0.0/16], home: [203.0.113.7]${more} }\n`);
      if ('faults' in read) throw new Error(read.faults.join('\n'));
      return read.warnings;
    };
    expect(withSources('longest: 2h')).toEqual([
      'sources.vpn: no policy allows a request from vpn (10.8.0.0/16); list it in the `sources` of a policy, or set `widestSource` (line 15)',
    ]);
    expect(withSources('widestSource: { ipv4: 1, ipv6: 1 }', ', jump: { aws: sg-0123456789abcdef0 }')).toEqual([
      'sources.jump: no policy allows a request from security group jump (sg-0123456789abcdef0); list it in the `sources` of a policy, or set `anySource` (line 15)',
    ]);
    for (const policy of ['sources: [vpn, home]', 'widestSource: { ipv4: 16 }', 'anySource: true'])
      expect(withSources(policy)).toEqual([]);
    // A narrower request from within is one, too.
    expect(withSources('sources: [vpn, home]\n    widestSource: { ipv4: 32 }')).toEqual([]);
    expect(withSources('sources: [vpn]')).toEqual([
      expect.stringContaining('no policy allows a request from home (203.0.113.7)'),
    ]);
  });

  it('where what may not be read is believed', () => {
    const id = '11112222-3333-4444-5555-666677778888';
    const azure = `azure: { tenantId: ${id}, clientId: ${id}, subscriptions: [{ id: ${id} }], networkManagers: none }`;
    const read = readConfig(`${SMALL}\n${azure}\n`);
    if ('faults' in read) throw new Error(read.faults.join('\n'));
    expect(read.warnings).toEqual([
      expect.stringMatching(
        /^azure.networkManagers: rules of network managers that may not be read are taken not to be there/,
      ),
    ]);
  });

  it.each([
    ['', '', ['azure.backend']],
    ['backend: defender', '', ['azure.backend']],
    ['backend: nsg', '', []],
    ['backend: nsg', 'backend: defender', ['azure.subscriptions[0].backend']],
    ['', 'backend: nsg', []],
  ])('where ports are opened by Defender in China, where there is none: %s, %s', (usual, own, paths) => {
    const id = '11112222-3333-4444-5555-666677778888';
    const settings = ['cloud: china', `tenantId: ${id}`, `clientId: ${id}`, `subscriptions: [{ id: ${id}, ${own} }]`];
    const warnings = (text: string) => {
      const read = readConfig(`${SMALL}\nazure: { ${text} }\n`);
      if ('faults' in read) throw new Error(read.faults.join('\n'));
      return read.warnings;
    };
    const all = [...settings, ...(usual ? [usual] : [])].join(', ');
    expect(warnings(all).map((text) => text.split(':')[0])).toEqual(paths);
    for (const text of warnings(all)) expect(text).toMatch(/retired .* 18 August 2026.*; set `nsg` \(line \d+\)$/);
    expect(warnings(all.replace('china', 'usGovernment'))).toEqual([]);
  });

  it('where an account, a subscription, a project, or a region is listed twice', () => {
    const id = 'aa112222-3333-4444-5555-666677778888';
    const account = '{ id: "123456789012", regions: [eu-west-1, eu-west-1] }';
    const sites = `azure: { tenantId: ${id}, clientId: ${id}, subscriptions: [{ id: ${id} }, { id: ${id.toUpperCase()} }] }\ngcp: { projects: [my-project, my-project] }\n`;
    const read = readConfig(
      edited(SMALL, '{ id: "123456789012", regions: [eu-west-1] }', `${account}, ${account}`) + sites,
    );
    if ('faults' in read) throw new Error(read.faults.join('\n'));
    expect(read.warnings).toEqual([
      'aws.accounts[1].id: 123456789012 is listed twice (line 3)',
      `azure.subscriptions[1].id: ${id} is listed twice (line 14)`,
      'gcp.projects[1]: my-project is listed twice (line 15)',
      'aws.accounts[0].regions[1]: eu-west-1 is listed twice (line 3)',
      'aws.accounts[1].regions[1]: eu-west-1 is listed twice (line 3)',
    ]);
  });

  it('not where each has its own', () => {
    expect(
      warningsWith(
        '{ name: two, who: [person:grace], machines: { names: ["*"] }, ports: [ssh], approvers: [person:ada] }',
      ),
    ).toEqual([]);
    expect(warningsWith(later('longest: 8h').replace('[ssh]', '[rdp]'))).toEqual([]);
    expect(warningsWith()).toEqual([]);
  });

  it('where leaving a group leads to a looser policy, as far as the file, or a directory, may have people in both', () => {
    const looser = (who: string) => later('longest: 8h').replace('[person:ada]', who).replace('["web-*"]', '["*"]');
    const falls = (who: string) => warningsWith(looser(who)).filter((one) => one.includes('leaves a group'));
    expect(falls('[person:grace]')).toEqual([]);
    expect(falls('[group:engineers]')).toEqual([]);
    expect(falls('[person:ada, person:grace]')).toHaveLength(1);
    const read = readConfig(
      `${SMALL.replace('[group:engineers]', '["entra:sre"]')}  - ${looser('["entra:all"]')}\ndirectory: { entra: { tenantId: 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d, clientId: 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d } }\n`,
    );
    expect('config' in read && read.warnings).toEqual([expect.stringContaining('gets more by `two`')]);
  });

  it('where nobody is in a group', () => {
    const read = readConfig(SMALL.replace('{ engineers: [ada] }', '{ engineers: [ada], nobody: [] }'));
    expect('config' in read && read.warnings).toEqual(['groups.nobody: nobody is in this group (line 5)']);
  });

  it('where groups contain each other, each circle once', () => {
    const of = (groups: string) => {
      const read = readConfig(edited(SMALL, '{ engineers: [ada] }', groups));
      if ('faults' in read) throw new Error(read.faults.join('\n'));
      return read.warnings;
    };
    const all = '; whoever is in one of them is in all (line 5)';
    expect(of('{ engineers: [ada, "group:a"], a: ["group:b", ada], b: ["group:a", "group:c"], c: [ada] }')).toEqual([
      `groups.a: contains itself: a → b → a${all}`,
    ]);
    expect(
      of('{ engineers: ["group:a", ada], a: ["group:b"], b: ["group:engineers"], own: ["group:own", ada] }'),
    ).toEqual([
      `groups.engineers: contains itself: engineers → a → b → engineers${all}`,
      `groups.own: contains itself: own → own${all}`,
    ]);
    expect(of('{ engineers: ["group:a", "group:b"], a: ["group:c"], b: ["group:c"], c: [ada] }')).toEqual([]);
  });

  it('where a break-glass rule may open what a policy refuses at all times', () => {
    const refusal = (more: string) => `{ name: dc, machines: { tags: { role: dc } }, refuse: Never., ${more} }`;
    const glass = (more: string) =>
      `breakGlass: [{ name: fire, who: [person:ada], machines: { ${more} }, ports: [ssh], review: { by: [person:grace] } }]\n`;
    const refused = (policy: string, rule: string) =>
      readConfig(`${SMALL}  - ${policy}\n${rule}`) as { warnings?: readonly string[] };
    expect(refused(refusal(''), glass('tags: { env: prod }')).warnings).toEqual([
      'breakGlass[0]: `fire` may open what `dc` refuses: nothing refuses breaking glass; leave such machines out with `except` unless that is meant (line 15)',
    ]);
    expect(refused(refusal(''), glass('tags: { env: prod }, except: [{ tags: { role: dc } }]')).warnings).toEqual([]);
    expect(refused(refusal(''), glass('tags: { role: web }')).warnings).toEqual([]);
    for (const other of ['during: { from: 2026-12-20 }', 'ports: [rdp]', 'who: [person:grace]'])
      expect(refused(refusal(other), glass('tags: { env: prod }')).warnings).toEqual([]);
  });
});
