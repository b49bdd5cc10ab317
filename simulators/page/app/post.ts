import type { Outcome } from '../actions.ts';

/** Does something on the page's server. Never throws: what went wrong comes back as a notice. */
export async function post(path: string, body: object): Promise<Outcome> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Outcome;
  } catch {
    return { ok: false, notice: 'The demo does not answer. Is it still running?' };
  }
}
