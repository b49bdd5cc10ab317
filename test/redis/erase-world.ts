import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { eachLine, erasuresIn, fileSink, personalFiles } from '../../adapters/audit-file/index.ts';
import { peopleKeys } from '../../adapters/people-keys/index.ts';
import type { Deps } from '../../src/app/deps.ts';
import { deliverer } from '../../src/app/evidence/deliver.ts';
import { forSink } from '../../src/app/evidence/for-sink.ts';
import { sequence } from '../../src/app/evidence/sequence.ts';
import { Verification } from '../../src/core/evidence/verify.ts';
import type { PersonalPlace } from '../../src/ports/personal.ts';
import { redisAccountLinks } from '../../src/redis/account-links.ts';
import { redisAudit } from '../../src/redis/audit.ts';
import { redisAuditChain } from '../../src/redis/audit-chain.ts';
import { redisDelegations } from '../../src/redis/delegations.ts';
import { redisLock } from '../../src/redis/lock.ts';
import { redisPersonal } from '../../src/redis/personal.ts';
import { redisProtectionRecords } from '../../src/redis/protection-records.ts';
import { redisStore } from '../../src/redis/store.ts';
import { change, end, open, pending } from '../conformance/fixtures.ts';
import { signerOf, VERIFIERS } from '../core/evidence/chain.ts';
import { QUIET, SEALS } from './server.ts';

export const LIN = { id: 'lin', name: 'Lin Wei' };

interface Ground {
  readonly redis: Redis;
  readonly prefix: string;
  readonly folder: string;
  /** Public keys that signed before. */
  readonly older?: readonly string[];
}

const never = new AbortController().signal;

/** All that keeps something of people, on a real Redis and a folder. `places`: those that are erased, of the store's. */
export function eraseWorld(
  { redis, prefix, folder, older = [] }: Ground,
  places: (all: readonly PersonalPlace[]) => readonly PersonalPlace[] = (all) => all,
) {
  const of = { redis, prefix, log: QUIET, seals: SEALS };
  const store = redisStore({ ...of, board: true });
  const audit = redisAudit(of);
  const people = peopleKeys(join(folder, 'keys'));
  const files = join(folder, 'files');
  const own = fileSink({ installation: 'demo', folder: files, rotateBytes: 1e6, vkeys: [signerOf().vkey] });
  const sink = forSink(own, 'clear', people);
  const room = {
    ...{
      installation: 'demo',
      chain: redisAuditChain(of),
      signer: signerOf(),
      keyNames: ['a1'],
      keepMs: 1e12,
      wall: Date.now,
    },
    ...{
      sinks: [sink],
      people,
      personal: [personalFiles(files, { installation: 'demo', keys: [signerOf().vkey, ...older] })],
    },
  };
  const personal = redisPersonal({ redis, prefix, seals: () => SEALS });
  let now = 0;
  const deps = {
    ...{ store, audit, log: QUIET, evidence: room, lock: redisLock(of) },
    personal: { ...personal, places: places(personal.places) },
    directory: {
      byId: async (id: string) =>
        id === 'ada' ? { id, name: 'Ada Okafor', slack: 'U0ADA000009', groups: [] } : undefined,
    },
    monotonic: () => (now += 1e6),
  } as unknown as Deps;
  const alarms = { raise: async () => {}, over: async () => {} };
  return {
    ...{ deps, store, audit, files, of },
    async bring() {
      await sequence(deps, room, alarms);
      await deliverer(deps, room, sink, alarms)(never);
    },
    async verdict(from = files) {
      const verification = new Verification({ verifiers: VERIFIERS, erasures: await erasuresIn(from), isPart: true });
      await eachLine(from, (...line) => verification.take(...line));
      return verification.verdict();
    },
    text: () =>
      readdirSync(files)
        .map((name) => readFileSync(join(files, name), 'utf8'))
        .join(''),
  };
}

type World = ReturnType<typeof eraseWorld>;

/** Ada's past requests, one of Lin's that Ada decided on, and Lin's that is open and that Ada approved. */
export async function fill({ store, of }: World) {
  const { at } = await store.now();
  const ada = { id: 'ada', name: 'Ada Okafor' };
  for (const id of ['aaaaaaa', 'bbbbbbb']) {
    await store.save([change(pending(id, at), 0)]);
    await store.save([change({ ...end(open(pending(id, at), at), at + 5), version: 2 }, 1)]);
  }
  const lins = { requester: LIN, asked: [ada], source: '198.51.100.1/32', justification: 'lin needs it', places: [] };
  const denied = { by: ada, at, verdict: 'deny', reason: 'Ada Okafor says no' } as const;
  for (const [id, next] of [
    ['ccccccc', { ...end(open(pending('ccccccc', at, lins), at), at + 5), reviews: [denied] }],
    ['ddddddd', open(pending('ddddddd', at, lins), at)],
  ] as const) {
    await store.save([change(pending(id, at, lins), 0)]);
    await store.save([change({ ...next, version: 2 }, 1)]);
  }
  const links = redisAccountLinks(of);
  await links.keep({ slack: 'U0ADA000009', entra: '6f0c3a5e-58a1-4b8e-9a57-2d7f0f3f6d11', name: 'Ada Okafor', at });
  await redisDelegations(of).keep({ from: ada, to: LIN, since: at, until: at + 9e9 });
  const protectedBy = { by: 'Ada Okafor', id: 'ada', through: 'person', at } as const;
  const ports = [{ number: 22, protocol: 'tcp' }] as const;
  await redisProtectionRecords(of).keepProtectedBy(
    'aws:123456789012:eu-west-1:i-0123456789abcdef0',
    ports,
    protectedBy,
  );
}
