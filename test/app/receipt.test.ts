import { expect, it } from 'vitest';
import type { Deps } from '../../src/app/deps.ts';
import { change } from '../../src/app/machine/commit.ts';
import type { Ended } from '../../src/core/request/request.ts';
import { signerOf } from '../core/evidence/chain.ts';
import { inStatus } from '../core/samples.ts';

const [closing, ended] = [inStatus('closing'), inStatus('ended')];
const ends = {
  next: { ...ended, version: closing.version + 1 },
  event: 'closed' as const,
  as: 'program' as const,
  by: 'drawbridge' as const,
};

it('the request that ended says the code of the receipt that its audit entry has', () => {
  const evidence = { installation: 'demo', signer: signerOf() };
  const { next, audit } = change({ evidence, clouds: new Map() } as unknown as Deps, closing, ends);
  expect(audit?.receipt?.code).toMatch(/^[0-9a-f]{10}$/);
  expect((next as Ended).proof.receipt).toEqual({ code: audit?.receipt?.code });
});

it('says nothing of one where nothing is signed', () => {
  const { next, audit } = change({ clouds: new Map() } as unknown as Deps, closing, ends);
  expect([audit?.receipt, (next as Ended).proof.receipt]).toEqual([undefined, undefined]);
});
