import { describe, expect, it } from 'vitest';
import { plain } from '../../src/core/language/text.ts';
import type { Active } from '../../src/core/request/request.ts';
import { connectLines } from '../../src/core/view/brief.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { inStatus } from './samples.ts';

const LED =
  'Connect to what leads there, such as a load balancer or a VPN, whose address Drawbridge cannot tell; the machine itself has';

describe('the line that says where to connect', () => {
  it.each<[string, Partial<Active> & { readonly connect?: string }, string | undefined]>([
    ['a public address', { addresses: ['198.51.100.4'] }, 'Connect: `ssh <user>@198.51.100.4`'],
    ['a private one, from the Internet', { addresses: ['10.0.0.4'] }, `${LED} 10.0.0.4 only`],
    [
      'several private ones, from the Internet',
      { addresses: ['10.0.0.4', '172.16.9.9'] },
      `${LED} 10.0.0.4, 172.16.9.9 only`,
    ],
    [
      'a private one, from inside',
      { addresses: ['10.0.0.4'], source: '10.8.0.7/32' },
      'Connect: `ssh <user>@10.0.0.4`',
    ],
    [
      'a private one, for members of a group',
      { addresses: ['10.0.0.4'], source: 'sg-0123456789abcdef0' },
      'Connect: `ssh <user>@10.0.0.4`',
    ],
    ['both', { addresses: ['198.51.100.4', '10.0.0.4'] }, 'Connect to 198.51.100.4, 10.0.0.4'],
    [
      'the front of a load balancer',
      { addresses: ['198.51.100.80:50001'] },
      'Connect: `ssh -p 50001 <user>@198.51.100.80`',
    ],
    [
      'a firewall’s, which the cloud says',
      { addresses: ['10.0.0.4'], connect: '198.51.100.9:40022' },
      'Connect: `ssh -p 40022 <user>@198.51.100.9`',
    ],
    ['nothing that is known', {}, undefined],
  ])('of %s', (_, { connect, ...patch }, line) => {
    const { addresses: __, ...base } = inStatus('active');
    const lease = { ...base.lease, ...(connect === undefined ? {} : { connect }) };
    const request: Active = { ...base, ...patch, lease };
    expect(connectLines(request).map(plain)[0]).toBe(line);
    const { headline } = viewOf(request);
    // Until it is open, a firewall may still say it.
    const opening = inStatus('activating');
    if (line?.startsWith(LED)) expect(connectLines({ ...opening, ...patch, status: 'activating' })).toEqual([]);
    if (line?.startsWith(LED)) expect(plain(headline)).toContain('what leads there');
  });
});
