import { expect, it } from 'vitest';
import { hits } from '../../src/core/request/cut.ts';
import { RDP, SSH } from './samples.ts';

const GROUP = 'sg-0123456789abcdef0';

it.each([
  ['the same address', '10.1.0.7/32', '10.1.0.7/32', true],
  ['a prefix around it', '10.1.0.7/32', '10.1.0.0/24', true],
  ['another address', '10.1.0.7/32', '10.1.0.8/32', false],
  ['a security group, of which it may be a member', '10.1.0.7/32', GROUP, true],
  ['an address that may be a member', GROUP, '10.1.0.7/32', true],
])('a cut may hit what lets in %s: %s, %s, %s', (_, one, other, isHit) => {
  expect(hits({ source: one, ports: [SSH] }, { source: other, ports: [SSH] }, SSH)).toBe(isHit);
  expect(hits({ source: one, ports: [SSH] }, { source: other, ports: [RDP] }, SSH)).toBe(false);
});
