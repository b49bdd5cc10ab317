import { describe, expect, it } from 'vitest';
import { factsIn } from '../../../src/core/audit/facts.ts';
import { recordOf } from '../../../src/core/audit/record.ts';
import { receiptOf, receiptState } from '../../../src/core/evidence/receipt.ts';
import { EPOCH, entry, signerOf, VERIFIERS } from './chain.ts';

const about = {
  ...{ installation: 'demo', request: 'k7m3q9x', version: 7, proof: ['22 closed'], at: EPOCH, cloudAt: EPOCH + 500 },
  machine: 'aws:123456789012:eu-west-1:i-0123456789abcdef0',
} as const;

function recordWith(signer = signerOf(), facts: Partial<typeof about> = {}) {
  const receipt = receiptOf(signer, { ...about, ...facts });
  const { request, version, machine, proof } = about;
  return recordOf(entry(1, { event: 'closed', request, version, machine, proof, receipt }), () => 'salt').record;
}

const stateOf = (record: string, verifiers = VERIFIERS) => receiptState(factsIn(record) ?? {}, verifiers);

describe('the receipt of a closing', () => {
  it('is right for what was read back, and when, by the store and by the cloud', () => {
    expect(stateOf(recordWith(), VERIFIERS)).toEqual({ by: signerOf().vkey, at: EPOCH, installation: 'demo' });
    expect(stateOf(recordOf(entry(1), () => 'salt').record, VERIFIERS)).toBe('none');
  });

  it.each([
    ['another proof', '22 closed', '22 open'],
    ['another cloud’s time', `"cloudAt":${EPOCH + 500}`, `"cloudAt":${EPOCH + 501}`],
    ['another time', `"at":${EPOCH}`, `"at":${EPOCH + 1}`],
    ['another request', 'k7m3q9x', 'k7m3q9y'],
    ['another code', '"code":"', '"code":"0'],
  ])('is not right for %s', (_, said, changed) => {
    const record = recordWith();
    expect(record).toContain(said);
    expect(stateOf(record.replace(said, changed), VERIFIERS)).toBe('is not that of what the record says');
  });

  it('of another key counts for nothing', () => {
    expect(stateOf(recordWith(signerOf(9)), VERIFIERS)).toBe('is signed by a key that is not known');
  });
});
