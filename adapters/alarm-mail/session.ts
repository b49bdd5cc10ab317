import { connect, isIP, type Socket } from 'node:net';
import { rootCertificates } from 'node:tls';
import { createTransport } from 'nodemailer';
import type { FindAddresses } from '../../src/ports/outgoing.ts';
import type { Letter } from './letter.ts';

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `none` on this computer alone. */
  readonly tls: 'starttls' | 'implicit' | 'none';
  readonly signIn?: { readonly user: string; readonly password: string } | undefined;
  /** PEM text of an authority to trust besides the usual ones. */
  readonly ca?: string | undefined;
}

type Session = Awaited<ReturnType<typeof sessionWith>>;

/** Connects where `addressesOf` says that it may. With the signal the connection is gone, at whatever it waits for. */
export async function sessionWith(server: MailServer, addressesOf: FindAddresses, signal: AbortSignal) {
  const { host, port, tls, signIn, ca } = server;
  const socket = await connected(await addressesOf(host, tls !== 'none'), port, signal);
  const stop = () => socket.destroy();
  signal.addEventListener('abort', stop, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', stop));
  const transport = createTransport({
    connection: socket,
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    // Also where the server offers no sign-in: a mail that nobody signed for may be thrown away later.
    ...(signIn ? { auth: { user: signIn.user, pass: signIn.password }, forceAuth: true } : {}),
    tls: {
      minVersion: 'TLSv1.2',
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return { transport, end: stop };
}

/** Submits it. Gives the addresses that do not take it; throws where none does. */
export async function submitted(
  { transport, end }: Session,
  letter: Letter,
  to: readonly string[],
): Promise<readonly string[]> {
  try {
    const { rejected } = await transport.sendMail({ ...letter, to: [...to], xMailer: false });
    return rejected;
  } finally {
    end();
  }
}

/** One address after the other, all within the signal's time. */
async function connected(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Socket> {
  let last: unknown = new Error('the name has no address');
  for (const address of addresses) {
    signal.throwIfAborted();
    try {
      return await connectedTo(address, port, signal);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

function connectedTo(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host, port, signal });
  socket.once('connect', () => resolve(socket));
  // It stays: what fails later is told by whoever talks over it.
  socket.on('error', reject);
  return promise;
}
