import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SmtpSimulator, startSmtp } from '../../../simulators/smtp/index.ts';

let secure: SmtpSimulator;
let plain: SmtpSimulator;
beforeAll(async () => {
  secure = await startSmtp({ tls: 'implicit' });
  plain = await startSmtp();
});
afterAll(() => Promise.all([secure.stop(), plain.stop()]));

/** What is answered to each line in turn; its last one where it has several. */
async function talk(socket: Socket, lines: readonly string[]): Promise<readonly string[]> {
  const answers: string[] = [];
  const next = () =>
    new Promise<string>((resolve) => {
      let text = '';
      const read = (part: Buffer) => {
        text += part.toString();
        if (!/^\d{3} .*\r\n$/m.test(text)) return;
        socket.off('data', read);
        resolve(text.trimEnd().split('\r\n').at(-1) ?? '');
      };
      socket.on('data', read);
    });
  await next();
  for (const line of lines) {
    const answer = next();
    socket.write(line.endsWith('\n') ? line : `${line}\r\n`);
    answers.push((await answer).slice(0, 3));
  }
  socket.destroy();
  return answers;
}

const overTls = (...lines: readonly string[]) =>
  talk(connectTls({ host: 'localhost', port: secure.port, ca: secure.ca }), lines);
const signIn = () => `AUTH PLAIN ${Buffer.from(`\0${secure.user}\0${secure.password}`).toString('base64')}`;
const HEADER = 'From: a@example.com\r\nDate: Fri, 27 Nov 2026 18:50:00 +0000\r\nMessage-ID: <1@example.com>\r\n';
const BEGUN = ['EHLO a', '', 'MAIL FROM:<a@example.com>', 'RCPT TO:<b@example.com>', 'DATA'];
const begun = () => BEGUN.map((line) => (line === '' ? signIn() : line));

describe('the SMTP simulator', () => {
  it('takes nothing without TLS', async () => {
    const lines = ['EHLO a', 'AUTH PLAIN AAA=', 'MAIL FROM:<a@example.com>', 'STARTTLS now', 'NOOP'];
    expect(await talk(connect(plain.port, '127.0.0.1'), lines)).toEqual(['250', '530', '530', '501', '250']);
  });

  it.each([
    ['before EHLO', ['MAIL FROM:<a@example.com>'], ['503']],
    ['without a sign-in', ['EHLO a', 'MAIL FROM:<a@example.com>'], ['250', '530']],
    [
      'what is no base64, a wrong password, or an unknown way',
      ['EHLO a', 'AUTH PLAIN *', 'AUTH PLAIN AGEAYg==', 'AUTH X'],
      ['250', '501', '535', '504'],
    ],
    ['what it does not know', ['EHLO a', 'HELLO'], ['250', '500']],
    ['a bare LF, and a long line', ['EHLO a\n', `EHLO ${'a'.repeat(600)}`, 'EHLO a'], ['500', '500', '250']],
    ['a name that is none', ['EHLO a b'], ['501']],
  ])('refuses %s', async (_, lines, answers) => {
    expect(await overTls(...lines)).toEqual(answers);
  });

  it('refuses what is out of order, or not as it must be written', async () => {
    const lines = ['EHLO a', signIn(), signIn(), 'RCPT TO:<b@example.com>', 'DATA', 'MAIL FROM:a@example.com'];
    expect(await overTls(...lines)).toEqual(['250', '235', '503', '503', '503', '501']);
    const more = ['EHLO a', signIn(), 'MAIL FROM:<a@example.com> SMTPUTF8', 'MAIL FROM:<a@example.com> SIZE=9999999'];
    expect(await overTls(...more)).toEqual(['250', '235', '555', '552']);
  });

  it.each([
    ['a mail', '', 'Hi', '250'],
    ['a header field twice', 'From: b@example.com\r\n', 'Hi', '554'],
    ['8-bit data', '', 'ü', '554'],
    ['a line that is too long', '', 'a'.repeat(999), '554'],
    ['a bare CR', '', 'a\rb', '554'],
    ['what is no header field', 'Hi there\r\n', 'Hi', '554'],
  ])('answers %s', async (_, more, text, answer) => {
    const answers = await overTls(...begun(), `${HEADER}${more}\r\n${text}\r\n.`);
    expect(answers).toEqual(['250', '235', '250', '250', '354', answer]);
  });
});
