import { JitError } from '../../core/errors/errors.ts';
import type { Ask } from '../../core/language/command.ts';
import { MINUTE_MS } from '../../core/language/instant.ts';
import type { Person } from '../../core/people/person.ts';
import type { Request } from '../../core/request/request.ts';
import { isAsked, namespaceOf, type Statement, statementText } from '../../core/request/statement.ts';
import type { SignatureCheck } from '../../ports/signatures.ts';
import { judged } from '../audit/act.ts';
import type { Deps, Offline } from '../deps.ts';
import { rememberingDirectory } from '../request/glass-house.ts';
import { judgedGlass, keepGlass } from './break.ts';
import type { GlassTold } from './told.ts';

/** A signature counts for so long, and clocks may differ by so much. */
const COUNTS_MS = 10 * MINUTE_MS;
const SKEW_MS = MINUTE_MS;

/** What is to be signed, and what it would do. */
export interface ToSign {
  readonly statement: Statement;
  readonly told: GlassTold;
  readonly reviewBy: number;
}

/** What was asked at the command line, by whom as they say: the signature shows whether it is true. */
export interface SignedAsk {
  readonly person: string;
  readonly ask: Ask;
}

/** Judges what is asked for, and gives what somebody has to sign for it. Opens nothing. Throws what stands against it. */
export async function toSign(deps: Deps, { person: id, ask }: SignedAsk): Promise<ToSign> {
  const { installation } = offlineOf(deps);
  const person = await personFor(deps, id);
  const { request, told } = await judgedGlass(deps, person, ask, { key: '' });
  const { at } = await deps.store.now();
  const { machine, machineName, ports, source, forMs, justification, breakGlass } = request;
  const asked = { machine, machineName, ports, source, forMs, justification };
  const nonce = Buffer.from(deps.random(18)).toString('base64url');
  const statement = { installation, person: person.id, asked, at, until: at + COUNTS_MS, nonce };
  return { statement, told, reviewBy: breakGlass?.reviewBy ?? at };
}

/**
 * Opens what was signed with a key that is enrolled for the person, once, while the signature counts; all else is judged as when
 * the glass is broken in a chat. Throws why it does not count, which is in the audit.
 */
export async function breakSigned(
  deps: Deps,
  { person: id, ask }: SignedAsk,
  { statement, signature }: { readonly statement: Statement; readonly signature: string },
): Promise<Request> {
  const about = { event: 'break glass', as: 'requester', words: ask.justification } as const;
  const claimed = { person: { id, name: id } };
  return judged(deps, { ...about, by: deps.acting ?? claimed, why: `said to be ${id}` }, async () => {
    const person = await personFor(deps, id);
    const key = await keyOf(deps, person, statement, signature);
    const made = `signed:${statement.nonce}`;
    const before = await deps.store.madeBy(made);
    if (before !== undefined) throw new JitError('signatureUsed', { request: before });
    const here = { ...deps, acting: { person: { id: person.id, name: person.name }, account: key } };
    const { request } = await judgedGlass(here, person, ask, { key });
    if (!isAsked(statement, request)) throw new JitError('signatureWrong');
    const kept = await keepGlass(here, request, made);
    // Somebody else used it in the same moment.
    if (kept.id !== request.id) throw new JitError('signatureUsed', { request: kept.id });
    return kept;
  });
}

/** They must be there, not disabled, and have a key. */
async function personFor(deps: Deps, id: string): Promise<Person> {
  if (!deps.rules.glassKeys?.keys.has(id)) throw new JitError('noGlassKeys', { person: id });
  const person = await rememberingDirectory(deps).byId(id);
  if (!person) throw new JitError('personGone', { name: id });
  if (person.disabled) throw new JitError('personDisabled', { name: person.name });
  return person;
}

/** The fingerprint of the key that signed this. */
async function keyOf(deps: Deps, person: Person, statement: Statement, signature: string): Promise<string> {
  const { installation, signatures } = offlineOf(deps);
  const { at } = await deps.store.now();
  const keys = deps.rules.glassKeys?.keys.get(person.id) ?? [];
  const namespace = namespaceOf(installation);
  // A file that was written with an editor ends with a line break.
  const checks = ['', '\n'].map((end) =>
    signatures.check({ text: `${statementText(statement)}${end}`, signature, namespace }, keys),
  );
  const right = checks.find((check) => 'fingerprint' in check) ?? checks[0];
  if (!right || 'why' in right) throw refusal(right?.why ?? 'wrong', { namespace, person: person.name });
  const isMine = statement.installation === installation && statement.person === person.id;
  if (!isMine) throw new JitError('signatureWrong');
  const isNow = statement.at <= at + SKEW_MS && at < statement.until && statement.until - statement.at <= COUNTS_MS;
  if (!isNow) throw new JitError('signatureLate');
  return right.fingerprint;
}

function refusal(
  why: Extract<SignatureCheck, { readonly why: unknown }>['why'],
  words: { readonly namespace: string; readonly person: string },
): JitError {
  switch (why) {
    case 'unreadable':
      return new JitError('signatureUnreadable');
    case 'otherUse':
      return new JitError('signatureElsewhere', { namespace: words.namespace });
    case 'unknownKey':
      return new JitError('signatureUnknown', { person: words.person });
    case 'wrong':
      return new JitError('signatureWrong');
  }
}

function offlineOf({ offline }: Deps): Offline {
  if (!offline) throw new Error('nothing is here to break glass without a chat');
  return offline;
}
