import { describe, expect, it } from 'vitest';
import { sweeper } from '../../src/app/loops/sweep.ts';
import { revoke } from '../../src/app/request/end.ts';
import type { Queue } from '../../src/ports/queue.ts';
import { approved } from './approved.ts';
import { ADA } from './fixtures.ts';

/** A queue that refuses, or takes and does nothing. */
const QUEUES: Readonly<Record<string, Queue>> = {
  'refuses hints': {
    converge: async () => {},
    notify: async () => {
      throw new Error('NOPERM');
    },
  },
  'takes hints and does nothing about them': { converge: async () => {}, notify: async () => {} },
};
const SWEEP_MS = 30_000;

/** What was shown last, after some sweeps. */
async function swept(queue: Queue, times: number) {
  const made = await approved();
  await made.converge();
  const deps = { ...made.deps, queue };
  await revoke(deps, ADA, made.id);
  await made.converge();
  const sweep = sweeper(deps);
  for (let i = 0; i < times; i += 1) {
    made.clock.advance(SWEEP_MS);
    await sweep();
  }
  const request = await made.load();
  return { ...made, sweep, request };
}

describe.each(Object.entries(QUEUES))('with a queue that %s', (name, queue) => {
  it('people are told all the same, within some sweeps, and once', async () => {
    const { chat, clock, id, request, sweep } = await swept(queue, name === 'refuses hints' ? 1 : 3);
    expect(request).toMatchObject({ status: 'ended' });
    const shown = chat.shown.filter(({ view }) => view.request === id);
    expect(shown.at(-1)?.view.tone).toBe('closed');
    for (let i = 0; i < 5; i += 1) {
      clock.advance(SWEEP_MS);
      expect(await sweep()).toMatchObject({ behind: 0 });
    }
    expect(chat.shown.filter(({ view }) => view.request === id)).toHaveLength(shown.length);
  });
});

it('what only waits in a queue is left to it', async () => {
  const { chat, id } = await swept({ converge: async () => {}, notify: async () => {} }, 2);
  expect(chat.shown.filter(({ view }) => view.request === id)).toEqual([]);
});

it('one that cannot be published keeps no other from it, and is tried again', async () => {
  const { chat, clock, id, sweep, deps } = await swept({ converge: async () => {}, notify: async () => {} }, 0);
  const { publish } = chat;
  let fails = 1;
  chat.publish = async (...given) => {
    fails -= 1;
    if (fails >= 0) throw new Error('the chat hangs');
    return publish.apply(chat, given);
  };
  expect(deps.queue).toBeDefined();
  for (let i = 0; i < 5; i += 1) {
    clock.advance(SWEEP_MS);
    await sweep();
  }
  expect(chat.shown.some(({ view }) => view.request === id)).toBe(true);
});
