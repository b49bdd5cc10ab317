import { JitError } from '../../src/core/errors/errors.ts';
import type { CallOut } from '../../src/ports/outgoing.ts';
import type { Tickets } from '../../src/ports/tickets.ts';

/** How a ticket system is asked. */
export interface TicketSystem {
  /** With `{ticket}` where its id stands. */
  readonly url: string;
  /** The whole value of the header. */
  readonly authorization?: string;
  /** Where the answer has the state: `fields.status.name`, `result.0.state`. */
  readonly path: readonly string[];
  readonly open: readonly string[];
  readonly closed: readonly string[];
}

const LIMIT_MS = 8_000;
const MOST_BYTES = 256_000;
/** What an id may have: nothing that means something in a URL or a query. */
const ID = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,60}[A-Za-z0-9])?$/;

/** Asks ticket systems over HTTP. What is not surely open or closed is not known. */
export function ticketSystems(systems: ReadonlyMap<string, TicketSystem>, call: CallOut): Tickets {
  return {
    async state({ system, id }, signal) {
      const unknown = (why: string, cause?: unknown) => new JitError('ticketUnknown', { ticket: id, why }, { cause });
      const own = systems.get(system);
      if (!own) throw unknown(`drawbridge.yaml has no ticket system called ${system}`);
      if (!ID.test(id)) throw unknown('that is no ID of a ticket');
      const url = own.url.replaceAll('{ticket}', encodeURIComponent(id));
      const headers = {
        accept: 'application/json',
        ...(own.authorization ? { authorization: own.authorization } : {}),
      };
      const answer = await call({ url, headers, limitMs: LIMIT_MS, mostBytes: MOST_BYTES, signal }).catch((error) => {
        throw error instanceof JitError ? unknown(lowered(error.say), error) : error;
      });
      if (answer.status === 404) throw unknown('the ticket system has no such ticket, or does not show it');
      if (answer.status !== 200) throw unknown(`the ticket system answers ${answer.status}`);
      const state = valueAt(parsed(answer.text), own.path);
      if (state !== undefined && own.closed.includes(state)) return 'closed';
      if (state !== undefined && own.open.includes(state)) return 'open';
      throw unknown(
        state === undefined ? 'the answer has no state' : `its state “${state.slice(0, 40)}” means neither`,
      );
    },
  };
}

function lowered(say: string): string {
  return say.replace(/\.$/, '');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A text or a number, as text; undefined for anything else, and for what is not there. */
function valueAt(value: unknown, [part, ...rest]: readonly string[]): string | undefined {
  if (part === undefined) return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
  return valueAt((value as Readonly<Record<string, unknown>>)[part], rest);
}
