/* Values of KQL, as far as the queries here need them: whatever else there is, is refused. */

/** What an operator between two values gives. */
export function compared(operator: string, left: unknown, right: () => unknown): unknown {
  if (operator === 'and') return left === true && right() === true;
  if (operator === 'or') return left === true || right() === true;
  const [a, b] = [left, right()] as readonly [number, number];
  if (operator === '==') return a === b;
  if (operator === '!=') return a !== b;
  if (operator === '+' || operator === '-')
    return a === undefined || b === undefined ? undefined : operator === '+' ? a + b : a - b;
  // What is not there is neither before nor after anything.
  if (a === undefined || b === undefined) return false;
  if (operator === '>') return a > b;
  if (operator === '<') return a < b;
  if (operator === '>=') return a >= b;
  if (operator === '<=') return a <= b;
  throw new Error(`not evaluated here: ${operator}`);
}

/** What a function gives. Instants are UTC milliseconds, lengths of time milliseconds. */
export function called(name: string, [a, b, c, ...rest]: readonly unknown[], now: number): unknown {
  switch (name) {
    case 'ago':
      return now - Number(a);
    case 'not':
      return a !== true;
    case 'isempty':
      return a === '' || a === undefined;
    case 'isnotempty':
      return a !== '' && a !== undefined;
    case 'isnotnull':
      return a !== undefined;
    case 'isnull':
      return a === undefined;
    case 'now':
      return now;
    case 'iff':
      return a === true ? b : c;
    case 'case': {
      const all = [a, b, c, ...rest];
      const at = all.findIndex((one, i) => i % 2 === 0 && (one === true || i === all.length - 1));
      return at === all.length - 1 ? all[at] : all[at + 1];
    }
    case 'coalesce':
      return [a, b, c, ...rest].find((one) => one !== '' && one !== undefined);
    case 'tostring':
      return String(a ?? '');
    case 'int':
    case 'toint':
      return a === '' || a === undefined ? undefined : Number(a);
    case 'hourofday':
      return new Date(Number(a)).getUTCHours();
    case 'dayofweek':
      return new Date(Number(a)).getUTCDay() * 86_400_000;
    case 'datetime_utc_to_local':
      return localOf(Number(a), String(b));
    case 'array_length':
      return (a as readonly unknown[]).length;
    case 'split':
      return String(a).split(String(b));
    case 'extract':
      return new RegExp(String(a)).exec(String(c))?.[Number(b)] ?? '';
    case 'bag_pack': {
      const all = [a, b, c, ...rest];
      return Object.fromEntries(all.flatMap((one, i) => (i % 2 === 0 ? [[String(one), all[i + 1]]] : [])));
    }
    default:
      throw new Error(`not evaluated here: ${name}()`);
  }
}

const SPANS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };

export function literalOf(text: string): unknown {
  if (/^".*"$|^'.*'$/.test(text)) return text.slice(1, -1);
  const [, count, unit = ''] = /^(?:int\()?(\d+)([dhms]?)\)?$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * (SPANS[unit] ?? 1);
  if (text === 'true' || text === 'false') return text === 'true';
  throw new Error(`not evaluated here: ${text}`);
}

/** The time that clocks there show, as if it were UTC. */
function localOf(at: number, zone: string): number {
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(
    at,
  );
  return Date.parse(`${shown.replace(' ', 'T')}Z`);
}
