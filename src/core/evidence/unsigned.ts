import type { AuditFault } from './fault.ts';

type Where = Pick<AuditFault, 'file' | 'line'>;

/** Records behind the last one of which heads are signed; those that are missing before another record are told there. */
export function cutOff(signed: ReadonlyMap<number, Where>, end: number): readonly AuditFault[] {
  const behind = [...signed].filter(([index]) => index > end).toSorted(([a], [b]) => a - b);
  return behind.map(([to, { file, line }], i) => {
    const from = (behind[i - 1]?.[0] ?? end) + 1;
    const which = from === to ? `record ${to} was signed, and is` : `records ${from} to ${to} were signed, and are`;
    return { file, line, index: to, what: 'missing', say: `${which} not there` };
  });
}

/** No signed head covers what comes after this record; undefined where there is none at all. */
export function unsigned(signed: number | undefined, where: Where): AuditFault {
  const say =
    signed === undefined
      ? 'no head is signed: whoever can write there could have made all of it'
      : `no signed head covers the records after ${signed}: whoever can write there could have made them`;
  return { ...where, index: (signed ?? 0) + 1, what: 'signature', say };
}
