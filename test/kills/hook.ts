import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import type { RedisClient } from '../../src/redis/client.ts';
import { scriptsOn, sourceOf } from '../../src/redis/scripts.ts';
import { effectIn } from './effect.ts';
import type { Order, RecordedPoint } from './order.ts';

/**
 * Loaded into the real program by a test alone (`--import`): sees what is written to sockets, before it is encrypted, and so
 * each effect that leaves the process. At SIGUSR2 it reads the file KILL_ORDER: from then on it notes each effect, or kills its
 * process with SIGKILL right before or right after one of them. The program knows nothing of it.
 */
const file = process.env.KILL_ORDER ?? '';
const sha = (lua: string) => createHash('sha1').update(lua).digest('hex');
/** By their hashes. The one that is not defined as a command only reads. */
const scripts = new Map([[sha(['prelude', 'confirm'].map(sourceOf).join('\n')), 'drawbridge-confirm']]);
// The package has its libraries in one piece: nothing of them can be listened to.
const toldTo = { defineCommand: (name: string, { lua }: { readonly lua: string }) => scripts.set(sha(lua), name) };
scriptsOn(toldTo as unknown as RedisClient);
const jobScripts = createRequire(import.meta.url)('bullmq/dist/cjs/scripts/index.js') as Readonly<
  Record<string, { readonly name: string; readonly content: string }>
>;
for (const { name, content } of Object.values(jobScripts)) scripts.set(sha(content), name);
const seen = new Map<string, number>();
let order: Order | undefined;
/** Since the last effect. */
let hasTaken = false;

process.on('SIGUSR2', () => {
  if (!existsSync(file)) return;
  order = JSON.parse(readFileSync(file, 'utf8')) as Order;
  seen.clear();
  hasTaken = false;
  renameSync(file, `${file}.taken`);
});

/** Sockets whose next bytes name the call. */
const unnamed = new WeakSet<net.Socket>();

function effectOf(socket: net.Socket, chunk: unknown, encoding: unknown): string | undefined {
  if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return undefined;
  const bytes =
    typeof chunk === 'string'
      ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
      : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const isRest = unnamed.delete(socket);
  const { name, more, takes } = effectIn(bytes, scripts, sha);
  if (more) unnamed.add(socket);
  if (takes) hasTaken = true;
  return isRest || !name?.startsWith('aws') || bytes.includes('HTTP/1.1') ? name : undefined;
}

function die(): never {
  writeFileSync(`${file}.died`, '');
  process.kill(process.pid, 'SIGKILL');
  // The signal comes at once; nothing else may.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
}

const write = net.Socket.prototype.write;
net.Socket.prototype.write = function (this: net.Socket, ...args: unknown[]) {
  const [chunk, encoding] = args;
  const name = order && effectOf(this, chunk, encoding);
  if (!order || name === undefined) return Reflect.apply(write, this, args) as boolean;
  const count = (seen.get(name) ?? 0) + 1;
  seen.set(name, count);
  if (order.note) {
    const point: RecordedPoint = { name, nth: count, ...(hasTaken ? { takenBefore: true } : {}) };
    appendFileSync(order.note, `${JSON.stringify(point)}\n`);
  }
  hasTaken = false;
  const isHere = order.kill?.name === name && order.kill.nth === count;
  if (!isHere) return Reflect.apply(write, this, args) as boolean;
  if (order.kill?.when === 'before') die();
  const last = args.at(-1);
  const given = args.slice(0, typeof last === 'function' ? -1 : undefined);
  // The kernel has the bytes.
  return Reflect.apply(write, this, [...given, die]) as boolean;
} as typeof write;
