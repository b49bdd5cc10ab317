import { readFileSync } from 'node:fs';
import { type KqlRow, run } from './kql.ts';
import { type KqlColumn, Workspace } from './kusto.ts';

export const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000] as const;
/** A week after the clocks in Europe were set back. */
export const NOW = Date.UTC(2026, 10, 1);

const text = (name: string) => readFileSync(new URL(`../../manifests/sentinel/${name}`, import.meta.url), 'utf8');
const body = text('drawbridge-audit.kql');
const columns = JSON.parse(text('columns.json')) as readonly KqlColumn[];
const workspace = new Workspace({ Drawbridge_CL: columns }, [{ name: 'DrawbridgeAudit', body }]);
const NOTHING: KqlRow = Object.fromEntries(columns.map(({ name, type }) => [name, type === 'string' ? '' : undefined]));

/** What was written by now, as the table has it: no record without an ID of its own, and each of them twice, as after an answer that was lost. */
export function written(rows: readonly KqlRow[]): readonly KqlRow[] {
  const own = rows.flatMap((row, i) => {
    const at = Number(row.EventTime);
    return at < NOW ? [{ ...NOTHING, Outcome: 'done', ...row, EventUid: `e-${i}`, TimeGenerated: at }] : [];
  });
  return [...own, ...own];
}

/** What a query of the folder finds. */
export function hunted(name: string, rows: readonly KqlRow[]): readonly KqlRow[] {
  const tables = { Drawbridge_CL: written(rows) };
  return run(text(`queries/${name}.kql`), { workspace, tables, functions: { DrawbridgeAudit: body }, now: NOW });
}
