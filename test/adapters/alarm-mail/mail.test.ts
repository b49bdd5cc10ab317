import { afterEach, describe, expect, it } from 'vitest';
import { alarmMail, type MailSettings } from '../../../adapters/alarm-mail/index.ts';
import { addressFinder } from '../../../adapters/outgoing/index.ts';
import { type SmtpSimulator, startSmtp } from '../../../simulators/smtp/index.ts';
import type { Trouble } from '../../../simulators/smtp/session.ts';
import type { Log } from '../../../src/ports/log.ts';

const NEWS = {
  id: 'glass-k7m3q9w',
  kind: 'break-glass',
  at: Date.UTC(2026, 10, 27, 18, 50),
  title: 'BREAK-GLASS: Ada Åkesson opens web-1',
  lines: ['port 22 (SSH) from 203.0.113.7 for 30 min. Nobody approved this.', 'Reason: “the shop is down”', '.'],
} as const;

let server: SmtpSimulator | undefined;
let now: number;
const warned: string[] = [];
const log: Log = { info() {}, warn: (_, message) => void warned.push(message), error() {} };

afterEach(async () => {
  await server?.stop();
  server = undefined;
  warned.splice(0);
});

async function started(options: Parameters<typeof startSmtp>[0] = {}): Promise<SmtpSimulator> {
  now = NEWS.at;
  server = await startSmtp(options);
  return server;
}

function mailer(one: SmtpSimulator, more: Partial<MailSettings> = {}, written: readonly string[] = ['127.0.0.0/8']) {
  const { host, port, ca, user, password } = one;
  const addresses = ['oncall@example.com', 'security@example.com'];
  const settings = {
    name: 'oncall',
    host,
    port,
    tls: 'starttls',
    from: 'drawbridge@example.com',
    to: addresses,
  } as const;
  return alarmMail(
    { ...settings, signIn: { user, password }, ca, ...more },
    {
      addressesOf: addressFinder({ hosts: [], addresses: written }),
      installation: 'prod-eu',
      log,
      now: () => now,
      limitMs: 1_500,
    },
  );
}

const tell = (way: ReturnType<typeof mailer>, news: Parameters<typeof way.tell>[0] = NEWS) =>
  way.tell(news, AbortSignal.timeout(10_000));

describe('an alarm by mail', () => {
  it.each(['starttls', 'implicit'] as const)('says all that is needed, over TLS (%s)', async (tls) => {
    const one = await started({ tls });
    await tell(mailer(one, { tls }));
    expect(one.mails).toHaveLength(1);
    const [{ from, to, headers, text } = { from: '', to: [], headers: new Map(), text: '' }] = one.mails;
    expect({ from, to }).toEqual({
      from: 'drawbridge@example.com',
      to: ['oncall@example.com', 'security@example.com'],
    });
    expect(headers.get('subject')).toBe('[Drawbridge prod-eu] BREAK-GLASS: Ada Åkesson opens web-1');
    expect(headers.get('message-id')).toBe('<glass-k7m3q9w.prod-eu@example.com>');
    expect(headers.get('auto-submitted')).toBe('auto-generated');
    expect(headers.get('date')).toBe('Fri, 27 Nov 2026 18:50:00 +0000');
    expect(text.trimEnd().split('\r\n')).toEqual([
      'BREAK-GLASS: Ada Åkesson opens web-1',
      '',
      ...NEWS.lines,
      '',
      'Drawbridge prod-eu, 2026-11-27T18:50:00.000Z. Nobody reads answers to this mail.',
    ]);
  });

  it('needs no sign-in where the server wants none, and no TLS on this computer', async () => {
    const one = await started({ tls: 'none', wantsSignIn: false });
    await tell(mailer(one, { tls: 'none', signIn: undefined }));
    expect(one.mails).toHaveLength(1);
  });

  it('is never sent without TLS to another computer', async () => {
    const one = await started({ tls: 'none' });
    await expect(tell(mailer(one, { tls: 'none', host: '10.0.0.7' }, ['10.0.0.0/8']))).rejects.toMatchObject({
      code: 'outgoingRefused',
      say: expect.stringContaining('without TLS'),
    });
  });

  it('goes to no private address that is not written', async () => {
    const one = await started();
    await expect(tell(mailer(one, {}, []))).rejects.toMatchObject({ code: 'outgoingRefused' });
    expect(one.connections()).toBe(0);
  });

  it('is not sent where the server offers no TLS, or none to be trusted', async () => {
    const one = await started({ tls: 'none' });
    await expect(tell(mailer(one))).rejects.toMatchObject({ say: expect.stringContaining('TLS') });
    const other = await started();
    const without = mailer(other, { ca: undefined });
    await expect(tell(without)).rejects.toMatchObject({ say: expect.stringContaining('TLS') });
    expect([...one.mails, ...other.mails]).toEqual([]);
  });

  it('says that the server does not take the sign-in, and nothing of it', async () => {
    const one = await started();
    const wrong = mailer(one, { signIn: { user: one.user, password: 'hunter2' } });
    const error = await tell(wrong).then(
      () => undefined,
      (fault: unknown) => fault,
    );
    expect(error).toMatchObject({
      code: 'outgoingSilent',
      say: 'localhost refuses the user name or the password (535).',
    });
    expect(JSON.stringify(error) + String((error as Error).cause)).not.toMatch(/hunter2|aHVudGVyMg/);
  });

  it.each<readonly [string, Trouble]>([
    ['GREETING', '421 4.3.2 Not now'],
    ['GREETING', 'hang'],
    ['GREETING', 'half'],
    ['EHLO', 'reset'],
    ['EHLO', '500 5.5.2 no'],
    ['STARTTLS', '454 4.7.0 TLS not available'],
    ['STARTTLS', 'hang'],
    ['AUTH', '454 4.7.0 Temporary authentication failure'],
    ['MAIL', '451 4.3.0 Try later'],
    ['RCPT', '450 4.2.0 Greylisted'],
    ['DATA', '554 5.7.1 Spam'],
    ['DATA', 'half'],
    ['MESSAGE', '452 4.3.1 No room'],
    ['MESSAGE', 'hang'],
    ['MESSAGE', 'reset'],
  ])('was not taken where %s is answered with: %s', async (what, trouble) => {
    const one = await started();
    const way = mailer(one);
    one.troubles.set(what, trouble);
    await expect(tell(way)).rejects.toMatchObject({
      code: 'outgoingSilent',
      say: expect.stringMatching(/^localhost /),
    });
    expect(one.mails).toEqual([]);
    // Not at once: a server that is asked every few seconds locks people out.
    one.troubles.clear();
    const before = one.connections();
    await expect(tell(way)).rejects.toMatchObject({ say: 'localhost did not take a mail a moment ago.' });
    expect(one.connections()).toBe(before);
    now += 60_000;
    await tell(way);
    expect(one.mails).toHaveLength(1);
  });

  it('has the same ID when it is told again, since it may have come', async () => {
    const one = await started();
    const way = mailer(one);
    one.troubles.set('MESSAGE', 'lost');
    await expect(tell(way)).rejects.toMatchObject({ code: 'outgoingSilent' });
    one.troubles.clear();
    now += 60_000;
    await tell(way);
    expect(new Set(one.mails.map(({ headers }) => headers.get('message-id'))).size).toBe(1);
    expect(one.mails).toHaveLength(2);
  });

  it('comes to those whom the server knows; the others are in the log', async () => {
    const one = await started();
    one.unknown.add('oncall@example.com');
    await tell(mailer(one));
    expect(one.mails.map(({ to }) => to)).toEqual([['security@example.com']]);
    expect(warned).toEqual(['an address does not take the mail of an alarm']);
    one.unknown.add('security@example.com');
    await expect(tell(mailer(one))).rejects.toMatchObject({ code: 'outgoingSilent' });
  });

  it('has no header of whoever named a person or a machine', async () => {
    const one = await started();
    const title = 'Ada\r\nBcc: mallory@example.com\r\n\r\nHi\u2028\u202e opens web-1';
    await tell(mailer(one), { ...NEWS, id: 'glass>\r\nX: y', title, lines: ['a\r\n.\r\nMAIL FROM:<b@example.com>'] });
    const [mail] = one.mails;
    expect([...(mail?.headers.keys() ?? [])].sort()).toEqual([
      'auto-submitted',
      'content-transfer-encoding',
      'content-type',
      'date',
      'from',
      'message-id',
      'mime-version',
      'subject',
      'to',
    ]);
    expect(mail?.to).toEqual(['oncall@example.com', 'security@example.com']);
    expect(mail?.headers.get('subject')).toBe('[Drawbridge prod-eu] Ada Bcc: mallory@example.com Hi opens web-1');
    expect(mail?.headers.get('message-id')).toBe('<glassXy.prod-eu@example.com>');
    expect(mail?.text).toContain('\r\na . MAIL FROM:<b@example.com>\r\n');
  });

  it('is given up with who waits for it', async () => {
    const one = await started();
    one.troubles.set('GREETING', 'hang');
    const signal = AbortSignal.timeout(20);
    await expect(mailer(one).tell(NEWS, signal)).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(signal.aborted).toBe(true);
  });
});

describe('the doctor', () => {
  it('signs in, and sends nothing', async () => {
    const one = await started();
    const way = mailer(one);
    const examined = () => way.examine([], AbortSignal.timeout(10_000));
    expect(await examined()).toEqual([{ of: 'Alarms', what: 'mail oncall', verdict: 'fine' }]);
    expect(one.mails).toEqual([]);
    one.troubles.set('AUTH', '535 5.7.8 no');
    expect(await examined()).toEqual([
      {
        of: 'Alarms',
        what: 'mail oncall',
        verdict: 'fault',
        means: 'localhost refuses the user name or the password (535).',
        remedy: 'Look at `alarms.mails` in drawbridge.yaml, and at the mail server: alarms do not arrive.',
      },
    ]);
    one.troubles.set('AUTH', 'hang');
    expect(await examined()).toMatchObject([{ verdict: 'fault', means: 'localhost does not answer in time.' }]);
  });
});
