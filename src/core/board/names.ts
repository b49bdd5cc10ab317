import { lookOf } from '../language/look.ts';
import { namesApart, nameText } from '../language/names-apart.ts';
import type { BoardRow } from './row.ts';

/** A name that somebody else gave; what ends its id, where nothing of it can be seen. */
export function nameOn(name: string, id: string): string {
  return [name, tailOf(id)].map(nameText).find((text) => lookOf(text) !== '') ?? 'no name';
}

/** A row as it may be shown. Ids stay as they are, and so do policies, by which it is told who may read it. */
export function namedRow(row: BoardRow, tidied = nameText): BoardRow {
  const { machine, machineName, requester, location, source, sourceName, waitsFor, deciders, trouble } = row;
  const named = (name: string, id: string) => {
    const text = tidied(name);
    return lookOf(text) === '' ? nameOn(name, id) : text;
  };
  return {
    ...row,
    machineName: named(machineName, machine),
    requester: { id: requester.id, name: named(requester.name, requester.id) },
    ports: row.ports.map(tidied),
    source: tidied(source),
    ...(location === undefined ? {} : { location: tidied(location) }),
    ...(sourceName === undefined ? {} : { sourceName: tidied(sourceName) }),
    ...(waitsFor ? { waitsFor: waitsFor.map(tidied) } : {}),
    ...(deciders ? { deciders: deciders.map(tidied) } : {}),
    ...(trouble === undefined ? {} : { trouble: tidied(trouble) }),
  };
}

/** Several rows, with machines and people told apart: who requested, who decided, and who is asked. */
export function rowsApart<R extends BoardRow>(rows: readonly R[]): readonly R[] {
  const machine = namesApart(rows.map((row) => ({ id: row.machine, name: row.machineName })));
  const person = namesApart(
    rows.flatMap(({ requester, ...row }) => [
      ...whoOf(row.deciders, row.deciderIds),
      ...whoOf(row.waitsFor, row.waitsForIds),
      requester,
    ]),
  );
  const apart = (names: Names, ids: Names) => names?.map((name, i) => person({ id: ids?.[i] ?? '', name }));
  return rows.map((row) => {
    const [deciders, waitsFor] = [apart(row.deciders, row.deciderIds), apart(row.waitsFor, row.waitsForIds)];
    return {
      ...row,
      machineName: machine({ id: row.machine, name: row.machineName }),
      requester: { ...row.requester, name: person(row.requester) },
      ...(deciders ? { deciders } : {}),
      ...(waitsFor ? { waitsFor } : {}),
    };
  });
}

type Names = readonly string[] | undefined;

/** None without IDs: a name alone is nobody's. */
function whoOf(names: Names, ids: Names) {
  return (names ?? []).flatMap((name, i) => (ids?.[i] === undefined ? [] : [{ id: ids[i], name }]));
}

/** What ends a cloud's id: an instance, or the name of a VM. */
function tailOf(id: string): string {
  return id.split(/[:/]/).at(-1) ?? id;
}
