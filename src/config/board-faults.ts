import { DAY_MS, MINUTE_MS } from '../core/language/instant.ts';
import type { Fault } from './fault.ts';
import type { Known } from './lenient.ts';
import { notCalled } from './meant.ts';
import { subjectFaults } from './named.ts';

export function boardFaults(config: Known): readonly Fault[] {
  const { board, web, readers = [] } = config;
  const session = board?.session;
  const isOdd = session !== undefined && (session < 5 * MINUTE_MS || session > DAY_MS);
  return [
    ...(board && !web ? [{ path: ['board'], message: 'needs web.url, where it is served' }] : []),
    ...(isOdd ? [{ path: ['board', 'session'], message: 'must be from 5m to 24h' }] : []),
    ...readers.flatMap((reader, i) => [
      ...subjectFaults(config, reader?.who, ['readers', i, 'who']),
      ...policyNameFaults(config, reader?.policies, ['readers', i, 'policies']),
    ]),
  ];
}

/** Break-glass rules are judged by like policies. */
function policyNameFaults(
  { policies = [], breakGlass = [] }: Known,
  list: readonly (string | undefined)[] = [],
  path: Fault['path'],
): readonly Fault[] {
  const known = [...policies, ...breakGlass].flatMap((one) => (one?.name === undefined ? [] : [one.name]));
  return list.flatMap((name, i) =>
    name !== undefined && !known.includes(name)
      ? [{ path: [...path, i], message: notCalled('policy', name, known) }]
      : [],
  );
}
