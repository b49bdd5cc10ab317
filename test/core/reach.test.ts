import { describe, expect, it } from 'vitest';
import { byReach, comersText, isLoud, type Reach, reachOf, type Way } from '../../src/core/rule/reach.ts';

const way = (source?: string, sourceName?: string): Way => ({
  ...(source === undefined ? {} : { source }),
  ...(sourceName === undefined ? {} : { sourceName }),
  through: 'x',
});

describe('who a rule lets in', () => {
  it.each<[Way, Reach, string]>([
    [way('0.0.0.0/0'), 'everybody', 'anyone (0.0.0.0/0)'],
    [way('::/0'), 'everybody', 'anyone (::/0)'],
    [way('*'), 'everybody', 'anyone (*)'],
    [way('Internet'), 'everybody', 'anyone (Internet)'],
    [way('Any'), 'everybody', 'anyone (Any)'],
    // What others write for the whole Internet in two halves.
    [way('0.0.0.0/1'), 'everybody', 'almost anyone (0.0.0.0/1)'],
    [way('128.0.0.0/1'), 'everybody', 'almost anyone (128.0.0.0/1)'],
    [way('8000::/1'), 'everybody', 'almost anyone (8000::/1)'],
    [way('203.0.113.7/32'), 'network', '203.0.113.7'],
    [way('203.0.113.7'), 'network', '203.0.113.7'],
    [way('10.0.0.0/8'), 'network', '10.0.0.0/8'],
    [way('2001:db8::/32'), 'network', '2001:db8::/32'],
    [way('sg-0a1b2c3d'), 'group', 'security group sg-0a1b2c3d'],
    [way('123456789012/sg-0a1b2c3d'), 'group', 'security group 123456789012/sg-0a1b2c3d'],
    [way('sg-0a1b2c3d', 'default'), 'group', 'security group default (sg-0a1b2c3d)'],
    [way('VirtualNetwork'), 'group', 'the virtual network (VirtualNetwork)'],
    [way('GatewayManager'), 'group', 'members of GatewayManager'],
    [way('asg-jump'), 'group', 'members of asg-jump'],
    [way('AzureCloud'), 'unknown', 'AzureCloud (which may hold any address)'],
    [way('AzureCloud.WestEurope'), 'unknown', 'AzureCloud.WestEurope (which may hold any address)'],
    [way('pl-0a1b2c3d'), 'unknown', 'pl-0a1b2c3d (which may hold any address)'],
    [way('an unknown source'), 'unknown', 'an unknown source (which may hold any address)'],
    [way('300.1.2.3/8'), 'unknown', '300.1.2.3/8 (which may hold any address)'],
    [way(''), 'unknown', 'an unknown source'],
    [way(), 'unknown', 'an unknown source'],
  ])('%j', (one, reach, words) => {
    expect([reachOf(one), comersText(one)]).toEqual([reach, words]);
    expect(isLoud(one)).toBe(reach === 'everybody' || reach === 'unknown');
  });

  it('is sorted by how many may come', () => {
    const sources = ['sg-0a1b', '10.0.0.0/8', 'pl-0a1b', '0.0.0.0/0'];
    expect(
      sources
        .map((source) => way(source))
        .toSorted(byReach)
        .map(({ source }) => source),
    ).toEqual(sources.toReversed());
  });
});
