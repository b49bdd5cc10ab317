import { generate } from 'selfsigned';

/** What a TLS server on loopback needs, and what its clients must be told to trust. All are PEM texts. */
export interface Certificate {
  /** Private key of the server. */
  readonly key: string;
  /** Certificate of the server, for `localhost`, `127.0.0.1` and `::1`. */
  readonly cert: string;
  /** The authority that signed it: clients trust this one (a `caFile`) and nothing else changes for them. */
  readonly ca: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Makes a new authority and a server certificate for loopback signed by it. Both are on real time, whatever clock the
 * simulator runs on, because TLS clients judge them by theirs. The authority's private key is thrown away.
 *
 * @param hosts names that it is for as well
 * @param notAfterDate until when both are good: a year, unless it is given
 */
export async function createCertificate(
  hosts: readonly string[] = [],
  notAfterDate = new Date(Date.now() + 365 * DAY_MS),
): Promise<Certificate> {
  // A day back, so that a client whose clock is a little behind still takes it.
  const notBeforeDate = new Date(Date.now() - DAY_MS);
  const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256', notBeforeDate, notAfterDate } as const;
  const authority = await generate([{ name: 'commonName', value: 'Drawbridge simulators' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          ...hosts.map((value) => ({ type: 2 as const, value })),
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  return { key: server.private, cert: server.cert, ca: authority.cert };
}
