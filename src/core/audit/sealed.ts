import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** AES-256-GCM (NIST SP 800-38D): `sealed:<nonce>.<what is encrypted, and its tag>`, in base64url. */
const SEALED = /^sealed:([\w-]{16})\.([\w-]{22,})$/;
const CIPHER = 'aes-256-gcm';
const [NONCE_BYTES, TAG_BYTES] = [12, 16];

/** Texts about people, by their ids, as a record has them (core/audit/record.ts): JSON. */
export type PeopleText = string;

/** The key of a person; undefined where it was destroyed, or is not known here. */
export type KeyOf = (person: string) => Buffer | undefined;

/** What is said of each person, for those alone who have that person's key. Nothing is left of whoever has none. */
export function sealedPeople(people: PeopleText, keyOf: KeyOf): PeopleText {
  // Whose it is nobody can tell, nor seal it for them.
  if (!partsIn(people)) return NOBODY;
  return mapped(people, (text, person) => {
    const key = keyOf(person);
    return key && sealedPart(text, person, key);
  });
}

/** The same in clear, as far as the keys are there; the rest stays sealed. */
export function openedPeople(people: PeopleText, keyOf: KeyOf): PeopleText {
  return mapped(people, (text, person) => openedText(text, person, keyOf));
}

/** The same of one person's text. */
export function openedText(text: string, person: string, keyOf: KeyOf): string {
  const key = isSealed(text) ? keyOf(person) : undefined;
  return (key && openedPart(text, person, key)) ?? text;
}

/**
 * Without what is said of these people. `named` are those of whom the record says that something is said: of a text that cannot be read nothing is
 * left where one of them is gone, as it may be theirs.
 */
export function withoutPeople(
  people: PeopleText,
  isGone: (person: string) => boolean,
  named: Iterable<string> = [],
): PeopleText {
  if (!partsIn(people)) return [...named].some(isGone) ? NOBODY : people;
  return mapped(people, (text, person) => (isGone(person) ? undefined : text));
}

/** What is said of each person, by their ids; undefined where it cannot be read: Drawbridge did not write it, or it was damaged. */
export function partsIn(people: PeopleText): Readonly<Record<string, string>> | undefined {
  try {
    const read: unknown = JSON.parse(people);
    const isRight = typeof read === 'object' && read !== null && !Array.isArray(read);
    return isRight && Object.values(read).every((text) => typeof text === 'string')
      ? (read as Readonly<Record<string, string>>)
      : undefined;
  } catch {
    return undefined;
  }
}

export function isSealed(text: string): boolean {
  return SEALED.test(text);
}

/** One person's text is good for nothing in the place of another's. */
function sealedPart(text: string, person: string, key: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(person));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `sealed:${nonce.toString('base64url')}.${sealed.toString('base64url')}`;
}

function openedPart(text: string, person: string, key: Buffer): string | undefined {
  const [, nonce = '', sealed = ''] = SEALED.exec(text) ?? [];
  const bytes = Buffer.from(sealed, 'base64url');
  try {
    const decipher = createDecipheriv(CIPHER, key, Buffer.from(nonce, 'base64url')).setAAD(Buffer.from(person));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return decipher.update(bytes.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
}

const NOBODY = '{}';

/** The text itself where nothing changed: what is kept elsewhere letter for letter stays the same. */
function mapped(people: PeopleText, map: (text: string, person: string) => string | undefined): PeopleText {
  if (people === NOBODY) return people;
  const read = partsIn(people);
  if (!read) return people;
  const parts = Object.entries(read);
  const next = parts.flatMap(([person, text]) => {
    const own = map(text, person);
    return own === undefined ? [] : [[person, own] as const];
  });
  const isSame = next.length === parts.length && next.every(([, text], i) => text === parts[i]?.[1]);
  return isSame ? people : JSON.stringify(Object.fromEntries(next));
}
