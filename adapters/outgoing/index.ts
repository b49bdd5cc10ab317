import { lookup } from 'node:dns/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';
import { JitError } from '../../src/core/errors/errors.ts';
import { say } from '../../src/core/language/say.ts';
import type { Saying } from '../../src/core/language/text.ts';
import { callWithin } from '../../src/kit/time-limit.ts';
import type { CallOut, FindAddresses, OutgoingAnswer, OutgoingCall } from '../../src/ports/outgoing.ts';
import { isCallable, isOwn } from './address.ts';
import { bodyOf } from './body.ts';

/** What may be called of all that the configuration names. */
export interface OutgoingRules {
  /** Hosts as URLs have them, with the port where it is not the usual one: `api.example.com`, `10.1.2.3:8443`. */
  readonly hosts: readonly string[];
  /** Prefixes that may be called although the Internet does not lead there. */
  readonly addresses?: readonly string[];
  /** PEM text of an authority to trust besides the usual ones. */
  readonly ca?: string;
  /** The addresses of a name; the system's own resolver unless it is given. */
  readonly resolve?: Resolve;
}

type Resolve = (name: string) => Promise<readonly string[]>;

/** The one way out to them. */
export function outgoing(rules: OutgoingRules): CallOut {
  return async (call) => {
    const url = mustBeNamed(call.url, rules);
    const asError = (error: unknown) => (error instanceof JitError ? error : silent(url.host, error));
    return callWithin({ signal: call.signal, limitMs: call.limitMs, asError }, (signal) =>
      send(url, { ...call, signal }, rules),
    );
  };
}

/** By the same rules, for what is no HTTP. */
export function addressFinder(rules: OutgoingRules): FindAddresses {
  return (host, hasTls) => addressesOf(new URL(`${hasTls ? 'https' : 'http'}://${bracketed(host)}`), rules);
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

/** Of a name with several addresses so many are tried, one after the other. */
const MOST_ADDRESSES = 3;

/** The name is looked up once, and what was looked at is what is connected to: it may lead elsewhere a moment later. */
async function send(url: URL, call: OutgoingCall, rules: OutgoingRules): Promise<OutgoingAnswer> {
  const addresses = await addressesOf(url, rules);
  for (const [i, address] of addresses.entries()) {
    const tried = await attempt(url, address, call, rules);
    if (!('unreached' in tried)) return tried;
    if (i === addresses.length - 1 || call.signal.aborted) throw tried.unreached;
  }
  throw new Error('the name has no address');
}

function attempt(url: URL, address: string, call: OutgoingCall, { ca }: OutgoingRules) {
  const { promise, resolve, reject } = Promise.withResolvers<OutgoingAnswer | { readonly unreached: Error }>();
  const name = nameOf(url);
  let isReached = false;
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)({
    host: address,
    port: url.port,
    path: `${url.pathname}${url.search}`,
    method: call.method ?? (call.body === undefined ? 'GET' : 'POST'),
    headers: { ...call.headers, host: url.host, 'accept-encoding': 'identity' },
    // One connection a call, and no proxy of the environment.
    agent: false,
    signal: call.signal,
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
  });
  const tooSlow = setTimeout(() => {
    if (!isReached) request.destroy(new Error('no connection'));
  }, call.limitMs / MOST_ADDRESSES);
  request.on('close', () => clearTimeout(tooSlow));
  request.on('socket', (socket) =>
    socket.once('connect', () => {
      isReached = true;
    }),
  );
  request.on('error', (error) => (isReached ? reject(error) : resolve({ unreached: error })));
  request.on('response', (answer) => {
    bodyOf(answer, call.mostBytes)
      .then((text) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }), reject)
      .finally(() => request.destroy());
  });
  request.end(call.body);
  return promise;
}

/** What the configuration does not name is not called, whoever wrote the URL. */
function mustBeNamed(text: string, { hosts }: OutgoingRules): URL {
  if (!URL.canParse(text))
    throw new JitError('outgoingRefused', { host: say`a host`, why: say`its URL cannot be read` });
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused(url, say`only HTTPS is called`);
  if (url.username !== '' || url.password !== '') throw refused(url, say`its URL holds a user name or a password`);
  if (!hosts.includes(url.host)) throw refused(url, say`\`outgoing.hosts\` does not name it`);
  return url;
}

/** Where it may be called. Throws what stands against the first address when it is none. */
async function addressesOf(
  url: URL,
  { addresses = [], resolve = resolved }: OutgoingRules,
): Promise<readonly string[]> {
  const name = nameOf(url);
  const all = isIP(name) === 0 ? await resolve(name) : [name];
  const faults = all.map((address) => faultOf(url, address, addresses));
  const good = all.filter((_, i) => faults[i] === undefined);
  const [first] = faults;
  if (first && good.length === 0) throw first;
  return good.slice(0, MOST_ADDRESSES);
}

function faultOf(url: URL, address: string, written: readonly string[]): JitError | undefined {
  if (!isCallable(address, written)) return refused(url, say`it leads to ${address}, which is not public`);
  return url.protocol === 'http:' && !isOwn(address)
    ? refused(url, say`only loopback is called without TLS`)
    : undefined;
}

/** A name, or an address without its brackets. */
function nameOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

async function resolved(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true, order: 'verbatim' });
  return found.map(({ address }) => address);
}

function refused({ host }: URL, why: Saying): JitError {
  return new JitError('outgoingRefused', { host: host === '' ? say`a host` : host, why });
}

/** NB. Of the error only what it says goes on: the rest of it may hold what was sent. */
function silent(host: string, error: unknown): JitError {
  const { name = 'Error', message = '', code = '' } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  const isRefused = /CERT|LEAF_SIGNATURE/.test(code);
  const certificate = say`has a certificate that is not trusted (${code})`;
  const why = error instanceof RangeError ? message : isRefused ? certificate : say`does not answer`;
  return new JitError('outgoingSilent', { host, why }, { cause: new Error(`${name}: ${message}`) });
}
