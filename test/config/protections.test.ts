import { describe, expect, it } from 'vitest';
import { houseRules } from '../../src/config/house.ts';
import { configOf, edited, faultsOf, GOOD, SMALL } from './files.ts';

const [SELECT, DIFFERENT] = [
  'must select machines by names ("*" for all), tags, region, or cloud',
  'no machine can be meant:',
];

/** The faults of one entry, which stands at line 7. */
function faultsWith(...entries: readonly string[]): readonly string[] {
  const list = entries.map((entry) =>
    `  - { name: web, machines: { names: ["*"] }, ports: [ssh], ${entry} }\n`.replace(/, \}/, ' }'),
  );
  // A setting that is given again takes the place of the usual one.
  const text = list.map((line) => ['machines', 'ports', 'name'].reduce(onlyLast, line)).join('');
  return faultsOf(edited(SMALL, 'policies:', `protections:\n${text}policies:`));
}

function onlyLast(line: string, key: string): string {
  const usual = { machines: 'machines: { names: ["*"] }, ', ports: 'ports: [ssh], ', name: 'name: web, ' }[key] ?? '';
  return line.split(`${key}: `).length > 2 ? line.replace(usual, '') : line;
}

describe('a protection', () => {
  it('takes no security group', () => {
    const text = `sources: { jump: { aws: sg-0123456789abcdef0 } }\nprotections:\n  - { name: web, machines: { names: ["*"] }, ports: [ssh], sources: [203.0.113.7, jump] }\npolicies:`;
    expect(faultsOf(edited(SMALL, 'policies:', text))).toEqual([
      'protections[0].sources[1]: jump is a security group; a protection takes none (line 9)',
    ]);
  });
});

describe('each fault of protections is told with its path and line', () => {
  it.each<[string, readonly string[]]>([
    ['standing: lockdown', ['standing: lockdown needs ask: a place that gets the pages to agree to (line 8)']],
    ['standing: closed', ['standing: must be leave or lockdown (line 8)']],
    ['standing: lockdown, ask: [nowhere]', ['ask[0]: no place is called nowhere (line 8)']],
    [
      'ask: [nowhere]',
      ['ask[0]: no place is called nowhere (line 8)', 'ask: is used with standing: lockdown only (line 8)'],
    ],
    ['closing: true', ['closing: is not a setting here (line 8)']],
    ['longest: 1m', ['longest: must be 5 min to 24 h (line 8)']],
    ['longest: 25h', ['longest: must be 5 min to 24 h (line 8)']],
    ['sources: [vpn]', ['sources[0]: no source is called vpn, and it is no address or prefix (line 8)']],
    [
      'sources: [0.0.0.0/0]',
      ['sources[0]: anywhere (0.0.0.0/0) is too wide for a source; it must be /8 or narrower (line 8)'],
    ],
    ['ports: [ssh, 22/udp]', ['ports: port 22 is listed twice (line 8)']],
    ['ports: []', ['ports: must name at least one port (line 8)']],
    ['machines: {}', [`machines: ${SELECT} (line 8)`]],
    [
      'machines: { cloud: azure }',
      ['machines: Azure is not configured: add the section azure, or leave this out (line 8)'],
    ],
    [
      'machines: { cloud: azure, account: "123456789012" }',
      [`machines: ${DIFFERENT} cloud and account name different clouds (line 8)`],
    ],
    [
      'machines: { account: "123456789012", group: rg }',
      [`machines: ${DIFFERENT} account and group name different clouds (line 8)`],
    ],
    [
      'machines: { account: "210987654321" }',
      ['machines.account: no account with the ID 210987654321 is configured (line 8)'],
    ],
    ['machines: { account: prod }', ['machines.account: must be 12 digits (line 8)']],
    ['machines: { project: Prod }', ['machines.project: must be the ID of a project, such as my-project-123 (line 8)']],
    [
      'machines: { project: my-project }',
      ['machines: Google Cloud is not configured: add the section gcp, or leave this out (line 8)'],
    ],
    [
      'machines: { project: my-project, account: "123456789012" }',
      ['machines: no machine can be meant: account and project name different clouds (line 8)'],
    ],
    [
      'machines: { region: West Europe }',
      ['machines.region: must be a region such as eu-west-1 or westeurope (line 8)'],
    ],
  ])('“%s”', (entry, faults) => {
    expect(faultsWith(entry)).toEqual(faults.map((fault) => `protections[0].${fault}`));
  });

  it('two of one name, and a subscription that is not served', () => {
    expect(faultsWith('', '')).toEqual(['protections[1].name: web is listed twice (line 9)']);
    const other = '99992222-3333-4444-5555-666677778888';
    expect(
      faultsOf(edited(GOOD, 'subscription: 11112222-3333-4444-5555-666677778888', `subscription: ${other}`)),
    ).toEqual([
      expect.stringMatching(
        `protections\\[1\\].machines.subscription: no subscription with the ID ${other} is configured`,
      ),
    ]);
  });
});

it('protections are read with their limits, names of sources as what they stand for', () => {
  const { protections } = houseRules(configOf(GOOD));
  expect(protections).toMatchObject([
    {
      name: 'production',
      machines: { cloud: 'aws', account: '123456789012', region: 'eu-west-1', names: ['web-*'], tags: { env: 'prod' } },
      ports: [
        { port: { number: 22, protocol: 'tcp' }, longestMs: 10_800_000 },
        { port: { number: 3389, protocol: 'tcp' }, longestMs: 10_800_000 },
      ],
    },
    {
      name: 'jump-hosts',
      machines: { group: 'rg-jump*', names: [], tags: {} },
      ports: [{ port: { number: 3389, protocol: 'tcp' }, sources: [], longestMs: 86_400_000 }],
      lockdown: { ask: [{ chat: 'slack', kind: 'channel', id: expect.any(String) }] },
    },
  ]);
  expect(protections?.[0]).not.toHaveProperty('lockdown');
  expect(protections?.[0]?.ports[0]?.sources).toEqual(['203.0.113.0/24', '2001:db8:1::/48', '198.51.100.7/32']);
  expect(houseRules(configOf(SMALL)).protections).toBeUndefined();
});
