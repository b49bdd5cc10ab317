import { describe, expect, it } from 'vitest';
import { outgoingRules } from '../../src/config/outgoing.ts';
import { callsOf } from '../../src/rooms.ts';
import { configOf, edited, faultsOf, SMALL } from './files.ts';

const withOutgoing = (text: string) => edited(SMALL, 'policies:', `outgoing: ${text}\npolicies:`);

describe('what may be called', () => {
  it('is what is listed, and what the file itself names', () => {
    const config = configOf(withOutgoing('{ hosts: [a.example, "b.example:8443"], private: [10.0.0.7, "fd00::/8"] }'));
    expect(outgoingRules(config.outgoing, ['https://c.example/on-call?x=1', 'http://127.0.0.1:80/'])).toEqual({
      hosts: ['a.example', 'b.example:8443', 'c.example', '127.0.0.1'],
      addresses: ['10.0.0.7/32', 'fd00::/8'],
    });
    expect(outgoingRules(configOf(SMALL).outgoing)).toEqual({ hosts: [], addresses: [] });
  });

  it.each(['https://a.example', 'a.example/', 'a.example:443', 'A.example', 'ada@a.example', '*.a.example', '', 'a b'])(
    'is a host, and not %s',
    (host) => {
      expect(faultsOf(withOutgoing(`{ hosts: ["${host}"] }`))).toEqual([
        'outgoing.hosts[0]: must be a host such as calendar.example.com, or calendar.example.com:8443 (line 7)',
      ]);
    },
  );

  it('is at addresses', () => {
    expect(faultsOf(withOutgoing('{ private: [internal, 10.0.0.0/33] }'))).toEqual([
      'outgoing.private[0]: must be an IP address or CIDR prefix such as 10.1.2.0/24 (line 7)',
      'outgoing.private[1]: must be an IP address or CIDR prefix such as 10.1.2.0/24 (line 7)',
    ]);
  });

  it('is at addresses that can be read in one way', () => {
    expect(faultsOf(withOutgoing('{ private: [10.1.2.3/24] }'))).toEqual([
      'outgoing.private[0]: 10.1.2.3/24 can be read in two ways: write 10.1.2.3 for one address, or 10.1.2.0/24 (line 7)',
    ]);
  });

  it('is what the program calls, and nothing else', async () => {
    const call = callsOf(configOf(withOutgoing('{ hosts: [a.example] }')), ['https://10.0.0.7/']);
    const how = { limitMs: 1_000, mostBytes: 1, signal: AbortSignal.abort(new Error('not called')) };
    await expect(call({ ...how, url: 'https://b.example/' })).rejects.toMatchObject({ code: 'outgoingRefused' });
    await expect(call({ ...how, url: 'https://a.example/' })).rejects.toThrow('not called');
    await expect(call({ ...how, url: 'https://10.0.0.7/' })).rejects.toThrow('not called');
  });

  it('trusts an authority that can be read', () => {
    const config = configOf(withOutgoing('{ caFile: /nowhere/ca.pem }'));
    expect(() => outgoingRules(config.outgoing)).toThrow(
      expect.objectContaining({ code: 'badConfig', hint: expect.stringContaining('/nowhere/ca.pem') }),
    );
  });
});
