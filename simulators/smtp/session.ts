import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { Certificate } from '../shared/certificate.ts';
import { type ReceivedMail, readMessage } from './message.ts';

/** An answer in place of the right one; nothing, or half of a line, and then nothing; or the connection cut, before or after the effect. */
export type Trouble = `${number} ${string}` | 'hang' | 'half' | 'reset' | 'lost';

export interface Rules {
  readonly tls: 'starttls' | 'implicit' | 'none';
  readonly wantsSignIn: boolean;
  readonly certificate: Certificate;
  readonly user: string;
  readonly password: string;
  readonly troubles: ReadonlyMap<string, Trouble>;
  readonly unknown: ReadonlySet<string>;
  take(mail: ReceivedMail): void;
}

/** RFC 5321 4.5.3.1.4, with CRLF. */
const LONGEST_COMMAND = 512;
const SIZE = 1_000_000;
const END = '\r\n.\r\n';
const BEFORE_TLS = new Set(['EHLO', 'NOOP', 'RSET', 'QUIT', 'STARTTLS']);

/** Talks to one client until it goes. */
export function serve(socket: Socket, rules: Rules): void {
  new Session(socket, rules).begin();
}

/** Nothing where it stays silent. */
type Answer = string | undefined;

class Session {
  readonly #rules: Rules;
  #socket: Socket;
  #rest = '';
  #isSecure: boolean;
  #isGreeted = false;
  #isSignedIn = false;
  #from: string | undefined;
  #to: string[] = [];
  /** What the next line is, where it is no command. */
  #next: ((line: string) => Answer) | undefined;
  #isInMessage = false;

  constructor(socket: Socket, rules: Rules) {
    this.#socket = socket;
    this.#rules = rules;
    this.#isSecure = rules.tls === 'implicit';
  }

  begin(): void {
    this.#listen();
    this.#say(this.#answer('GREETING', '220 localhost ESMTP'));
  }

  #listen(): void {
    this.#socket.on('data', (part: Buffer) => {
      this.#rest += part.toString('latin1');
      while (this.#step());
    });
  }

  #step(): boolean {
    if (this.#isInMessage) return this.#message();
    const end = this.#rest.indexOf('\n');
    if (end < 0) return false;
    const line = this.#rest.slice(0, end + 1);
    this.#rest = this.#rest.slice(end + 1);
    if (!line.endsWith('\r\n') || line.length > LONGEST_COMMAND) {
      this.#say('500 5.5.2 a line ends with CRLF, and has 512 octets at most');
      return true;
    }
    const next = this.#next ?? ((text: string) => this.#command(text));
    this.#next = undefined;
    this.#say(next(line.slice(0, -2)));
    return true;
  }

  #command(line: string): Answer {
    const [verb = '', ...words] = line.split(' ');
    const name = verb.toUpperCase();
    if (this.#rules.tls === 'starttls' && !this.#isSecure && !BEFORE_TLS.has(name))
      return '530 5.7.0 Must issue a STARTTLS command first';
    const rest = words.join(' ');
    if (name === 'EHLO') return this.#ehlo(rest);
    if (name === 'NOOP') return '250 2.0.0 Ok';
    if (name === 'QUIT') {
      this.#socket.end('221 2.0.0 Bye\r\n');
      return undefined;
    }
    if (name === 'RSET') {
      this.#reset();
      return '250 2.0.0 Ok';
    }
    if (!this.#isGreeted) return '503 5.5.1 EHLO first';
    if (name === 'STARTTLS') return this.#startTls(rest);
    if (name === 'AUTH') return this.#auth(words);
    if (name === 'MAIL') return this.#mail(rest);
    if (name === 'RCPT') return this.#rcpt(rest);
    if (name === 'DATA') return this.#data(rest);
    return '500 5.5.2 Unrecognized';
  }

  #ehlo(domain: string): Answer {
    if (!/^(?:[a-z0-9.-]+|\[[0-9a-f.:]+\])$/i.test(domain)) return '501 5.5.4 EHLO needs a domain';
    this.#isGreeted = true;
    const offered = [
      ...(this.#rules.tls === 'starttls' && !this.#isSecure ? ['STARTTLS'] : ['AUTH PLAIN LOGIN']),
      `SIZE ${SIZE}`,
      'ENHANCEDSTATUSCODES',
    ];
    this.#reset();
    const last = offered.length - 1;
    return this.#answer(
      'EHLO',
      ['250-localhost', ...offered.map((one, i) => `250${i === last ? ' ' : '-'}${one}`)].join('\r\n'),
    );
  }

  #startTls(rest: string): Answer {
    if (this.#isSecure || this.#rules.tls !== 'starttls') return '502 5.5.1 Not implemented';
    if (rest !== '') return '501 5.5.4 Syntax error (no parameters allowed)';
    // What was sent before the handshake counts for nothing (RFC 3207 4.2).
    this.#rest = '';
    return this.#answer('STARTTLS', '220 2.0.0 Ready', () => setImmediate(() => this.#secure()));
  }

  /** Once the answer is on its way. */
  #secure(): void {
    const plain = this.#socket;
    plain.removeAllListeners('data');
    const { key, cert } = this.#rules.certificate;
    this.#socket = new TLSSocket(plain, { isServer: true, secureContext: createSecureContext({ key, cert }) });
    this.#socket.on('error', () => plain.destroy());
    this.#isSecure = true;
    this.#isGreeted = false;
    this.#listen();
  }

  #auth([method = '', initial]: readonly string[]): Answer {
    if (this.#isSignedIn || this.#from !== undefined) return '503 5.5.1 Not now';
    const how = method.toUpperCase();
    if (how === 'PLAIN') {
      const read = (text: string) => this.#signIn(decoded(text)?.split('\0').slice(1));
      return initial === undefined ? this.#ask('334 ', read) : read(initial);
    }
    if (how !== 'LOGIN') return '504 5.5.4 Unrecognized authentication type';
    const user = (name: string) =>
      this.#ask('334 UGFzc3dvcmQ6', (text) => this.#signIn(both(decoded(name), decoded(text))));
    return initial === undefined ? this.#ask('334 VXNlcm5hbWU6', user) : user(initial);
  }

  #signIn(given: readonly string[] | undefined): Answer {
    if (given?.length !== 2) return '501 5.5.2 Cannot decode';
    const [user, password] = given;
    const isRight = user === this.#rules.user && password === this.#rules.password;
    if (!isRight) return '535 5.7.8 Authentication credentials invalid';
    return this.#answer('AUTH', '235 2.7.0 Authentication successful', () => {
      this.#isSignedIn = true;
    });
  }

  #mail(rest: string): Answer {
    if (this.#rules.wantsSignIn && !this.#isSignedIn) return '530 5.7.0 Authentication required';
    if (this.#from !== undefined) return '503 5.5.1 Nested MAIL';
    const [, address, more = ''] = /^FROM:<([^\s<>@]+@[a-z0-9.-]+)>(.*)$/i.exec(rest) ?? [];
    if (address === undefined) return '501 5.5.4 Syntax: MAIL FROM:<address>';
    if (!/^(?: SIZE=\d{1,20})?$/i.test(more)) return '555 5.5.4 Unsupported option';
    if (Number(more.slice(6)) > SIZE) return '552 5.3.4 Message size exceeds fixed limit';
    return this.#answer('MAIL', '250 2.1.0 Ok', () => {
      this.#from = address;
    });
  }

  #rcpt(rest: string): Answer {
    if (this.#from === undefined) return '503 5.5.1 MAIL first';
    const address = /^TO:<([^\s<>@]+@[a-z0-9.-]+)>$/i.exec(rest)?.[1];
    if (address === undefined) return '501 5.5.4 Syntax: RCPT TO:<address>';
    if (this.#rules.unknown.has(address)) return '550 5.1.1 No such user here';
    return this.#answer('RCPT', '250 2.1.5 Ok', () => this.#to.push(address));
  }

  #data(rest: string): Answer {
    if (this.#to.length === 0) return '503 5.5.1 RCPT first';
    if (rest !== '') return '501 5.5.4 Syntax: DATA';
    return this.#answer('DATA', '354 End data with <CR><LF>.<CR><LF>', () => {
      this.#isInMessage = true;
    });
  }

  #message(): boolean {
    const end = this.#rest.indexOf(END);
    if (end < 0) return false;
    const raw = this.#rest.slice(0, end + 2).replace(/(^|\r\n)\./g, '$1');
    this.#rest = this.#rest.slice(end + END.length);
    this.#isInMessage = false;
    this.#say(this.#queued(raw));
    this.#reset();
    return true;
  }

  #queued(raw: string): Answer {
    const read = readMessage(raw);
    if ('fault' in read) return `554 5.6.0 ${read.fault}`;
    const take = () => this.#rules.take({ from: this.#from ?? '', to: this.#to, ...read });
    if (this.#rules.troubles.get('MESSAGE') === 'lost') take();
    return this.#answer('MESSAGE', '250 2.0.0 Ok: queued', take);
  }

  #reset(): void {
    this.#from = undefined;
    this.#to = [];
  }

  #ask(say: string, next: (line: string) => Answer): Answer {
    this.#next = next;
    return say;
  }

  /** The right answer with its effect, unless today is a bad day for that. */
  #answer(what: string, right: string, effect?: () => unknown): Answer {
    const trouble = this.#rules.troubles.get(what);
    if (trouble === undefined) effect?.();
    else if (trouble === 'half') this.#socket.write(right.slice(0, 2));
    else if (trouble === 'reset' || trouble === 'lost') this.#socket.destroy();
    if (trouble === undefined) return right;
    return trouble.includes(' ') ? trouble : undefined;
  }

  #say(answer: Answer): void {
    if (answer !== undefined) this.#socket.write(`${answer}\r\n`);
  }
}

function decoded(text: string): string | undefined {
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);
  return isBase64 ? Buffer.from(text, 'base64').toString() : undefined;
}

function both(user: string | undefined, password: string | undefined): readonly string[] | undefined {
  return user === undefined || password === undefined ? undefined : [user, password];
}
