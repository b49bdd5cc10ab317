import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { isCallable } from '../../../adapters/outgoing/address.ts';
import { type OutgoingRules, outgoing } from '../../../adapters/outgoing/index.ts';
import { createCertificate } from '../../../simulators/shared/certificate.ts';
import { JitError } from '../../../src/core/errors/errors.ts';
import { ENDLESS } from '../../../src/kit/time-limit.ts';
import type { OutgoingCall } from '../../../src/ports/outgoing.ts';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function serve(listener: RequestListener, host = '127.0.0.1'): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Counts who got through, and answers everybody. */
async function counting(): Promise<{ readonly port: number; readonly seen: string[] }> {
  const seen: string[] = [];
  const port = await serve(({ url = '', headers }, answer) => {
    seen.push(`${headers.host} ${url}`);
    answer.end('hello');
  });
  return { port, seen };
}

function call(url: string, rules: Partial<OutgoingRules> = {}, more: Partial<OutgoingCall> = {}) {
  const hosts = URL.canParse(url) ? [new URL(url).host] : [];
  const send = outgoing({ hosts, addresses: LOOPBACK, ...rules });
  return send({ url, limitMs: 5_000, mostBytes: 1_000, signal: ENDLESS, ...more });
}

async function errorOf(work: Promise<unknown>): Promise<JitError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof JitError)) throw new Error(`no JitError: ${String(error)}`);
  return error;
}

describe('an outgoing call', () => {
  it('gives status, headers, and text', async () => {
    const port = await serve(({ method, headers }, answer) => {
      answer.writeHead(404, { 'x-page': '2' });
      answer.end(`${method} ${headers['x-key']} ${headers['accept-encoding']}`);
    });
    const answer = await call(`http://127.0.0.1:${port}/a?b=c`, {}, { headers: { 'x-key': 'k' } });
    expect(answer).toMatchObject({ status: 404, headers: { 'x-page': '2' }, text: 'GET k identity' });
  });

  it('posts a body', async () => {
    const port = await serve(async (request, answer) => {
      const parts = await Array.fromAsync(request as AsyncIterable<Buffer>);
      answer.end(`${request.method} ${Buffer.concat(parts).toString()}`);
    });
    const { text } = await call(`http://127.0.0.1:${port}/`, {}, { body: '{"a":"ü"}' });
    expect(text).toBe('POST {"a":"ü"}');
  });

  it('goes over TLS to a host that its certificate names', async () => {
    const { key, cert, ca } = await createCertificate();
    const server = createTlsServer({ key, cert }, (_, answer) => answer.end('safe'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const at = (name: string, rules: Partial<OutgoingRules>) =>
      call(`https://${name}:${port}/`, { resolve: async () => ['127.0.0.1'], ...rules });
    expect((await at('localhost', { ca })).text).toBe('safe');
    const refused = (code: string) => ({
      code: 'outgoingSilent',
      say: expect.stringContaining(`has a certificate that is not trusted (${code})`),
    });
    expect(await errorOf(at('localhost', {}))).toMatchObject(refused('UNABLE_TO_VERIFY_LEAF_SIGNATURE'));
    expect(await errorOf(at('other.example', { ca }))).toMatchObject(refused('ERR_TLS_CERT_ALTNAME_INVALID'));
  });

  it('says of a certificate that it expired', async () => {
    const { key, cert, ca } = await createCertificate([], new Date(Date.now() - 60_000));
    const server = createTlsServer({ key, cert }, (_, answer) => answer.end('late'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const error = await errorOf(call(`https://localhost:${port}/`, { resolve: async () => ['127.0.0.1'], ca }));
    expect(error.say).toContain('(CERT_HAS_EXPIRED)');
  });
});

describe('what may not be called', () => {
  it('is a host that is not named, another port of it, and another scheme', async () => {
    const { port, seen } = await counting();
    const rules = { hosts: [`127.0.0.1:${port}`] };
    for (const url of [
      `http://localhost:${port}/`,
      'http://127.0.0.1/',
      'file:///etc/passwd',
      `ftp://127.0.0.1:${port}/`,
      'nonsense',
    ])
      expect(await errorOf(call(url, rules)), url).toMatchObject({ code: 'outgoingRefused', kind: 'misconfigured' });
    expect(seen).toEqual([]);
    // Other spellings of the same address are the same host.
    await call(`http://2130706433:${port}/`, rules);
    await call(`http://0x7f.1:${port}/`, rules);
    expect(seen).toHaveLength(2);
  });

  it('is a URL with a user name, whatever stands behind it', async () => {
    const { port, seen } = await counting();
    const rules = { hosts: [`127.0.0.1:${port}`, 'calendar.example.com'] };
    for (const user of ['ada@', 'ada:secret@', 'calendar.example.com@', ':x@']) {
      const error = await errorOf(call(`http://${user}127.0.0.1:${port}/`, rules));
      expect(error.text).not.toContain('secret');
      expect(error.code).toBe('outgoingRefused');
    }
    expect(seen).toEqual([]);
  });

  it('is an address that is private, unless it is written', async () => {
    const { port, seen } = await counting();
    const error = await errorOf(call(`http://127.0.0.1:${port}/`, { addresses: [] }));
    expect(error.say).toBe(`Drawbridge does not call 127.0.0.1:${port}: it leads to 127.0.0.1, which is not public.`);
    expect(await errorOf(call(`http://[::ffff:7f00:1]:${port}/`, { addresses: [] }))).toMatchObject({
      code: 'outgoingRefused',
    });
    expect(seen).toEqual([]);
    await call(`http://127.0.0.1:${port}/`, { addresses: ['127.0.0.1/32'] });
    expect(seen).toHaveLength(1);
  });

  it('is a name that leads to one: what counts is where it leads when it is called', async () => {
    const { port, seen } = await counting();
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      return [['127.0.0.1'], ['169.254.169.254'], ['10.0.0.1', '127.0.0.1'], ['::ffff:10.0.0.1'], []][asked - 1] ?? [];
    };
    const once = () => call(`http://calendar.example:${port}/`, { resolve });
    await once();
    expect(await errorOf(once())).toMatchObject({ code: 'outgoingRefused' });
    // Of several addresses only those that may be called are.
    await once();
    expect(await errorOf(once())).toMatchObject({ code: 'outgoingRefused' });
    expect(await errorOf(once())).toMatchObject({ code: 'outgoingSilent' });
    expect(asked).toBe(5);
    expect(seen).toEqual([`calendar.example:${port} /`, `calendar.example:${port} /`]);
  });

  it('is tried at its next address where the first does not answer', async () => {
    const { port, seen } = await counting();
    const resolve = async () => ['127.9.9.9', '127.0.0.1'];
    expect((await call(`http://calendar.example:${port}/`, { resolve })).text).toBe('hello');
    expect(seen).toHaveLength(1);
  });

  it('is anything but loopback without TLS', async () => {
    const error = await errorOf(
      call('http://calendar.example/', { resolve: async () => ['10.0.0.1'], addresses: ['10.0.0.0/8'] }),
    );
    expect(error.say).toContain('only loopback is called without TLS');
  });

  it('is where a redirect leads', async () => {
    const { port: inner, seen } = await counting();
    for (const to of [`http://127.0.0.1:${inner}/`, 'http://169.254.169.254/latest/meta-data/'])
      for (const status of [301, 302, 303, 307, 308]) {
        const port = await serve((_, answer) => {
          answer.writeHead(status, { location: to });
          answer.end();
        });
        const error = await errorOf(call(`http://127.0.0.1:${port}/`));
        expect(error.say).toBe(`127.0.0.1:${port} answers with a redirect, which is not followed.`);
      }
    expect(seen).toEqual([]);
  });
});

describe('an answer', () => {
  it('is not read beyond its limit, whether it says its length or not', async () => {
    const told = await serve((_, answer) => answer.end('x'.repeat(1_001)));
    const endless = await serve((_, answer) => {
      const more = () => {
        if (answer.destroyed) return;
        answer.write('x'.repeat(100));
        setImmediate(more);
      };
      more();
    });
    for (const port of [told, endless])
      expect((await errorOf(call(`http://127.0.0.1:${port}/`))).say).toContain('answers with more than 1000 bytes');
    const exact = await serve((_, answer) => answer.end('x'.repeat(1_000)));
    expect((await call(`http://127.0.0.1:${exact}/`)).text).toHaveLength(1_000);
  });

  it('is not unpacked', async () => {
    const port = await serve((_, answer) => {
      answer.writeHead(200, { 'content-encoding': 'gzip' });
      answer.end(gzipSync('x'.repeat(1_000_000)));
    });
    expect((await errorOf(call(`http://127.0.0.1:${port}/`))).say).toContain('answers compressed');
  });

  it('that is no text is none', async () => {
    const port = await serve((_, answer) => answer.end(Buffer.from([0xff, 0xfe, 0x00])));
    expect((await errorOf(call(`http://127.0.0.1:${port}/`))).say).toContain('what is no text');
  });

  it('that comes too slowly is none: at its head, and byte by byte', async () => {
    const silent = await serve(() => undefined);
    const dripping = await serve((_, answer) => {
      answer.writeHead(200);
      const timer = setInterval(() => answer.write('x'), 10);
      answer.on('close', () => clearInterval(timer));
    });
    for (const port of [silent, dripping])
      expect(await errorOf(call(`http://127.0.0.1:${port}/`, {}, { limitMs: 200 }))).toMatchObject({
        code: 'outgoingSilent',
        kind: 'busy',
      });
    const never = () => new Promise<never>(() => undefined);
    const lost = call('http://calendar.example/', { resolve: never }, { limitMs: 50 });
    expect(await errorOf(lost)).toMatchObject({ code: 'outgoingSilent' });
  });

  it('that breaks off is none, and nothing of what was sent is in the error', async () => {
    const port = await serve((request, answer) => {
      answer.writeHead(200, { 'content-length': '100' });
      answer.write('half');
      setImmediate(() => request.socket.destroy());
    });
    const url = `http://127.0.0.1:${port}/feed/s3cret?key=s3cret`;
    const error = await errorOf(call(url, {}, { headers: { authorization: 's3cret' } }));
    expect(error.code).toBe('outgoingSilent');
    expect(`${error.text} ${error.message} ${String(error.cause)}`).not.toContain('s3cret');
  });

  it('is not waited for by whoever gave up', async () => {
    const port = await serve(() => undefined);
    const stop = new AbortController();
    const waiting = call(`http://127.0.0.1:${port}/`, {}, { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});

describe('an address', () => {
  const yes = ['8.8.8.8', '93.184.216.34', '2606:2800:220:1::1', '::ffff:8.8.8.8', '64:ff9b::808:808'];
  const no = [
    ...[
      '0.0.0.0',
      '0.1.2.3',
      '127.0.0.1',
      '127.255.255.254',
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
    ],
    ...['100.64.0.1', '169.254.169.254', '168.63.129.16', '192.0.2.1', '198.18.0.1', '224.0.0.1', '240.0.0.1'],
    ...['255.255.255.255', '::', '::1', '::127.0.0.1', '::ffff:10.0.0.1', '::ffff:169.254.169.254', '::ffff:a00:1'],
    ...['64:ff9b::a00:1', '64:ff9b::169.254.169.254', '64:ff9b:1::808:808', 'fc00::1', 'fd12:3456::1', 'fe80::1'],
    ...['fec0::1', 'ff02::1', '2002:a00:1::1', '2001:0:1::1', '2001:db8::1', '100::1', 'fe80::1%eth0', 'calendar', ''],
  ];
  it.each(yes)('that is public may be called: %s', (address) => {
    expect(isCallable(address, [])).toBe(true);
  });
  it.each(no)('that is not may not: %s', (address) => {
    expect(isCallable(address, [])).toBe(false);
  });
  it('may be called where it is written, but for those that give credentials away', () => {
    const all = ['0.0.0.0/0', '::/0'];
    expect(isCallable('10.0.0.1', ['10.0.0.0/8'])).toBe(true);
    expect(isCallable('::ffff:10.0.0.1', ['10.0.0.0/8'])).toBe(true);
    expect(isCallable('10.0.0.1', ['fd00::/8'])).toBe(false);
    for (const address of ['169.254.169.254', '168.63.129.16', 'fe80::1', 'fd00:ec2::254', '::ffff:169.254.169.254'])
      expect(isCallable(address, all), address).toBe(false);
  });
});
