import { describe, expect, it } from 'vitest';
import { againstAddresses, type MachineAddress, servedAddresses } from '../../src/core/machine/address.ts';
import type { Port } from '../../src/core/rule/port.ts';

const at = (address: string, patch: Partial<MachineAddress> = {}): MachineAddress => ({
  address,
  isPublic: false,
  isServed: true,
  ...patch,
});
const SSH: Port = { number: 22, protocol: 'tcp' };
const RDP: Port = { number: 3389, protocol: 'tcp' };
const PUBLIC = at('198.51.100.10', { isPublic: true });
const INSIDE = at('10.1.0.10');
const SIX = at('2001:db8:1::10', { isPublic: true });

describe('where somebody connects', () => {
  it.each([
    ['the public address, from the Internet', '203.0.113.7/32', [INSIDE, PUBLIC, SIX], ['198.51.100.10']],
    ['the private address, from inside', '10.8.0.0/16', [PUBLIC, INSIDE, SIX], ['10.1.0.10']],
    ['the private address, where there is no public one', '203.0.113.7/32', [INSIDE, SIX], ['10.1.0.10']],
    ['the public address, from everywhere', '0.0.0.0/0', [INSIDE, PUBLIC], ['198.51.100.10']],
    ['an IPv6 address, over IPv6 from anywhere', '2001:db8::7/128', [INSIDE, PUBLIC, SIX], ['2001:db8:1::10']],
    ['an IPv6 address, from a local one', 'fd00::1/128', [INSIDE, SIX], ['2001:db8:1::10']],
    [
      'the private and the IPv6 addresses, from a security group',
      'sg-0123456789abcdef0',
      [PUBLIC, INSIDE, SIX],
      ['10.1.0.10', '2001:db8:1::10'],
    ],
    ['none that nothing opens', '10.8.0.0/16', [at('10.1.1.10', { isServed: false }), INSIDE], ['10.1.0.10']],
  ])('is %s', (_, source, all, addresses) => {
    expect(servedAddresses(source, [SSH], all)).toEqual(addresses);
    expect(againstAddresses('web-1', source, all)).toBeUndefined();
  });

  it('is host and port of what leads to a port that is asked for', () => {
    const balancer = at('198.51.100.80', {
      isPublic: true,
      leads: [
        { to: SSH, at: '198.51.100.80:50022' },
        { to: RDP, at: '198.51.100.80:50089' },
      ],
    });
    const from = '203.0.113.7/32';
    expect(servedAddresses(from, [SSH], [INSIDE, balancer])).toEqual(['198.51.100.80:50022']);
    expect(servedAddresses(from, [SSH, RDP], [PUBLIC, balancer])).toEqual([
      '198.51.100.10',
      '198.51.100.80:50022 for 22',
      '198.51.100.80:50089 for 3389',
    ]);
    // It leads nowhere else.
    expect(servedAddresses(from, [{ number: 443, protocol: 'tcp' }], [INSIDE, balancer])).toEqual(['10.1.0.10']);
    expect(againstAddresses('web-1', from, [INSIDE, balancer])).toBeUndefined();
  });

  it('is nowhere without an address of the family', () => {
    expect(againstAddresses('web-1', '2001:db8::7/128', [PUBLIC, INSIDE])).toMatchObject({
      code: 'noAddress',
      say: 'web-1 has no IPv6 address, so nobody gets in from 2001:db8::7.',
      hint: 'Request from an IPv4 address; it has 198.51.100.10, 10.1.0.10.',
    });
    expect(againstAddresses('web-1', '203.0.113.7/32', [SIX])).toMatchObject({
      code: 'noAddress',
      say: 'web-1 has no IPv4 address, so nobody gets in from 203.0.113.7.',
      hint: 'Request from an IPv6 address; it has 2001:db8:1::10.',
    });
    expect(againstAddresses('web-1', '203.0.113.7/32', [])).toMatchObject({ code: 'machineUnreachable' });
  });

  it('is nowhere where nothing is opened, although another address is', () => {
    const unserved = at('198.51.100.20', { isPublic: true, isServed: false });
    expect(againstAddresses('web-1', '203.0.113.7/32', [INSIDE, unserved])).toMatchObject({
      code: 'addressNotServed',
      say: 'From 203.0.113.7 people connect to web-1 at 198.51.100.20, on a network interface that Drawbridge does not open.',
    });
    expect(servedAddresses('203.0.113.7/32', [SSH], [INSIDE, unserved])).toEqual([]);
  });

  it('names the first of very many', () => {
    const many = Array.from({ length: 7 }, (_, i) => at(`10.1.0.${i}`));
    expect(againstAddresses('web-1', '2001:db8::7/128', many)?.hint).toContain(
      'it has 10.1.0.0, 10.1.0.1, 10.1.0.2, 10.1.0.3, 3 more.',
    );
  });
});
