import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A part of a measurement in a process of its own. */
export interface Child {
  /** Has the child's handler of that name run, and gives what it gives (JSON). */
  ask<T>(name: string, input?: unknown): Promise<T>;
  /** Lets the child stop what it runs, and waits for its end. */
  stop(): Promise<void>;
  /** Kills it with -9, and waits for its end. */
  kill(): Promise<void>;
}

interface Question {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}

type Reply = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string });

const STOP_MS = 15_000;

/** Starts a module that calls `serve`. Node's own flags are handed on: `node --cpu-prof bench/main.ts` profiles it too. */
export function startChild(module: URL): Child {
  const child = fork(module, [], { stdio: 'inherit' });
  const waiting = new Map<number, (reply: Reply) => void>();
  let asked = 0;
  child.on('message', (reply: Reply) => waiting.get(reply.id)?.(reply));
  const ended = once(child, 'exit').then(([code, signal]) => {
    for (const [id, settle] of waiting) settle({ id, error: `${module.pathname} ended: ${signal ?? code}` });
  });
  return {
    async ask<T>(name: string, input?: unknown): Promise<T> {
      asked += 1;
      const id = asked;
      const replied = new Promise<Reply>((resolve) => waiting.set(id, resolve));
      child.send({ id, name, input } satisfies Question, (error) => {
        if (error) waiting.get(id)?.({ id, error: String(error) });
      });
      const reply = await replied;
      waiting.delete(id);
      if ('error' in reply) throw new Error(reply.error);
      // The other end of the same repository: its types are ours.
      return reply.value as T;
    },
    stop: () => end(child, ended),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  if (child.connected) child.disconnect();
  await ended;
  clearTimeout(late);
}

type Handlers = Readonly<Record<string, (input: never) => unknown>>;

/** In a child: answers its parent, and ends with it. `stop` is the last thing that is done. */
export function serve(handlers: Handlers, stop: () => Promise<void>): void {
  process.on('message', (question: Question) => void answer(handlers, question));
  process.once('disconnect', () => {
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}

async function answer(handlers: Handlers, { id, name, input }: Question): Promise<void> {
  const reply = await attempt(handlers, id, name, input);
  if (process.connected) process.send?.(reply);
}

async function attempt(handlers: Handlers, id: number, name: string, input: unknown): Promise<Reply> {
  try {
    const handler = handlers[name];
    if (!handler) throw new Error(`nothing here is called ${name}`);
    return { id, value: await handler(input as never) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
