import { describe, expect, it } from 'vitest';
import type { PortProof } from '../../src/core/request/lease.ts';
import type { Ended, Request } from '../../src/core/request/request.ts';
import { migrated } from '../../src/redis/migrate.ts';
import { requestSchema } from '../../src/redis/schema.ts';
import { inStatus, RDP, SSH } from '../core/samples.ts';

const AT = 1_700_000_000_000;
const both: Ended = { ...inStatus('ended'), ports: [SSH, RDP] };

/** A record of before each port had a proof of its own. */
function read(proof: unknown): Request {
  return requestSchema.parse(JSON.parse(JSON.stringify({ ...both, proof })));
}

describe('a proof of before each port had its own', () => {
  it.each<[string, object, readonly PortProof[]]>([
    [
      'closed',
      { verdict: 'closed' },
      [
        { port: SSH, verdict: 'closed' },
        { port: RDP, verdict: 'closed' },
      ],
    ],
    [
      'open at one port: of the other nothing was said',
      { verdict: 'open', through: ['3389: allow-all', '3389: office: net'] },
      [
        { port: RDP, verdict: 'open', ways: [{ through: 'allow-all' }, { through: 'office: net' }] },
        { port: SSH, verdict: 'unknown', why: 'it was not read' },
      ],
    ],
    [
      'not known for one port: the other was closed',
      { verdict: 'unknown', through: ['22: web-1 is stopped'] },
      [
        { port: SSH, verdict: 'unknown', why: 'web-1 is stopped' },
        { port: RDP, verdict: 'closed' },
      ],
    ],
    [
      'not known, and not why',
      { verdict: 'unknown' },
      [
        { port: SSH, verdict: 'unknown', why: 'it was not read' },
        { port: RDP, verdict: 'unknown', why: 'it was not read' },
      ],
    ],
    [
      'shared: which ports was not said, so all of them may be',
      { verdict: 'shared', until: AT + 1 },
      [
        { port: SSH, verdict: 'shared', until: AT + 1 },
        { port: RDP, verdict: 'shared', until: AT + 1 },
      ],
    ],
  ])('is read, and claims no more than it did: %s', (_, proof, ports) => {
    expect(read({ at: AT, ...proof })).toMatchObject({ proof: { at: AT, verdict: ports[0]?.verdict, ports } });
  });

  it('is left as it is where it has them, or cannot be read', () => {
    expect(read(both.proof)).toEqual(both);
    expect(() => read({ at: AT, verdict: 'gone' })).toThrow();
    expect(() => read({ at: AT, verdict: 'open', ports: [{ port: SSH, verdict: 'open' }] })).toThrow();
  });

  it('is nobody’s business where there is none', () => {
    const pending = inStatus('pending');
    expect(requestSchema.parse(pending)).toEqual(pending);
    for (const nonsense of [undefined, null, 1, 'x', []]) expect(migrated(nonsense)).toBe(nonsense);
  });
});
