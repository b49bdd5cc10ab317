import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkedConfig } from '../../src/config/load.ts';
import { configSchema } from '../../src/config/schema.ts';
import { refusal } from '../core/samples.ts';
import { configOf, edited, faultsOf, GOOD, SMALL } from './files.ts';

describe('each fault is told with its path and line', () => {
  it.each<[string, string, readonly string[]]>([
    // The shape
    ['installation: test\n', '', ['installation: is missing; write a line such as `installation: prod`, and keep it']],
    [
      'installation: test',
      'installation: Test',
      ['installation: must be at most 24 lowercase letters, digits, and dashes (line 1)'],
    ],
    [
      'installation: test',
      'installation: 5',
      ['installation: must be text (quote it if it looks like a number) (line 1)'],
    ],
    [
      'installation: test',
      'installation: test\ninstalation: x',
      ['instalation: is not a setting here; did you mean installation? (line 2)'],
    ],
    ['teamId: T1', 'teamID: T1', ['slack.teamID: is not a setting here; did you mean teamId? (line 2)']],
    ['teamId: T1', 'teamId: C1', ['slack.teamId: must be a workspace ID such as T0123ABCD (line 2)']],
    ['appId: A1', 'appId: a1', ['slack.appId: must be an app ID such as A0123ABCD (line 2)']],
    [
      'env:A,',
      'xoxb-1234,',
      [
        'slack.botToken: must be env:NAME, file:/path, or a secret of Key Vault or Secrets Manager (docs/secrets.md); secrets do not belong in this file (line 2)',
      ],
    ],
    [
      'env:A,',
      'env:a,',
      [
        'slack.botToken: must be env:NAME, file:/path, or a secret of Key Vault or Secrets Manager (docs/secrets.md); secrets do not belong in this file (line 2)',
      ],
    ],
    ['appId: A1', 'appId: A1, apiUrl: slack.com', ['slack.apiUrl: must be a URL (line 2)']],
    ['appId: A1', 'appId: A1, apiUrl: "javascript:1"', ['slack.apiUrl: must be a URL (line 2)']],
    ['appId: A1', 'appId: A1, mode: rtm', ['slack.mode: must be http or socket (line 2)']],
    [
      '"123456789012"',
      '123456789012',
      ['aws.accounts[0].id: must be text (quote it if it looks like a number) (line 3)'],
    ],
    ['"123456789012"', '"12345"', ['aws.accounts[0].id: must be 12 digits (line 3)']],
    ['eu-west-1', 'europe', ['aws.accounts[0].regions[0]: must be a region such as eu-west-1 (line 3)']],
    [
      '{ id: ada, name: Ada }',
      '{ id: Ada, name: Ada }',
      ['people[0].id: must be at most 40 lowercase letters, digits, and dashes (line 4)'],
    ],
    ['name: Ada }', 'name: Ada, slack: ada }', ['people[0].slack: must be a Slack user ID such as U0123ABCD (line 4)']],
    [
      'name: Ada }',
      'name: Ada, entra: ada }',
      ['people[0].entra: must be an ID such as 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d (line 4)'],
    ],
    [
      'name: Ada }',
      'name: Ada, address: home }',
      [
        'people[0].address: must be an IP address such as 203.0.113.7, or a CIDR prefix such as 203.0.113.0/24 (line 4)',
      ],
    ],
    ['name: Ada }', 'name: Ada, email: ada@example.com }', ['people[0].email: is not a setting here (line 4)']],
    ['{ slack: C1 }', '{ slack: "#ops" }', ['places.ops.slack: must be a channel ID such as C0123ABCD (line 6)']],
    ['{ slack: C1 }', 'C1', ['places.ops: must be { slack: C… } or { teams: 19:… } (line 6)']],
    [
      '{ slack: C1 }',
      '{ slack: C1, teams: "19:x" }',
      ['places.ops: must be { slack: C… } or { teams: 19:… } (line 6)'],
    ],
    ['[ssh]', '[telnet]', ['policies[0].ports[0]: must be a port such as 22, ssh, rdp, winrm, or 53/udp (line 11)']],
    ['[ssh]', '[]', ['policies[0].ports: must name at least one port (line 11)']],
    ['[ssh]', 'ssh', ['policies[0].ports: must be a list of ports such as [ssh, 8443] (line 11)']],
    [
      '[group:engineers]',
      '[engineers]',
      [
        'policies[0].who[0]: must be person:<id>, group:<name>, entra:<group>, slack:<group>, idc:<group>, or an attribute such as department:<name>; did you mean group:engineers? (line 9)',
      ],
    ],
    [
      '[person:grace]',
      '[]',
      ['policies[0].approvers: must not be empty: without approvers, no request could be approved (line 12)'],
    ],
    [
      '[ssh]',
      '[ssh]\n    longest: forever',
      ['policies[0].longest: must be a duration such as 45m, 2h, or 1h30m (line 12)'],
    ],
    [
      '[ssh]',
      '[ssh]\n    longest: 240',
      ['policies[0].longest: must be a duration such as 45m, 2h, or 1h30m (line 12)'],
    ],
    ['[ssh]', '[ssh]\n    approvals: 0', ['policies[0].approvals: must be 1 or more (line 12)']],
    ['[ssh]', '[ssh]\n    widestSource: { ipv4: 0 }', ['policies[0].widestSource.ipv4: must be 1 or more (line 12)']],
    ['[ssh]', '[ssh]\n    anySource: yes please', ['policies[0].anySource: must be true or false (line 12)']],
    ['[ssh]', '[ssh]\n    extend: { self: false, upTo: 1h }', ['policies[0].extend.self: must be true (line 12)']],
    [
      '[ssh]',
      '[ssh]\n    sources: [203.0.113.0/24]\n    move: { within: [office, 203.0.113.0/28, 198.51.100.0/24] }',
      [
        'policies[0].move.within[0]: no source is called office, and it is no address or prefix (line 13)',
        'policies[0].move.within[2]: is outside of the policy’s sources, so nothing could be moved there (line 13)',
      ],
    ],
    ['[ssh]', '[ssh]\n    move: { within: [] }', ['policies[0].move.within: must not be empty (line 12)']],
    // Names that lead nowhere
    ['name: Ada }', 'name: Ada, manager: ada }', ['people[0].manager: a person cannot be their own manager (line 4)']],
    [
      'name: Ada }',
      'name: Ada, address: any }',
      ['people[0].address: must be one person’s address, not every address (line 4)'],
    ],
    [
      '{ id: grace, name: Grace }',
      '{ id: grace, name: Grace }, { id: ada, name: Eve }',
      ['people[2].id: ada is listed twice (line 4)'],
    ],
    [
      'name: Ada }, { id: grace, name: Grace }',
      'name: Ada, slack: U1 }, { id: grace, name: Grace, slack: U1 }',
      ['people[1].slack: U1 is listed twice (line 4)'],
    ],
    [
      'name: Ada }, { id: grace, name: Grace }',
      'name: Ada, entra: 7F3C1F0E-52a1-4d34-9d0b-6f3a9a1b2c3d }, { id: grace, name: Grace, entra: 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d }',
      ['people[1].entra: 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d is listed twice (line 4)'],
    ],
    [
      '[group:engineers]',
      '[group:enginers]',
      ['policies[0].who[0]: no group is called enginers; did you mean engineers? (line 9)'],
    ],
    ['[group:engineers]', '[group:constructor]', ['policies[0].who[0]: no group is called constructor (line 9)']],
    [
      '[group:engineers]',
      '[manager]',
      ['policies[0].who: manager can only be an approver; name people or groups (line 9)'],
    ],
    ['tell: [ops]', 'tell: [ops, op]', ['policies[0].tell[1]: no place is called op; did you mean ops? (line 13)']],
    ['tell: [ops]', 'tell: [constructor]', ['policies[0].tell[0]: no place is called constructor (line 13)']],
    ['policies:', 'protectors: [group:admins]\npolicies:', ['protectors[0]: no group is called admins (line 7)']],
    [
      'policies:',
      'digest: { at: "9:00", zone: Berlin, tell: [op] }\npolicies:',
      [
        'digest.at: must be a time such as "09:00" (line 7)',
        'digest.zone: must be a time zone such as Europe/Berlin; did you mean Europe/Berlin? (line 7)',
        'digest.tell[0]: no place is called op; did you mean ops? (line 7)',
      ],
    ],
    [
      'policies:',
      'digest: { at: "24:00", tell: [ops] }\npolicies:',
      ['digest.at: must be a time such as "09:00" (line 7)'],
    ],
    ['{ slack: C1 }', '{ teams: "19:x" }', ['places.ops: teams is not configured (line 6)']],
    [
      '{ names: ["*"] }',
      '{}',
      ['policies[0].machines: must select machines by names ("*" for all), tags, region, or cloud (line 10)'],
    ],
    ['[ssh]', '[ssh]\n    longest: 25h', ['policies[0].longest: must be 24h or less (line 12)']],
    ['[ssh]', '[ssh]\n    longest: 4m', ['policies[0].longest: must be at least lease.shortest (5 min) (line 12)']],
    // Settings that need each other
    ['signingSecret: env:B, ', '', ['slack.signingSecret: is required when mode is http (line 2)']],
    ['signingSecret: env:B, ', 'mode: socket, ', ['slack.appToken: is required when mode is socket (line 2)']],
    [
      'regions: [eu-west-1] }] }',
      'regions: [eu-west-1] }], accessKeyId: env:K }',
      ['aws: accessKeyId and secretAccessKey must be set together (line 3)'],
    ],
    [
      'slack: { botToken: env:A, signingSecret: env:B, teamId: T1, appId: A1 }\n',
      '',
      [
        'drawbridge.yaml: must configure slack, teams, or both: add the section (docs/policy.md begins with a whole file)',
        'places.ops: slack is not configured (line 5)',
      ],
    ],
    [
      'aws: { accounts: [{ id: "123456789012", regions: [eu-west-1] }] }\n',
      '',
      ['drawbridge.yaml: must configure azure, aws, or gcp: add the section (docs/policy.md begins with a whole file)'],
    ],
  ])('“%s” → “%s”', (part, by, faults) => {
    expect(faultsOf(edited(SMALL, part, by))).toEqual(faults);
  });

  it.each<[string, string, readonly string[]]>([
    ['nothing', '', ['drawbridge.yaml: is empty, and must be a section with settings such as installation, policies']],
    ['a list', '- 1', ['drawbridge.yaml: must be a section with settings such as installation, policies']],
    ['a setting twice', `${SMALL}installation: again\n`, ['installation: is set twice, first in line 1 (line 14)']],
    ['a name of nothing', `${SMALL}groups2: *all\n`, ['drawbridge.yaml: *all stands for nothing before it (line 14)']],
    ['two documents', `${SMALL}---\na: 1\n`, ['policies: a second document begins; a configuration is one (line 14)']],
  ])('%s', (_, text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });
});

describe('all faults', () => {
  it('are told at once, of shape and of names', () => {
    const text = [
      ['teamId: T1', 'teamId: X1'],
      ['name: Ada }', 'name: Ada, manager: ada }'],
      ['[ada]', '[ada, group:eve]'],
      ['[group:engineers]', '[group:nobody, everybody]'],
      ['[ssh]', '[ssh, 0]\n    longest: 30h'],
      ['tell: [ops]', 'tell: [opps]\n    colour: red'],
    ].reduce((sofar, [part = '', by = '']) => edited(sofar, part, by), `${SMALL}lease: { shortest: 1m }\n`);
    expect([...faultsOf(text)].sort()).toEqual([
      'groups.engineers[1]: no group is called eve (line 5)',
      'lease.shortest: must be 5m or more unless every endpoint is loopback; these are not: slack.apiUrl, aws.endpoint (line 16)',
      'people[0].manager: a person cannot be their own manager (line 4)',
      'policies[0].colour: is not a setting here (line 15)',
      'policies[0].longest: must be 24h or less (line 12)',
      'policies[0].ports[1]: must be a port such as 22, ssh, rdp, winrm, or 53/udp (line 11)',
      'policies[0].tell[0]: no place is called opps; did you mean ops? (line 14)',
      'policies[0].who[0]: no group is called nobody (line 9)',
      'policies[0].who[1]: must be person:<id>, group:<name>, entra:<group>, slack:<group>, idc:<group>, or an attribute such as department:<name> (line 9)',
      'slack.teamId: must be a workspace ID such as T0123ABCD (line 2)',
    ]);
  });

  it('are told once each: what follows from a fault is not said', () => {
    expect(faultsOf(edited(SMALL, 'signingSecret: env:B', 'signingSecret: B'))).toEqual([
      'slack.signingSecret: must be env:NAME, file:/path, or a secret of Key Vault or Secrets Manager (docs/secrets.md); secrets do not belong in this file (line 2)',
    ]);
    const line = GOOD.split('\n').findIndex((text) => text.includes('accessKeyId:')) + 1;
    expect(faultsOf(edited(GOOD, 'accessKeyId: env:AWS_ACCESS_KEY_ID', 'accessKeyId: AKIA'))).toEqual([
      `aws.accessKeyId: must be env:NAME or file:/path: Secrets Manager is signed in to with it; secrets do not belong in this file (line ${line})`,
    ]);
    expect(faultsOf(edited(SMALL, '{ slack: C1 }', '5'))).toHaveLength(1);
  });

  it('survive any value in any place', () => {
    const values = ['null', '5', '"x"', '[]', '{}', '[null]', '{ a: null }', 'true'];
    const sections = Object.keys(configOf(GOOD));
    for (const section of sections) {
      const before = new RegExp(`^${section}:.*\n(?: .*\n|#.*\n|\n)*`, 'm');
      for (const value of values) {
        const faults = faultsOf(GOOD.replace(before, `${section}: ${value}\n`));
        for (const fault of faults) expect(fault).toMatch(/^[a-z]\S*: .+/);
      }
    }
    expect(sections).toHaveLength(Object.keys(configSchema.shape).length);
  });
});

describe('a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (text: string) => {
    const file = join(folder, 'drawbridge.yaml');
    writeFileSync(file, text);
    return file;
  };

  it('that is right is loaded', () => {
    expect(checkedConfig(write(GOOD), { offline: true }).config).toEqual(configOf(GOOD));
  });

  it('that is wrong is refused, with all its faults', () => {
    const file = write(edited(edited(SMALL, 'teamId: T1', 'teamId: X1'), 'tell: [ops]', 'tell: [opps]'));
    expect(refusal(() => checkedConfig(file))).toEqual({
      code: 'badConfig',
      say: expect.stringContaining('2'),
      hint: [
        '',
        '  slack.teamId: must be a workspace ID such as T0123ABCD (line 2)',
        '  policies[0].tell[0]: no place is called opps; did you mean ops? (line 13)',
      ].join('\n'),
    });
  });

  it.each([
    ['other.yaml', 'is not there; `npx jit init` writes one, or name another file with --config'],
    ['.', 'is a folder; name another file with --config'],
  ])('%s that cannot be read is refused, and says why', (name, why) => {
    const path = join(folder, name);
    expect(refusal(() => checkedConfig(path))).toMatchObject({ code: 'badConfig', hint: `\n  ${path} ${why}` });
  });
});
