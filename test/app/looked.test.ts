import { expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { submit } from '../../src/app/request/submit.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;

/** A cloud that tells each reading of its machine. `anew`: as behind a firewall, which machines share. */
function watchedWorld({ anew }: { readonly anew: boolean }) {
  const { cloud, deps } = world();
  const { look, locate, observe } = cloud;
  const read: string[] = [];
  cloud.look = async (...given) => {
    read.push('look');
    return {
      ...(await look(...given)),
      locate: async (rules, signal) => locate(rules, signal),
      ...(anew ? { locatesAnew: true as const } : {}),
    };
  };
  cloud.locate = async (...given) => {
    read.push('locate');
    return locate(...given);
  };
  cloud.observe = async (machine, placements, signal, proves) => {
    read.push(proves ? 'proof' : 'observe');
    return observe(machine, placements, signal);
  };
  const since = () => read.splice(0);
  return { cloud, deps, since };
}

async function approvedIn({ deps, since }: ReturnType<typeof watchedWorld>): Promise<string> {
  const { id } = await submit(deps, ADA, ASK, SENDER);
  expect(since()).toEqual(['look']);
  await decide(deps, GRACE, { request: id, verdict: 'approve' });
  expect(since()).toEqual(['look']);
  return id;
}

it('is read once to be asked for, once to be approved, judged and observed to be opened, and observed once it is closed', async () => {
  const watched = watchedWorld({ anew: false });
  const { deps, since } = watched;
  const id = await approvedIn(watched);
  await converge(deps, MACHINE.id, never);
  expect(since()).toEqual(['look', 'observe']);
  expect((await deps.store.load(id)).request?.status).toBe('active');
  await revoke(deps, ADA, id);
  await converge(deps, MACHINE.id, never);
  expect(since()).toEqual(['proof']);
  expect((await deps.store.load(id)).request).toMatchObject({ status: 'ended', proof: { verdict: 'closed' } });
});

it('is located anew to be opened, where accesses to other machines change where its rules go', async () => {
  const watched = watchedWorld({ anew: true });
  await approvedIn(watched);
  await converge(watched.deps, MACHINE.id, never);
  expect(watched.since()).toEqual(['look', 'locate', 'observe']);
});

it('is not proven closed by what was read before something of it was closed', async () => {
  const watched = watchedWorld({ anew: false });
  const { cloud, deps } = watched;
  const id = await approvedIn(watched);
  await converge(deps, MACHINE.id, never);
  await revoke(deps, ADA, id);
  // A cloud that says it is done, and did nothing.
  cloud.close = async () => {};
  await converge(deps, MACHINE.id, never);
  expect((await deps.store.load(id)).request).toMatchObject({ status: 'closing', trouble: { code: 'cloudBusy' } });
});
