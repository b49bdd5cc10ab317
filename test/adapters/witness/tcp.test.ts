import { type AddressInfo, createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { tcpWitness } from '../../../adapters/witness/index.ts';

const never = new AbortController().signal;
const witness = tcpWitness();

/** Listens on loopback, and counts what comes and what it says. */
async function listening() {
  const seen = { connections: 0, bytes: 0 };
  const server = createServer((socket) => {
    seen.connections += 1;
    socket.on('data', ({ length }) => (seen.bytes += length));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { seen, server, port: (server.address() as AddressInfo).port };
}

const tcp = (number: number) => ({ number, protocol: 'tcp' as const });

it('tells the address where a connection succeeds twice, and sends nothing', async () => {
  const { seen, port } = await listening();
  expect(await witness.reached(['127.0.0.9', '127.0.0.1'], tcp(port), never)).toBe('127.0.0.1');
  expect(seen).toEqual({ connections: 2, bytes: 0 });
});

it('tells none where nobody listens, or does not any more a second later', async () => {
  const { server, port } = await listening();
  server.on('connection', () => server.close());
  expect(await witness.reached(['127.0.0.1'], tcp(port), never)).toBeUndefined();
  expect(await witness.reached(['127.0.0.1'], tcp(port), never)).toBeUndefined();
});

it('looks up no names, tries no UDP, and stops when nobody waits any more', async () => {
  const { seen, port } = await listening();
  expect(await witness.reached(['localhost', ''], tcp(port), never)).toBeUndefined();
  expect(await witness.reached(['127.0.0.1'], { number: port, protocol: 'udp' }, never)).toBeUndefined();
  expect(await witness.reached(['127.0.0.1'], tcp(port), AbortSignal.abort())).toBeUndefined();
  expect(seen.bytes).toBe(0);
});
