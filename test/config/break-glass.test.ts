import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/load.ts';
import { edited, faultsOf, SMALL } from './files.ts';

const RULE = `breakGlass:
  - name: fire
    who: [person:ada]
    machines: { names: ["*"] }
    ports: [ssh]
    review: { by: [person:grace] }
`;

const KEY_FAULT =
  'people[0].breakGlassKeys[0]: must be a public SSH key such as ssh-ed25519 AAAA…, of type ed25519, ecdsa, rsa (2048 bits or more), or one of these in a FIDO token (sk-) (line 4)';

describe('rules for breaking glass', () => {
  it('are right', () => {
    expect(faultsOf(SMALL + RULE)).toEqual([]);
  });

  it.each<[string, string, string, readonly string[]]>([
    ['no name', '  - name: fire\n    who', '  - who', ['breakGlass[0].name: is missing (line 15)']],
    ['the name of a policy', 'name: fire', 'name: one', ['breakGlass[0].name: one is listed twice (line 15)']],
    ['nobody', '[person:ada]', '[]', ['breakGlass[0].who: must not be empty (line 16)']],
    [
      'a manager, who is one only to somebody',
      '[person:ada]',
      '[manager]',
      ['breakGlass[0].who[0]: manager is one only to somebody else; name people or groups (line 16)'],
    ],
    [
      'a group that is none',
      '[person:ada]',
      '[group:enginers]',
      ['breakGlass[0].who[0]: no group is called enginers; did you mean engineers? (line 16)'],
    ],
    ['no review', '    review: { by: [person:grace] }\n', '', ['breakGlass[0].review: is missing (line 15)']],
    [
      'nobody who reviews',
      '[person:grace]',
      '[]',
      ['breakGlass[0].review.by: must not be empty: somebody else has to look at it (line 19)'],
    ],
    [
      'a review that is never',
      '[person:grace]',
      '[person:grace], within: 90d',
      ['breakGlass[0].review.within: must be between 1h and 30d (line 19)'],
    ],
    [
      'a day and more',
      'ports: [ssh]',
      'ports: [ssh]\n    upTo: 25h',
      ['breakGlass[0].upTo: must be 24h or less (line 19)'],
    ],
    [
      'less than there may be',
      'ports: [ssh]',
      'ports: [ssh]\n    upTo: 1m',
      ['breakGlass[0].upTo: must be at least lease.shortest (5 min) (line 19)'],
    ],
    [
      'a place that is none',
      'ports: [ssh]',
      'ports: [ssh]\n    tell: [opps]',
      ['breakGlass[0].tell[0]: no place is called opps; did you mean ops? (line 19)'],
    ],
    [
      'a source that is none',
      'ports: [ssh]',
      'ports: [ssh]\n    sources: [vpn]',
      ['breakGlass[0].sources[0]: no source is called vpn, and it is no address or prefix (line 19)'],
    ],
  ])('name %s, and are told so', (_, part, by, faults) => {
    // Its own words are not those of the policy above it.
    expect(faultsOf(SMALL + RULE.replace(part, () => by))).toEqual(faults);
  });

  it.each([
    ['{ name: a, url: "https://a.example", secret: env:A }', []],
    ['{ name: a, secretUrl: env:U, secret: env:A }', []],
    ['{ name: a, secret: env:A }', ['alarms.webhooks[0]: must have exactly one of url and secretUrl (line 14)']],
    [
      '{ name: a, url: "ftp://a", secret: env:A }',
      ['alarms.webhooks[0].url: must be a URL such as https://alarms.example.com/drawbridge (line 14)'],
    ],
    [
      '{ name: a, url: "https://a.example" }',
      [
        'alarms.webhooks[0].secret: is missing; name where the secret is, such as `env:NAME` (docs/secrets.md) (line 14)',
      ],
    ],
    [
      '{ name: a, secretUrl: env:U, secret: env:A }, { name: a, secretUrl: env:U, secret: env:A }',
      ['alarms.webhooks[1].name: a is listed twice (line 14)'],
    ],
  ])('go with ways to be told: %s', (webhooks, faults) => {
    expect(faultsOf(`${SMALL}alarms: { webhooks: [${webhooks}] }\n`)).toEqual(faults);
  });

  it.each([
    ['', []],
    [', user: drawbridge, password: env:A', []],
    [', user: drawbridge', ['alarms.mails[0]: must have both user and password, or neither (line 14)']],
    [', tls: none', ['alarms.mails[0].tls: must be starttls or implicit, unless the host is this computer (line 14)']],
    [', host: 127.0.0.1, tls: none', []],
    [', host: "smtp.example.com:25"', ['alarms.mails[0].host: must be a host such as smtp.example.com (line 14)']],
    [
      ', to: ["a@example.com\\r\\nBcc: b@example.com"]',
      ['alarms.mails[0].to[0]: must be an e-mail address such as oncall@example.com (line 14)'],
    ],
    [', name: pager', ['alarms.mails[0].name: pager is listed twice (line 14)']],
  ])('go with mail servers: %s', (more, faults) => {
    const usual = { name: 'oncall', host: 'smtp.example.com', from: 'd@example.com', to: '[a@example.com]' };
    const kept = Object.entries(usual).filter(([key]) => !more.includes(`${key}:`));
    const mail = `{ ${kept.map(([key, value]) => `${key}: ${value}`).join(', ')}${more} }`;
    const webhook = '{ name: pager, url: "https://a.example", secret: env:A }';
    expect(faultsOf(`${SMALL}alarms: { webhooks: [${webhook}], mails: [${mail}] }\n`)).toEqual(faults);
  });

  it.each([
    ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5', []],
    ['ssh-rsa AAAAC3NzaC1lZDI1NTE5', [KEY_FAULT]],
    ['ssh-dss AAAAB3NzaC1kc3MAAACB', [KEY_FAULT]],
    ['-----BEGIN OPENSSH PRIVATE KEY-----', [KEY_FAULT]],
    ['env:ADAS_KEY', [KEY_FAULT]],
    ['', [KEY_FAULT]],
  ])('take public SSH keys alone: %s', (key, faults) => {
    expect(faultsOf(edited(SMALL, 'name: Ada }', `name: Ada, breakGlassKeys: ["${key}"] }`) + RULE)).toEqual(faults);
  });

  it('are warned about where somebody could only review their own', () => {
    const read = readConfig(SMALL + RULE.replace('[person:grace]', '[person:ada]'));
    expect('warnings' in read && read.warnings).toEqual([
      'breakGlass[0].review.by: nobody can review what Ada breaks; name somebody else as well (line 19)',
    ]);
  });
});
