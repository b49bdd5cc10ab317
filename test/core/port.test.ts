import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MANAGEMENT_PORTS, parsePort, portLabel, portText, samePort, uniquePorts } from '../../src/core/rule/port.ts';
import { DNS, RDP, SSH } from './samples.ts';

const tcp = (number: number) => ({ number, protocol: 'tcp' as const });

describe('parsePort', () => {
  it.each([
    ['22', [SSH]],
    ['ssh', [SSH]],
    ['SSH', [SSH]],
    [' rdp ', [RDP]],
    ['winrm', [tcp(5985), tcp(5986)]],
    ['winrm-http', [tcp(5985)]],
    ['winrm-https', [tcp(5986)]],
    ['53/udp', [DNS]],
    ['53/UDP', [DNS]],
    ['443/tcp', [tcp(443)]],
    ['1', [tcp(1)]],
    ['65535', [tcp(65_535)]],
  ])('reads “%s”', (word, ports) => {
    expect(parsePort(word)).toEqual(ports);
  });

  it.each([
    '',
    '0',
    '65536',
    '99999',
    '100000',
    '-22',
    '2.2',
    '22-25',
    '22/icmp',
    'udp/53',
    '*',
    'any',
    'telnet',
    '0x16',
    '22,23',
    '٢٢',
    'constructor',
    '__proto__',
  ])('refuses “%s”', (word) => {
    expect(parsePort(word)).toBeUndefined();
  });

  it('reads back what it writes', () => {
    const port = fc.record({
      number: fc.integer({ min: 1, max: 65_535 }),
      protocol: fc.constantFrom('tcp' as const, 'udp' as const),
    });
    fc.assert(
      fc.property(port, (one) => {
        expect(parsePort(portText(one))).toEqual([one]);
      }),
    );
  });
});

describe('ports', () => {
  it('are sorted, each once, TCP before UDP', () => {
    const udp22 = { number: 22, protocol: 'udp' as const };
    expect(uniquePorts([RDP, udp22, SSH, { ...RDP }, DNS])).toEqual([SSH, udp22, DNS, RDP]);
  });

  it('are told by the names people know', () => {
    expect([...MANAGEMENT_PORTS, DNS, tcp(443)].map(portLabel)).toEqual([
      '22 (SSH)',
      '3389 (RDP)',
      '5985 (WinRM)',
      '5986 (WinRM over HTTPS)',
      '53/udp',
      '443',
    ]);
    expect(portLabel({ number: 22, protocol: 'udp' })).toBe('22/udp');
  });

  it('are the same only with the same protocol', () => {
    expect(samePort(SSH, { ...SSH })).toBe(true);
    expect(samePort(SSH, RDP)).toBe(false);
    expect(samePort(SSH, { number: 22, protocol: 'udp' })).toBe(false);
  });
});
