import { useSyncExternalStore } from 'react';

/** What the page shows stands in its address, so that it can be sent to somebody, and Back goes back. */
export interface Place {
  /** `''`, `machines`, `timeline`, `exposure`, `history`, or `lease`. */
  readonly view: string;
  /** Of a request. */
  readonly id: string;
  readonly query: URLSearchParams;
}

const changed = new EventTarget();

export function usePlace(): Place {
  const href = useSyncExternalStore(
    (listener) => {
      window.addEventListener('popstate', listener);
      changed.addEventListener('go', listener);
      return () => {
        window.removeEventListener('popstate', listener);
        changed.removeEventListener('go', listener);
      };
    },
    () => window.location.pathname + window.location.search,
  );
  const [path = '', ...search] = href.split('?');
  const [, , view = '', id = ''] = path.split('/');
  return { view, id: decoded(id), query: new URLSearchParams(search.join('?')) };
}

/** What is not encoded as addresses are is taken as it stands: no request is called so, and that is what is said then. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** How many are passed over: as the server reads it, which passes over what is no number. */
export function skipIn(query: URLSearchParams): number {
  const text = query.get('skip') ?? '';
  return /^\d{1,7}$/.test(text) ? Number(text) : 0;
}

/** The page of one request. */
export function leaseAddress(id: string): string {
  return `/board/lease/${encodeURIComponent(id)}`;
}

/** `isSame`: in place of the address that is there, as while somebody types. */
export function go(to: string, isSame = false): void {
  if (isSame) window.history.replaceState(null, '', to);
  else window.history.pushState(null, '', to);
  changed.dispatchEvent(new Event('go'));
  if (!isSame) window.scrollTo(0, 0);
}

/** The address of a view with some of the query changed; an empty value takes it away. */
export function addressOf(
  view: string,
  query: URLSearchParams,
  changes: Readonly<Record<string, string>> = {},
): string {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  return `/board${view === '' ? '' : `/${view}`}${text === '' ? '' : `?${text}`}`;
}
