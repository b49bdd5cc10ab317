import type { TokenCredential } from '@azure/identity';
import { FIELDS } from '../../src/core/evidence/row.ts';
import { notTaken, untaken } from '../../src/kit/untaken.ts';
import type { CallOut } from '../../src/ports/outgoing.ts';
import type { CannotTell } from '../../src/ports/sink.ts';

/** What may be looked at of a data collection rule, by Azure Resource Manager. */
export interface RuleSettings {
  /** Immutable ID of the rule. */
  readonly rule: string;
  readonly stream: string;
  /** Resource ID of the rule; absent: nothing is looked at. */
  readonly resource?: string;
  /** `https://management.azure.com`, or that of another cloud. */
  readonly management: string;
}

interface Reader {
  readonly call: CallOut;
  readonly credential: Pick<TokenCredential, 'getToken'>;
}

const LIMIT_MS = 10_000;
const MOST_BYTES = 500_000;
const MOST_NAMED = 5;

/** Columns begin with a capital letter; `Type` and `_ResourceId` are Azure's own. */
export function columnOf(field: string): string {
  return field.slice(0, 1).toUpperCase() + field.slice(1);
}

/** Every column that a row may have. */
export const COLUMNS: readonly string[] = [
  ...['TimeGenerated', 'EventTime', 'EventUid', 'Installation', 'Head', 'Record'],
  ...Object.keys(FIELDS)
    .filter((field) => field !== 'uid' && field !== 'time')
    .map(columnOf),
];

/**
 * What Azure would drop: it answers 204 for a row with columns that its stream does not declare, or its table does not have, and keeps the
 * rest. In one sentence; undefined where rule and table have all of them.
 */
export async function droppedColumns(
  { rule, stream, resource, management }: RuleSettings,
  reader: Reader,
  signal: AbortSignal,
): Promise<string | CannotTell | undefined> {
  if (resource === undefined) {
    const verify = 'docs/audit.md says how to see it in the table.';
    return { cannotTell: `Whether the table has all columns: audit.azureLogs.resource is not set. ${verify}` };
  }
  const arm = management.replace(/\/$/, '');
  const { properties } = (await read(`${arm}${resource}?api-version=2023-03-11`, arm, reader, signal)) as RuleRead;
  if (properties?.immutableId !== rule)
    return `audit.azureLogs.resource is another rule (${properties?.immutableId ?? 'none'}) than audit.azureLogs.rule.`;
  const declared = properties.streamDeclarations?.[stream]?.columns;
  if (!declared) return `The rule has no stream ${stream}.`;
  const lacks = lacking(declared);
  if (lacks.length > 0) return dropped(`Its stream ${stream}`, lacks);
  const flow = properties.dataFlows?.find(({ streams }) => streams?.includes(stream));
  if (flow?.transformKql !== undefined && flow.transformKql.trim() !== 'source')
    return { cannotTell: 'Whether the table gets all columns: the rule changes rows by a transformation of its own.' };
  const workspace = properties.destinations?.logAnalytics?.find(({ name }) => flow?.destinations?.includes(name ?? ''));
  const table = flow?.outputStream?.replace(/^Custom-/, '');
  if (!workspace?.workspaceResourceId || !table) return `The rule brings the stream ${stream} to no table.`;
  const path = `${workspace.workspaceResourceId}/tables/${table}?api-version=2022-10-01`;
  const { properties: found } = (await read(`${arm}${path}`, arm, reader, signal)) as TableRead;
  const missing = lacking([...(found?.schema?.columns ?? []), ...(found?.schema?.standardColumns ?? [])]);
  return missing.length > 0 ? dropped(`The table ${table}`, missing) : undefined;
}

interface Column {
  readonly name?: string;
}

/** “Data Collection Rules - Get” (2023-03-11), as far as it is looked at. */
interface RuleRead {
  readonly properties?: {
    readonly immutableId?: string;
    readonly streamDeclarations?: Readonly<Record<string, { readonly columns?: readonly Column[] }>>;
    readonly destinations?: {
      readonly logAnalytics?: readonly { readonly name?: string; readonly workspaceResourceId?: string }[];
    };
    readonly dataFlows?: readonly {
      readonly streams?: readonly string[];
      readonly destinations?: readonly string[];
      readonly transformKql?: string;
      readonly outputStream?: string;
    }[];
  };
}

/** “Tables - Get” (2022-10-01). */
interface TableRead {
  readonly properties?: {
    readonly schema?: { readonly columns?: readonly Column[]; readonly standardColumns?: readonly Column[] };
  };
}

function lacking(columns: readonly Column[]): readonly string[] {
  const names = new Set(columns.map(({ name }) => name));
  return COLUMNS.filter((name) => !names.has(name));
}

function dropped(what: string, lacks: readonly string[]): string {
  const more = lacks.length > MOST_NAMED ? ` and ${lacks.length - MOST_NAMED} more` : '';
  return `${what} lacks ${lacks.slice(0, MOST_NAMED).join(', ')}${more}: Azure drops what is sent for these without telling. Deploy manifests/sentinel again.`;
}

async function read(url: string, arm: string, { call, credential }: Reader, signal: AbortSignal): Promise<unknown> {
  const token = await credential.getToken(`${arm}/.default`, { abortSignal: signal });
  if (!token) throw notTaken(url, 'gives no token', { headers: {} });
  const headers = { authorization: `Bearer ${token.token}`, accept: 'application/json' };
  const answer = await call({ url, headers, limitMs: LIMIT_MS, mostBytes: MOST_BYTES, signal });
  const [what = ''] = /\/(?:dataCollectionRules|tables)\/[^?]+/i.exec(url) ?? [];
  const why = untaken(answer);
  if (why !== undefined) throw notTaken(url, `${why} for ${what}`, answer);
  try {
    return JSON.parse(answer.text) ?? {};
  } catch {
    throw notTaken(url, `answers for ${what} with what cannot be read`, answer);
  }
}
