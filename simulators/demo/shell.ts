import { once } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { ServerChannel } from 'ssh2';
import type { MachineSpec } from '../azure/machines.ts';
import { addresses } from '../world.ts';
import type { Services } from './services.ts';

// Node finds no more than some of this package's names in an import.
const { Server, utils } = createRequire(import.meta.url)('ssh2') as typeof import('ssh2');

/** The one machine of the demo that has something behind its address: the loopback of this computer. */
export const SHELL_MACHINE = 'shell-1';

const machine: MachineSpec = {
  name: SHELL_MACHINE,
  tags: { env: 'prod', team: 'platform' },
  interfaces: [{ privateIps: ['10.0.7.4'], publicIp: '127.0.0.1', subnet: 'shell', nicNsg: 'shell-1-nsg' }],
};

/** These machines, and that one where there is a port for it. */
export function withShell(
  { machines }: { readonly machines: readonly MachineSpec[] },
  port: number | undefined,
): { readonly machines: readonly MachineSpec[] } {
  return { machines: port === undefined ? machines : [...machines, machine] };
}

/** Whether the simulated network lets Ada in there now. */
export function isOpenToRequester({ azure }: Pick<Services, 'azure'>, port: number): boolean {
  const [from = ''] = addresses.requester.split('/');
  return azure.reachable({ from, machine: SHELL_MACHINE, port });
}

export interface DemoShell {
  /** On loopback. */
  readonly port: number;
  /** From now on it answers while this holds; until then, to nobody. */
  openWhile(isOpen: () => boolean): void;
  stop(): Promise<void>;
}

/**
 * What stands for the machine's sshd: it lets everybody in who gets there, says so, and repeats what is typed. Connections that the
 * network would not let through are cut before the first byte.
 */
export async function startShell(): Promise<DemoShell> {
  let isOpen = () => false;
  const hostKeys = [utils.generateKeyPairSync('ed25519').private];
  const ssh = new Server({ hostKeys, ident: 'Drawbridge-demo' }, (client) => {
    client.on('error', () => {});
    client.on('authentication', (attempt) => attempt.accept());
    client.on('session', (accept) => {
      const session = accept();
      session.on('pty', (agree) => agree?.());
      session.on('shell', (agree) => greet(agree()));
      session.on('exec', (agree, _, { command }) => end(agree(), `${SHELL_MACHINE} would run: ${command}\r\n`));
    });
  });
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    if (!isOpen()) return void socket.destroy();
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    ssh.injectSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    openWhile(holds) {
      isOpen = holds;
    },
    async stop() {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
}

function greet(channel: ServerChannel): void {
  channel.write(`You are on ${SHELL_MACHINE}, through the port that Drawbridge opened. Type exit to leave.\r\n> `);
  let line = '';
  channel.on('data', (data: Buffer) => {
    for (const sign of data.toString('utf8')) {
      if (sign === '\u0003' || sign === '\u0004') return end(channel, '\r\n');
      if (sign !== '\r' && sign !== '\n') {
        line += sign;
        channel.write(sign);
      } else if (line.trim() === 'exit') return end(channel, '\r\nBye.\r\n');
      else {
        channel.write(`\r\n${line === '' ? '' : `${SHELL_MACHINE} heard: ${line}\r\n`}> `);
        line = '';
      }
    }
  });
}

function end(channel: ServerChannel, said: string): void {
  channel.write(said);
  channel.exit(0);
  channel.end();
}
