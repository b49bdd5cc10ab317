import type { ReactNode } from 'react';
import type { BoardRow } from '../../src/core/board/row.ts';
import { sourceText } from './words.ts';

/** The columns of a table; `children` are more of them. */
export function Heads({ names, children }: { names: readonly string[]; children?: ReactNode }) {
  return (
    <thead>
      <tr>
        {names.map((name) => (
          <th key={name} scope="col">
            {name}
          </th>
        ))}
        {children}
      </tr>
    </thead>
  );
}

/** A column of buttons, which say themselves what they do. */
export function ActsHead({ name }: { name: string }) {
  return (
    <th scope="col">
      <span className="hidden">{name}</span>
    </th>
  );
}

export function Ports({ row }: { row: BoardRow }) {
  return (
    <td data-label="Ports" className="mono">
      {row.ports.join(', ')}
    </td>
  );
}

export function Source({ row }: { row: BoardRow }) {
  return (
    <td data-label="From" className="mono">
      {sourceText(row.source, row.sourceName)}
    </td>
  );
}
