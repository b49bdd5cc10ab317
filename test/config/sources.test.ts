import { describe, expect, it } from 'vitest';
import { edited, faultsOf, SMALL } from './files.ts';

describe('each fault of sources is told with its path and line', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'policies:',
      'sources: { vpn: [] }\npolicies:',
      ['sources.vpn: must list at least one address or prefix (line 7)'],
    ],
    [
      'policies:',
      'sources: { vpn: 10.8.0.0/16, lab: [10.8.0.0/16, lab, sg-0123456789abcdef0], jump: { aws: sg-0123 }, both: { aws: sg-0123456789abcdef0, prefixes: [10.0.0.1] } }\npolicies:',
      [
        'sources.vpn: must be a list of addresses or CIDR prefixes such as [203.0.113.0/24], or {aws: sg-…} (line 7)',
        'sources.lab[1]: must be an IP address such as 203.0.113.7, or a CIDR prefix such as 203.0.113.0/24 (line 7)',
        'sources.lab[2]: must be an IP address such as 203.0.113.7, or a CIDR prefix such as 203.0.113.0/24 (line 7)',
        'sources.jump.aws: must be the ID of a security group such as sg-0123456789abcdef0 (line 7)',
        'sources.both.prefixes: is not a setting here (line 7)',
      ],
    ],
    [
      'policies:',
      'sources: { bastion: [10.8.0.1], any: [10.8.0.2], from: [10.8.0.3], Office: [10.8.0.4], 2vpn: [10.8.0.5] }\npolicies:',
      [
        'sources.bastion: has another meaning in commands; choose another name (line 7)',
        'sources.any: has another meaning in commands; choose another name (line 7)',
        'sources.from: has another meaning in commands; choose another name (line 7)',
        'sources.Office: must be a name of at most 40 lowercase letters, digits, and dashes that begins with a letter (line 7)',
        'sources.2vpn: must be a name of at most 40 lowercase letters, digits, and dashes that begins with a letter (line 7)',
      ],
    ],
    [
      'policies:',
      'sources: { 203.0.113.7: [203.0.113.7], "10.8": [10.8.0.2], "2001:db8::1": [10.8.0.3] }\npolicies:',
      ['203.0.113.7', '10.8', '2001:db8::1'].map(
        (name) =>
          `sources.${name}: looks like an address; the name comes first, as in office: [203.0.113.0/24] (line 7)`,
      ),
    ],
    [
      'policies:',
      'sources: { all-of-it: [any, 0.0.0.0/1, 12.0.0.0/7, "2000::/3"], big: [10.0.0.0/8, "2001::/16"] }\npolicies:',
      [
        'sources.all-of-it[0]: anywhere (0.0.0.0/0) is too wide for a source; it must be /8 or narrower (line 7)',
        'sources.all-of-it[1]: 0.0.0.0/1 is too wide for a source; it must be /8 or narrower (line 7)',
        'sources.all-of-it[2]: 12.0.0.0/7 is too wide for a source; it must be /8 or narrower (line 7)',
        'sources.all-of-it[3]: 2000::/3 is too wide for a source; it must be /16 or narrower (line 7)',
      ],
    ],
    [
      '[ssh]',
      '[ssh]\n    sources: [vpn, constructor, 8.0.0.0/7, 10.8.0.1]\n    anySource: true',
      [
        'policies[0].sources: cannot be set together with anySource (line 12)',
        'policies[0].sources[0]: no source is called vpn, and it is no address or prefix (line 12)',
        'policies[0].sources[1]: no source is called constructor, and it is no address or prefix (line 12)',
        'policies[0].sources[2]: 8.0.0.0/7 is too wide for a source; it must be /8 or narrower (line 12)',
      ],
    ],
    ['policies:', 'sources: { bastion: { aws: sg-0123456789abcdef0 } }\npolicies:', []],
    [
      'policies:',
      'sources: { bastion: { aws: sg-0123 }, none: {} }\npolicies:',
      [
        'sources.bastion.aws: must be the ID of a security group such as sg-0123456789abcdef0 (line 7)',
        'sources.none.aws: must be the ID of a security group such as sg-0123456789abcdef0 (line 7)',
      ],
    ],
    [
      'policies:',
      'sources: { vpn: [198.51.100.7/24, 198.51.100.0/33, "2001:db8::1/48"] }\npolicies:',
      [
        'sources.vpn[0]: 198.51.100.7/24 can be read in two ways: write 198.51.100.7 for one address, or 198.51.100.0/24 (line 7)',
        'sources.vpn[1]: must have a length of at most /32, as in 198.51.100.0/32 (line 7)',
        'sources.vpn[2]: 2001:db8::1/48 can be read in two ways: write 2001:db8::1 for one address, or 2001:db8::/48 (line 7)',
      ],
    ],
    [
      '[ssh]',
      '[ssh]\n    sources: [10.8.0.1/16]',
      [
        'policies[0].sources[0]: 10.8.0.1/16 can be read in two ways: write 10.8.0.1 for one address, or 10.8.0.0/16 (line 12)',
      ],
    ],
    ['[ssh]', '[ssh]\n    sources: []', ['policies[0].sources: must not be empty (line 12)']],
  ])('“%s” → “%s”', (part, by, faults) => {
    expect(faultsOf(edited(SMALL, part, by))).toEqual(faults);
  });
});
