import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DOCUMENT, isOurs, parametersFor } from '../../../adapters/aws/sessions/document.ts';
import { DEPLOYED } from './sessions-harness.ts';

const script = readFileSync(new URL('../../../adapters/aws/sessions/cut.sh', import.meta.url), 'utf8');
/** Both are needed to end a connection: the tool, and the right. What runs without them must say that it goes on. */
const hasTool = spawnSync('sh', ['-c', 'command -v ss']).status === 0;
const mayCut = hasTool && process.getuid?.() === 0;

/** As Systems Manager fills parameters in. */
function run(source: string, ports: string): string {
  const filled = script.replace('{{ Source }}', source).replace('{{ Ports }}', ports);
  return spawnSync('sh', ['-c', filled], { encoding: 'utf8' }).stdout;
}

/** A connection on loopback, and what its client saw of its end. */
async function connection(listenOn: string, to: string) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    sockets.push(socket);
  });
  await new Promise<void>((resolve) => void server.listen(0, listenOn, resolve));
  const { port } = server.address() as AddressInfo;
  const client = connect(port, to);
  const closed = new Promise<string>((resolve) => client.on('error', ({ message }) => resolve(message)));
  await new Promise<void>((resolve) => client.on('connect', resolve));
  onTestFinished(() => {
    for (const socket of [client, ...sockets]) socket.destroy();
    server.close();
  });
  return { port, client, closed };
}

describe('the script that cuts on Linux', () => {
  it.each([
    ['one address', '127.0.0.1', '127.0.0.1', '127.0.0.1/32', '127.0.0.9/32'],
    ['a prefix', '127.0.0.1', '127.0.0.1', '127.0.0.0/8', '10.0.0.0/8'],
    ['an address at a port for both families', '::', '127.0.0.1', '127.0.0.1/32', '::/0'],
    ['every IPv4 address at a port for both families', '::', '127.0.0.1', '0.0.0.0/0', '2001:db8::/32'],
    ['one IPv6 address', '::', '::1', '::1/128', '2001:db8::/64'],
    ['every IPv6 address', '::', '::1', '::/0', '0.0.0.0/0'],
  ])('ends the connections of that source and port alone: %s', async (_, listenOn, to, source, other) => {
    const { port, client, closed } = await connection(listenOn, to);
    const bystander = await connection(listenOn, to);
    if (!hasTool) return expect(run(source, `${port}`)).toBe('drawbridge error=no-ss\n');
    expect(run(other, `${port}`)).toBe(`drawbridge port=${port} found=0 left=0\n`);
    expect(client.destroyed).toBe(false);
    const left = mayCut ? 0 : 1;
    expect(run(source, `${port},1`)).toBe(
      `drawbridge port=${port} found=1 left=${left}\ndrawbridge port=1 found=0 left=0\n`,
    );
    if (mayCut) expect(await closed).toContain('ECONNRESET');
    expect(bystander.client.destroyed).toBe(false);
    // Run twice, the second time finds what the first left.
    expect(run(source, `${port}`)).toBe(`drawbridge port=${port} found=${left} left=${left}\n`);
  });

  it('is right for the shell that runs it', () => {
    expect(spawnSync('sh', ['-n'], { input: script }).status).toBe(0);
  });
});

describe('the document that cuts', () => {
  it('is deployed as it is in the program, and no other one counts', () => {
    expect(DEPLOYED).toEqual(DOCUMENT);
    expect(isOurs(JSON.stringify(DEPLOYED))).toBe(true);
    expect(isOurs(JSON.stringify({ ...DEPLOYED, mainSteps: [] }))).toBe(false);
    expect(isOurs(undefined)).toBe(false);
  });

  it('is small enough for Systems Manager', () => {
    expect(JSON.stringify(DOCUMENT).length).toBeLessThan(64 * 1024);
  });

  it.each(['203.0.113.7/32', '0.0.0.0/0', '2001:db8::/64', '::/0', '::1/128'])('takes %s', (source) => {
    expect(parametersFor(source, [{ number: 22, protocol: 'tcp' }])).toEqual({ Source: [source], Ports: ['22'] });
  });

  it.each(["1.2.3.4/32'", '1.2.3.4', 'any', '1.2.3.4/32 ', '`id`/32', '{{ Ports }}', ''])('takes no %j', (source) => {
    expect(parametersFor(source, [{ number: 22, protocol: 'tcp' }])).toBeUndefined();
  });

  it('takes no list of ports without end', () => {
    const ports = Array.from({ length: 101 }, (_, i) => ({ number: 1_000 + i, protocol: 'tcp' as const }));
    expect(parametersFor('1.2.3.4/32', ports)).toBeUndefined();
    expect(parametersFor('1.2.3.4/32', [])).toBeUndefined();
  });
});
