import dgram from 'node:dgram';
import { appendFileSync } from 'node:fs';
import net from 'node:net';
import { isLoopback } from '../../src/config/loopback.ts';

/**
 * Loaded into every process of the test run, and those that it starts (`NODE_OPTIONS`): a connection to anything but
 * loopback is refused, and noted in the file DENIED_CONNECTIONS, so that the run fails even where the refusal is swallowed.
 */
function mayReach(host: unknown): boolean {
  if (typeof host !== 'string' || host === '') return true;
  return isLoopback(`http://${host.includes(':') ? `[${host}]` : host}`);
}

function deny(host: unknown): never {
  const file = process.env.DENIED_CONNECTIONS;
  if (file) appendFileSync(file, `${process.argv[1] ?? ''}: ${String(host)}\n`);
  throw new Error(`Only loopback may be reached here, not ${String(host)}`);
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
  // Node passes its own normalised list (`[options, callback]`) from net.connect, and plain arguments from elsewhere.
  const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as unknown[];
  const host =
    typeof first === 'object' && first !== null
      ? (first as net.TcpNetConnectOpts).host
      : typeof second === 'string'
        ? second
        : undefined;
  if (!mayReach(host)) deny(host);
  return Reflect.apply(connect, this, args) as net.Socket;
} as typeof connect;

const send = dgram.Socket.prototype.send;
dgram.Socket.prototype.send = function (this: dgram.Socket, ...args: unknown[]) {
  const host = args.filter((arg) => typeof arg === 'string').at(-1);
  if (!mayReach(host)) deny(host);
  return Reflect.apply(send, this, args) as unknown;
} as typeof send;
