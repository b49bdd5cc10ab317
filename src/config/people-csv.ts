import { stringify } from 'yaml';
import { badConfig } from '../core/errors/bad-config.ts';
import { faultsOf, pathText, wording } from './fault.ts';
import { person } from './people.ts';

/** How errors call it. */
export const PEOPLE_FILE = 'The file of people';
const COLUMNS = Object.keys(person.shape);

/**
 * The `people` of a drawbridge.yaml from a CSV file (RFC 4180) whose first line names the settings: `id,name,slack,…`. Empty fields
 * are left out. `badConfig` with every fault and its line.
 */
export function peopleFromCsv(text: string): string {
  const [head, ...rows] = rowsOf(text);
  const columns = (head?.fields ?? []).map((field) => field.trim());
  const unknown = columns.filter((column) => !COLUMNS.includes(column));
  if (unknown.length > 0 || !columns.includes('id') || !columns.includes('name'))
    throw badConfig(
      [
        `the first line must name id, name, and any of ${COLUMNS.join(', ')}${unknown.length > 0 ? `; not ${unknown.join(', ')}` : ''}`,
      ],
      undefined,
      PEOPLE_FILE,
    );
  const faults: string[] = [];
  const seen = new Map<string, number>();
  const people = rows.map(({ fields, line }) => {
    const cells = columns.map((column, i) => [column, fields[i]?.trim() ?? ''] as const);
    const given = Object.fromEntries(cells.filter(([, value]) => value !== ''));
    const read = person.safeParse(given, { error: wording });
    const wrong = read.success ? [] : faultsOf(read.error.issues);
    faults.push(...wrong.map(({ path, message }) => `line ${line}: ${pathText(path)}: ${message}`));
    if (fields.length > columns.length) faults.push(`line ${line}: has more fields than the first line`);
    for (const key of ['id', 'slack', 'entra']) {
      const value = given[key]?.toLowerCase();
      const before = value === undefined ? undefined : seen.get(`${key} ${value}`);
      if (before !== undefined) faults.push(`line ${line}: ${key}: ${given[key]} stands in line ${before} too`);
      if (value !== undefined) seen.set(`${key} ${value}`, line);
    }
    return given;
  });
  if (faults.length > 0) throw badConfig(faults, undefined, PEOPLE_FILE);
  return stringify({ people });
}

interface Row {
  readonly fields: readonly string[];
  readonly line: number;
}

/** Fields in quotes may hold commas, line ends, and doubled quotes. Lines without anything in them are left out. */
function rowsOf(text: string): readonly Row[] {
  const rows: Row[] = [];
  let fields: string[] = [];
  let field = '';
  let isQuoted = false;
  let [line, from] = [1, 1];
  const endRow = () => {
    fields.push(field);
    if (fields.some((one) => one.trim() !== '')) rows.push({ fields, line: from });
    [fields, field, from] = [[], '', line];
  };
  const clean = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  for (let i = 0; i < clean.length; i += 1) {
    const character = clean.charAt(i);
    if (character === '\n') line += 1;
    if (isQuoted && character === '"' && clean.charAt(i + 1) === '"') {
      field += '"';
      i += 1;
    } else if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted) field += character;
    else if (character === ',') {
      fields.push(field);
      field = '';
    } else if (character === '\n') endRow();
    else field += character;
  }
  if (isQuoted) throw badConfig([`line ${from}: a quote does not end`], undefined, PEOPLE_FILE);
  endRow();
  return rows;
}
