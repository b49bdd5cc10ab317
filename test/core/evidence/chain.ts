import type { AuditEntry } from '../../../src/core/audit/entry.ts';
import { recordOf } from '../../../src/core/audit/record.ts';
import { BEGINNING, type ChainEnd, chained, type Link } from '../../../src/core/evidence/chain.ts';
import type { Placed } from '../../../src/core/evidence/entry.ts';
import { headText } from '../../../src/core/evidence/head.ts';
import { lineOf, noteLine } from '../../../src/core/evidence/line.ts';
import { noteSigner, noteVerifier } from '../../../src/core/evidence/note.ts';

export const EPOCH = 1_764_000_000_000;

export function signerOf(fill = 7) {
  const signer = noteSigner('drawbridge/demo', Buffer.alloc(32, fill).toString('base64'));
  if (!signer) throw new Error('no key');
  return signer;
}

export const VERIFIERS = [noteVerifier(signerOf().vkey)].flatMap((one) => one ?? []);

export function entry(n: number, more: Partial<AuditEntry> = {}): AuditEntry {
  return {
    ...{ act: `act-${n}`, event: 'opened', outcome: 'done', as: 'program', machineName: `web-${n} “é”` },
    by: { person: { id: 'ada', name: 'Ada' } },
    ...more,
  } as AuditEntry;
}

export function placed(from: number, count: number): readonly Placed[] {
  return Array.from({ length: count }, (_, i) => {
    const n = from + i;
    return { epoch: EPOCH, sequence: n, at: EPOCH + n, ...recordOf(entry(n), () => `salt-${n}`) };
  });
}

export function signedHead(link: ChainEnd, signer = signerOf()): string {
  const { index, head, epoch, sequence } = link;
  return signer.sign(headText({ installation: 'demo', index, head, epoch, sequence, at: EPOCH }));
}

/** Lines of a file: so many records, with a signed head behind each ten. */
export function lines(
  count: number,
  end: ChainEnd = BEGINNING,
): { readonly lines: string[]; readonly links: readonly Link[] } {
  const links = chained(end, placed(end.sequence + 1, count));
  const all = links.flatMap((link, i) => [
    lineOf(link),
    ...((i + 1) % 10 === 0 || i === count - 1 ? [noteLine(signedHead(link))] : []),
  ]);
  return { lines: all, links };
}
