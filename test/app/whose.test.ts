import { describe, expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { submit } from '../../src/app/request/submit.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Pending } from '../../src/core/request/request.ts';
import { whoseSource } from '../../src/core/request/whose-source.ts';
import { reservedFor } from '../../src/core/rule/network.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { whoseText } from '../../src/core/view/whose.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const SOURCES = new Map([
  ['office', ['192.0.2.0/24']],
  ['floor-3', ['192.0.2.64/26']],
  ['vpn', ['10.8.0.0/16']],
]);
const never = new AbortController().signal;

function house() {
  const made = world({ policies: [{ ...POLICY, widest: { ipv4: 1, ipv6: 1 } }], sources: SOURCES });
  const ask = (source: string, key = source) => submit(made.deps, ADA, { ...ASK, source }, { ...SENDER, key });
  return { ...made, ask };
}

/** What a decision reads at once, and all that is known. */
function shown(request: Pending) {
  const { brief, facts, headline } = viewOf(request);
  const fact = facts.find(({ label }) => phrased(label) === 'Whose address');
  return { brief: brief.map(plain).join(' / '), headline: plain(headline), fact: fact ? plain(fact.value) : undefined };
}

describe('whose an address is', () => {
  it.each([
    // Of each: the words behind the address on the card, and what Details says.
    ['8.8.4.4/32', '', undefined],
    ['10.1.2.3/32', ' (private)', 'a private address, which means something inside your own network or VPN only'],
    ['fd00::7/128', ' (private)', 'a private address, which means something inside your own network or VPN only'],
    [
      '100.64.9.9/32',
      ' (carrier-grade)',
      'a carrier-grade address (100.64.0.0/10), which means something inside one provider’s network or VPN only',
    ],
    [
      '10.8.7.7/32',
      ' (in vpn)',
      'in vpn, a private address, which means something inside your own network or VPN only',
    ],
    [
      '192.0.2.9/32',
      ' (in office)',
      'in office, reserved for documentation: nobody comes from there over the Internet',
    ],
    [
      '192.0.2.70/32',
      ' (in floor-3)',
      'in floor-3, in office, reserved for documentation: nobody comes from there over the Internet',
    ],
    ['198.18.0.1/32', '', 'reserved for benchmarks: nobody comes from there over the Internet'],
    [
      '203.0.113.7/32',
      '',
      'the requester’s address in the directory, reserved for documentation: nobody comes from there over the Internet',
    ],
    ['8.8.4.0/24', '', 'a network, not one address'],
  ])('%s stands on the card as “%s”', async (source, brief, fact) => {
    const { ask } = house();
    const request = await ask(source);
    const view = shown(request as Pending);
    const text = source.replace(/\/(?:32|128)$/, '');
    expect(view.brief).toContain(`from ${text}${brief} for 1 h`);
    expect(view.headline).toContain(` From ${text}${brief}, on AWS`);
    expect(view.fact).toBe(fact);
  });

  it('is said of a name once: it is what was asked for', async () => {
    const { ask } = house();
    const view = shown((await ask('vpn')) as Pending);
    expect(view.brief).toContain('from vpn (10.8.0.0/16) for 1 h');
  });

  it.each([
    [
      { network: 'Example Telecom', asn: 64_500, country: 'DE' },
      ' (Example Telecom, DE)',
      'Example Telecom (AS64500), DE',
    ],
    [{ country: 'DE' }, ' (DE)', 'DE'],
    [{ asn: 64_500 }, '', 'AS64500'],
  ])('is said of what databases publish of it: %o', async (published, brief, fact) => {
    const made = world({ policies: [{ ...POLICY, widest: { ipv4: 1, ipv6: 1 } }], sources: SOURCES });
    const asked: string[] = [];
    const databases = {
      of: async (source: string) => {
        asked.push(source);
        return published;
      },
    };
    Object.assign(made.deps, { published: databases });
    const request = await submit(made.deps, ADA, { ...ASK, source: '8.8.4.4/32' }, { ...SENDER, key: 'k' });
    const view = shown(request as Pending);
    expect(view.brief).toContain(`from 8.8.4.4${brief} for 1 h`);
    expect(view.fact).toBe(`${fact} by the databases of addresses`);
    expect(asked).toEqual(['8.8.4.4/32']);
    // Whoever opens it from elsewhere opens it from where nothing was asked of.
    expect(phrased(whoseText({ ...request, source: '8.8.8.8/32' }))).toBe('');
  });

  it('is said by the names of the configuration first', async () => {
    const made = world({ policies: [{ ...POLICY, widest: { ipv4: 1, ipv6: 1 } }], sources: SOURCES });
    Object.assign(made.deps, { published: { of: async () => ({ network: 'Example Telecom' }) } });
    const request = await submit(made.deps, ADA, { ...ASK, source: '192.0.2.9/32' }, { ...SENDER, key: 'k' });
    expect(shown(request as Pending).brief).toContain('from 192.0.2.9 (in office) for 1 h');
  });

  it('is said of what was opened for them before, not of what was asked for and denied', async () => {
    const { deps, ask } = house();
    const denied = await ask('8.8.4.4/32', 'k1');
    await decide(deps, GRACE, { request: denied.id, verdict: 'deny', reason: 'no' });
    const opened = await ask('8.8.4.4/32', 'k2');
    expect(opened.whose).toBeUndefined();
    await decide(deps, GRACE, { request: opened.id, verdict: 'approve' });
    await converge(deps, MACHINE.id, never);
    await revoke(deps, ADA, opened.id);
    await converge(deps, MACHINE.id, never);
    const again = await ask('8.8.4.4/32', 'k3');
    expect(shown(again as Pending).fact).toBe('opened for the requester before');
  });

  it('is the requester’s own where they confirmed it, whatever else is known', () => {
    const known = { confirmed: '8.8.4.4/32', recorded: '8.8.4.4/32', recent: [] };
    const own = (source: string) => whoseSource({ source }, known, new Map());
    expect(own('8.8.4.4/32')).toEqual({ source: '8.8.4.4/32', own: 'confirmed' });
    expect(own('8.8.8.8/32')).toBeUndefined();
    expect(phrased(whoseText({ source: '8.8.4.4/32', whose: own('8.8.4.4/32') ?? { source: '' } }))).toContain(
      'confirmed by them in chat',
    );
  });

  it('says nothing of another source than the one it is of', async () => {
    const { ask } = house();
    const request = await ask('192.0.2.9/32');
    expect(phrased(whoseText({ ...request, source: '8.8.4.4/32' }))).toBe('');
  });
});

describe('ranges that lead nowhere', () => {
  it.each([
    ['192.0.2.1/32', 'documentation'],
    ['198.51.100.0/24', 'documentation'],
    ['203.0.113.64/26', 'documentation'],
    ['2001:db8::1/128', 'documentation'],
    ['3fff:fff::1/128', 'documentation'],
    ['198.19.255.255/32', 'benchmarks'],
    ['240.0.0.1/32', 'protocols and later use'],
    ['192.0.3.1/32', undefined],
    ['203.0.112.0/23', undefined],
    ['4000::1/128', undefined],
    ['sg-0123456789abcdef0', undefined],
  ])('%s: %s', (source, what) => {
    const reserved = reservedFor(source);
    expect(reserved === undefined ? undefined : phrased(reserved)).toBe(what);
  });
});
