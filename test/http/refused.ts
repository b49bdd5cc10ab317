import { expect } from 'vitest';
import type { Code } from '../../src/core/errors/errors.ts';
import { ADA, api, type Said } from './api-rig.ts';

export const JSON_TYPE = { 'content-type': 'application/json' };
/** What nobody can do who calls: type a command, press a button, look at a card. Where it is done in chat, that is said. */
const OF_CHAT = /`\/jit|\btype `|\b(?:press|button|card)\b|\b(?:a|the|this) form\b/i;
const ALLOWED = /\bin (?:a )?(?:chat|Slack|Teams)\b/i;
/** What is wrong with a page or a button, of which a call has none. */
export const OF_PAGES: readonly Code[] = [
  'formForeign',
  'formTooLate',
  'unreadableButton',
  'chatRefused',
  'changedMeanwhile',
];

export function chatWords(text: string): readonly string[] {
  return text.split(/(?<=[.?!]) /).filter((sentence) => OF_CHAT.test(sentence) && !ALLOWED.test(sentence));
}

const TITLES = [
  'Invalid call',
  'Not signed in',
  'Not allowed',
  'Not found',
  'Method not allowed',
  'Body too long',
  'Body is not JSON',
];

/** What is sent, and how it is refused. `-` is no field. */
export interface Row {
  readonly what: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly field: string;
  /** Whose call it is where it is not that of somebody who signed in. */
  readonly token?: string;
}

interface Call {
  readonly method?: string;
  readonly path: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
}

/** Calls of whoever signed in, as they go over the wire. */
export async function caller() {
  const rig = await api();
  const send = async ({ method = 'GET', path, body, headers = {}, token = `Bearer ${ADA}` }: Call): Promise<Said> => {
    rig.clock.advance(1_000);
    const response = await fetch(`${rig.url}${path}`, {
      ...{ method, headers: { ...(token === '' ? {} : { authorization: token }), ...headers } },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    return {
      status: response.status,
      type,
      headers: response.headers,
      body: /json/.test(type) && text ? JSON.parse(text) : text,
    };
  };
  return { ...rig, send };
}

/** What every refusal is. */
export function isRefusal(said: Said, { status, field }: Row): void {
  expect([said.status, said.type]).toEqual([status, 'application/problem+json; charset=utf-8']);
  expect(TITLES).toContain(said.body.title);
  expect(said.body.detail).toMatch(/^[A-Z“].*[.`]$/s);
  expect(chatWords(said.body.detail)).toEqual([]);
  expect(said.body).toMatchObject({ status, type: `urn:drawbridge:error:${said.body.code}` });
  expect((said.body.errors ?? [{ field: '-' }]).map((one: { field: string }) => one.field)).toContain(field);
}
