import { describe, expect, it } from 'vitest';
import { JitError } from '../../src/core/errors/errors.ts';
import { ENGLISH, phrased, plain } from '../../src/core/language/text.ts';
import type { Quorum } from '../../src/core/policy/approval.ts';
import { closed, failed, revoked } from '../../src/core/request/closing.ts';
import { extended, extensionAsked, extensionReviewed } from '../../src/core/request/extending.ts';
import type { Extension } from '../../src/core/request/lease.ts';
import { approved, opened, troubled } from '../../src/core/request/life.ts';
import { proofOf } from '../../src/core/request/proof.ts';
import type { Pending, Request } from '../../src/core/request/request.ts';
import { viewIn } from '../../src/core/view/in-tongue.ts';
import { standingNotes } from '../../src/core/view/notes.ts';
import { viewOf as shown } from '../../src/core/view/projection.ts';
import { ADA, closingBecause, GRACE, inStatus, RDP, review, SAM, SSH, T0, who } from './samples.ts';

const viewOf = (request: Request) => viewIn(shown(request), ENGLISH);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = T0 + 10 * MINUTE;
const END = T0 + MINUTE + HOUR;
const busy = new JitError('cloudBusy', { cloud: 'AWS' });
const extension: Extension = { by: who(ADA), at: NOW, version: 5, forMs: HOUR, answerBy: END, reviews: [] };
const SUBSCRIPTION = '11111111-2222-3333-4444-555555555555';
const AZURE =
  `azure:/subscriptions/${SUBSCRIPTION}/resourcegroups/rg-prod/providers/microsoft.compute/virtualmachines/web-1` as const;
const waiting = extensionAsked(inStatus('active'), extension);

describe('a card', () => {
  const facts = (request: Request) =>
    Object.fromEntries(viewOf(request).facts.map(({ label, value }) => [phrased(label), plain(value)]));
  const notes = (request: Request) => viewOf(request).notes.map(({ tone, text }) => `${tone}: ${plain(text)}`);
  const remarks = (request: Request) => viewOf(request).remarks.map(({ by, text }) => `${plain([by])}: ${text}`);

  it('names who, what, from where and for how long', () => {
    const view = viewOf(inStatus('pending'));
    expect(view).toMatchObject({
      request: 'k7m3q9w',
      version: 1,
      title: 'Ada Okafor asks for access to web-1',
      justification: 'deploy the fix for the login page',
    });
    expect(facts(inStatus('pending'))).toEqual({
      Machine: 'web-1',
      Where: 'AWS, eu-west-1, account 123456789012, i-00000000000000001',
      Port: '22 (SSH)',
      From: '203.0.113.7',
      'Whose address': 'reserved for documentation: nobody comes from there over the Internet',
      For: '1 h',
      Sessions: 'continue after the end; `aws.cutSessions` is not configured',
      Requester: 'Ada Okafor',
      Asked: 'Grace Hopper',
      Policy: 'engineers',
      Request: 'k7m3q9w',
    });
  });

  it('says what a decision needs in a few lines', () => {
    const lines = (request: Request) => {
      const { brief, people } = viewOf(request);
      return [...brief, ...people].map(plain);
    };
    expect(lines(inStatus('pending'))).toEqual([
      'Port 22 (SSH) from 203.0.113.7 for 1 h',
      'AWS, eu-west-1, account 123456789012, i-00000000000000001',
      'Asked: Grace Hopper',
    ]);
    expect(lines(inStatus('pending', { machine: AZURE, location: 'westeurope', machineName: 'w'.repeat(90) }))[1]).toBe(
      `${'w'.repeat(90)}: Azure, westeurope, rg-prod, subscription 11111111…5555`,
    );
    expect(lines(waiting).slice(-2)).toEqual(['Ada Okafor asks for 1 h more', 'Asked: Grace Hopper']);
    expect(lines(inStatus('denied'))).toHaveLength(2);
  });

  it.each([
    [[SSH], '198.51.100.4', 'Connect: `ssh <user>@198.51.100.4`'],
    [[SSH], '198.51.100.4:2222', 'Connect: `ssh -p 2222 <user>@198.51.100.4`'],
    [[SSH], '2001:db8::1', 'Connect: `ssh <user>@2001:db8::1`'],
    [[RDP], '198.51.100.4', 'Connect: `mstsc /v:198.51.100.4`'],
    [[RDP], '2001:db8::1', 'Connect: `mstsc /v:[2001:db8::1]`'],
    [[SSH, RDP], '198.51.100.4', 'Connect to 198.51.100.4'],
    [[SSH], '198.51.100.4 -oProxyCommand=x', 'Connect to 198.51.100.4 -oProxyCommand=x'],
  ])('while open, says how to get in: %j at %s', (ports, connect, said) => {
    const open = opened(inStatus('active', { ports }), NOW, { placements: [], standing: [], connect });
    expect(viewOf(open).brief.map(plain)[0]).toBe(said);
  });

  it('names who approved, all ports and where to connect', () => {
    const active = inStatus('active', { ports: [SSH, RDP] });
    const connected = opened(active, NOW, { placements: [], standing: [], connect: '198.51.100.4:2222' });
    expect(facts(connected)).toMatchObject({
      Ports: '22 (SSH), 3389 (RDP)',
      'Approved by': 'Grace Hopper',
      'Connect to': '198.51.100.4:2222',
    });
    expect(facts(connected)).not.toHaveProperty('Asked');
    expect(facts(revoked(connected, who(ADA), NOW))).not.toHaveProperty('Connect to');
    expect(facts(inStatus('denied'))).not.toHaveProperty('Approved by');
  });

  it('counts down only while it is in force', () => {
    expect(viewOf(inStatus('active')).until).toBe(END);
    expect(viewOf(inStatus('activating')).until).toBe(END);
    for (const status of ['pending', 'closing', 'ended', 'denied'] as const)
      expect(viewOf(inStatus(status))).not.toHaveProperty('until');
  });

  it('names an extension that waits, and the new length once it is given', () => {
    expect(facts(waiting)).toMatchObject({ For: '1 h', Extension: '1 h more, asked at 13:10 UTC' });
    expect(facts(extended(waiting, END + HOUR, { by: who(GRACE), at: NOW }))).toMatchObject({ For: '2 h' });
  });

  it.each<[string, Partial<Pending>, string]>([
    [
      'in AWS, by its zone',
      { location: '123456789012, eu-west-1' },
      'AWS, 123456789012, eu-west-1, i-00000000000000001',
    ],
    ['in AWS, of a record without it', {}, 'AWS, eu-west-1, account 123456789012, i-00000000000000001'],
    [
      'in Azure',
      { machine: AZURE, location: 'rg-prod, westeurope' },
      `Azure, rg-prod, westeurope, subscription ${SUBSCRIPTION}`,
    ],
    ['in Azure, of a record without it', { machine: AZURE }, `Azure, rg-prod, subscription ${SUBSCRIPTION}`],
  ])('says which machine it is beyond doubt: %s', (_, patch, where) => {
    expect(facts(inStatus('pending', patch)).Where).toBe(where);
  });

  it('shows a name that came from a tag without what would turn its letters round', () => {
    const view = viewOf(inStatus('pending', { machineName: 'web\u202e1-bd\u2066' }));
    expect(view.title).toBe('Ada Okafor asks for access to web 1-bd');
    expect(JSON.stringify(view)).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/u);
  });

  it('shows what those who decided or ended it wrote', () => {
    expect(remarks(inStatus('denied'))).toEqual(['Grace Hopper: not on a Saturday']);
    expect(remarks(closingBecause('revoked', busy))).toEqual(['Grace Hopper: done early']);
    expect(remarks(approved(inStatus('pending'), review(GRACE, NOW, 'approve', 'until the fix')))).toEqual([
      'Grace Hopper: until the fix',
    ]);
    expect(notes(inStatus('denied'))).toEqual([]);
  });

  it('tells what goes wrong', () => {
    const once = troubled(inStatus('closing'), busy, NOW);
    expect(notes(once)).toEqual(['warning: AWS is busy. Tried once, since 13:10 UTC.']);
    expect(notes(troubled(once, busy, NOW + MINUTE))).toEqual([
      'warning: AWS is busy. Tried 2 times, since 13:10 UTC.',
    ]);
    const gone = new JitError('cloudRefused', { cloud: 'AWS', code: 'X' });
    expect(notes(failed(inStatus('activating'), gone, NOW))[0]).toMatch(/^warning: AWS refused/);
  });

  it('sounds the alarm for a source that is everybody, while it matters', () => {
    const everywhere = { source: '0.0.0.0/0' };
    const said = ['alarm: This opens the port to anyone (0.0.0.0/0).'];
    expect(notes(inStatus('pending', everywhere))).toEqual(said);
    expect(notes(inStatus('active', everywhere))).toEqual(said);
    expect(notes(inStatus('denied', everywhere))).toEqual([]);
    expect(notes(inStatus('ended', everywhere))).toEqual([]);
    expect(facts(inStatus('pending', { source: '::/0' })).From).toBe('anywhere (::/0)');
  });

  it('says that a Bastion is more people than one', () => {
    const bastion = { source: '10.0.251.0/26', bastion: 'prod-bastion' };
    expect(notes(inStatus('pending', bastion))).toEqual([
      'warning: Everyone who can use the Bastion prod-bastion can reach the machine during that time.',
    ]);
    expect(facts(inStatus('pending', bastion)).From).toBe('10.0.251.0/26 (Bastion prod-bastion)');
  });

  it('names others’ rules that open what was asked for, and nothing else, each in its own loudness', () => {
    const standing = [
      { port: SSH, source: 'sg-0a1b', sourceName: 'bastions', through: 'default' },
      { port: RDP, source: 'sg-0a1b', sourceName: 'bastions', through: 'default' },
      { port: SSH, source: '198.51.100.0/24', through: 'office' },
      { port: SSH, source: '0.0.0.0/0', through: 'launch-wizard-1' },
      { port: { number: 22, protocol: 'udp' as const }, source: '0.0.0.0/0', through: 'udp' },
    ];
    const ssh = [
      'alarm: Port 22 (SSH) is also open to anyone (0.0.0.0/0) through launch-wizard-1, a rule that Drawbridge did not create.',
      'info: Port 22 (SSH) is also open to 198.51.100.0/24 through office, a rule that Drawbridge did not create.',
      'info: Port 22 (SSH) is also open to security group bastions (sg-0a1b) through default, a rule that Drawbridge did not create.',
    ];
    expect(notes(inStatus('pending', { standing }))).toEqual(ssh);
    expect(notes(inStatus('pending', { standing, ports: [SSH, RDP] })).at(-1)).toBe(
      'info: Ports 22 (SSH), 3389 (RDP) are also open to security group bastions (sg-0a1b) through default, a rule that Drawbridge did not create.',
    );
    expect(standingNotes(standing)).toHaveLength(4);
    expect(notes(inStatus('denied', { standing }))).toEqual([]);
  });

  it('says at the end who can still get in, and what to do about it, and not once more what was known before', () => {
    const standing = [{ port: SSH, source: '0.0.0.0/0', through: 'launch-wizard-1' }];
    const still = proofOf(END, [{ port: SSH, verdict: 'open', ways: standing }]);
    expect(notes(closed({ ...inStatus('closing'), standing }, still, undefined))).toEqual([
      'info: Drawbridge removed its own rule; somebody else made the other one. Whoever protects machines sees what closing it would change: `/jit protect web-1 closing`.',
    ]);
    expect(notes({ ...inStatus('ended'), standing })).toEqual([]);
  });
});

const LIN = { id: 'lin', name: 'Lin Moreau', groups: ['security'] };
const three: Quorum = { policy: 'engineers', needs: 3, by: [], from: 'the manager, group security' };
const asked = [GRACE, SAM, LIN].map(who);
const grace = review(GRACE, NOW, 'approve');

describe('approvals', () => {
  const said = (request: Request) =>
    Object.fromEntries(
      viewOf(request)
        .facts.filter(({ label }) => ['Asked', 'Approved by', 'Approvals', 'Still needed'].includes(phrased(label)))
        .map(({ label, value }) => [phrased(label), plain(value)]),
    );

  it.each<[string, Request, Record<string, string>]>([
    [
      'one, not given',
      inStatus('pending', { quorum: [{ ...three, needs: 1 }], asked }),
      { Asked: 'Grace Hopper, Sam Haddad or Lin Moreau' },
    ],
    [
      'none of three',
      inStatus('pending', { quorum: [three], asked }),
      { Approvals: '0 of 3 approved', 'Still needed': 'Grace Hopper, Sam Haddad and Lin Moreau' },
    ],
    [
      'one of three',
      { ...inStatus('pending', { quorum: [{ ...three, by: ['grace'] }], asked }), reviews: [grace] },
      {
        'Approved by': 'Grace Hopper',
        Approvals: '1 of 3 approved',
        'Still needed': 'Sam Haddad and Lin Moreau',
      },
    ],
    [
      'two of three',
      {
        ...inStatus('pending', { quorum: [{ ...three, by: ['grace', 'sam'] }], asked }),
        reviews: [grace, review(SAM, NOW, 'approve')],
      },
      { 'Approved by': 'Grace Hopper and Sam Haddad', Approvals: '2 of 3 approved', 'Still needed': 'Lin Moreau' },
    ],
    [
      'one whose approval does not count any more',
      { ...inStatus('pending', { quorum: [three], asked }), reviews: [grace] },
      {
        'Approved by': 'Grace Hopper',
        Approvals: '0 of 3 approved',
        'Still needed': 'Sam Haddad and Lin Moreau',
      },
    ],
    [
      'of more people than can be named',
      inStatus('pending', {
        quorum: [three],
        asked: Array.from({ length: 42 }, (_, i) => ({ id: `p${i}`, name: `P${i}` })),
      }),
      { Approvals: '0 of 3 approved', 'Still needed': 'any 3 of the manager, group security' },
    ],
    [
      'of two policies',
      {
        ...inStatus('pending', {
          quorum: [
            { ...three, needs: 1, by: ['grace'] },
            { ...three, needs: 2, policy: 'tier-0', from: 'group security' },
          ],
          asked,
        }),
        reviews: [grace],
      },
      {
        'Approved by': 'Grace Hopper',
        Approvals: 'Approved: 1 of 1 for policy engineers, 0 of 2 for policy tier-0',
        'Still needed': '2 of group security (policy tier-0)',
      },
    ],
    [
      'of an extension',
      extensionReviewed(
        extensionAsked(inStatus('active', { asked }), { ...extension, quorum: [{ ...three, by: ['sam'] }] }),
        review(SAM, NOW, 'approve'),
      ),
      {
        'Approved by': 'Grace Hopper and Sam Haddad',
        Approvals: '1 of 3 approved',
        'Still needed': 'Grace Hopper and Lin Moreau',
      },
    ],
    [
      'all given',
      { ...inStatus('active'), reviews: [GRACE, SAM, LIN, GRACE].map((one) => review(one, NOW, 'approve')) },
      { 'Approved by': 'Grace Hopper, Sam Haddad and Lin Moreau' },
    ],
  ])('%s', (_, request, facts) => {
    expect(said(request)).toEqual(facts);
  });
});
