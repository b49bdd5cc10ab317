import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { type Certificate, createCertificate } from '../shared/certificate.ts';
import type { ReceivedMail } from './message.ts';
import { type Rules, serve, type Trouble } from './session.ts';

export interface SmtpSimulator {
  readonly host: string;
  readonly port: number;
  /** PEM text of the authority that its clients must trust. */
  readonly ca: string;
  readonly user: string;
  readonly password: string;
  readonly mails: readonly ReceivedMail[];
  /** How often somebody connected. */
  readonly connections: () => number;
  /** Bad days by what is answered: `GREETING`, `EHLO`, `STARTTLS`, `AUTH`, `MAIL`, `RCPT`, `DATA`, `MESSAGE`. */
  readonly troubles: Map<string, Trouble>;
  /** Nobody has these addresses. */
  readonly unknown: Set<string>;
  stop(): Promise<void>;
}

interface Options {
  /** `none` offers no STARTTLS, and takes mail without it. */
  readonly tls?: 'starttls' | 'implicit' | 'none';
  /** Whether a mail is only taken from who signed in. */
  readonly wantsSignIn?: boolean;
  readonly certificate?: Certificate;
}

/** A submission server as RFC 5321, 3207, 4954, and 6409 have it: what they forbid it refuses. */
export async function startSmtp(options: Options = {}): Promise<SmtpSimulator> {
  const { tls = 'starttls', wantsSignIn = true, certificate = await createCertificate() } = options;
  const mails: ReceivedMail[] = [];
  const troubles = new Map<string, Trouble>();
  const unknown = new Set<string>();
  const sockets = new Set<Socket>();
  const [user, password] = ['drawbridge@example.com', 'pass word ü'];
  const rules: Rules = {
    tls,
    wantsSignIn,
    certificate,
    user,
    password,
    troubles,
    unknown,
    take: (one) => mails.push(one),
  };
  let connections = 0;
  const onConnection = (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(socket, rules);
  };
  const server =
    tls === 'implicit'
      ? createTlsServer({ key: certificate.key, cert: certificate.cert }, onConnection)
      : createServer(onConnection);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: 'localhost',
    port: (server.address() as AddressInfo).port,
    ca: certificate.ca,
    user,
    password,
    mails,
    connections: () => connections,
    troubles,
    unknown,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
