import { expect, it } from 'vitest';
import { connectText } from '../../src/core/rule/connect.ts';

const to = (number: number, connect?: string) => ({
  rule: { machine: 'azure:x', port: { number, protocol: 'tcp' }, source: '203.0.113.7/32' } as const,
  connect,
});

it.each([
  ['nothing, where it is the machine itself', [to(22)], undefined],
  ['the address and port of a firewall', [to(22, '198.51.100.9:40022')], '198.51.100.9:40022'],
  [
    'which is for which, where there are several',
    [to(22, '198.51.100.9:40022'), to(3389, '198.51.100.9:41000'), to(5985)],
    '198.51.100.9:40022 for 22, 198.51.100.9:41000 for 3389',
  ],
])('where to connect is %s', (_, ways, text) => {
  expect(connectText(ways)).toBe(text);
});
