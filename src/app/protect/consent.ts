import { JitError } from '../../core/errors/errors.ts';
import type { ConsentAsk } from '../../core/language/command.ts';
import { say } from '../../core/language/say.ts';
import { type Line, tidy } from '../../core/language/text.ts';
import type { Machine, MachineId } from '../../core/machine/machine.ts';
import { placesText } from '../../core/machine/match.ts';
import { type AskedPage, type ClosingChange, codeOf, itemsOf } from '../../core/policy/consent.ts';
import { lockedPorts } from '../../core/policy/held.ts';
import { agreedReport, consentPage, waitingReport } from '../../core/view/consent-page.ts';
import type { Report } from '../../core/view/report.ts';
import { judged, note } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { answerInTime, cloudFor } from '../machine/cloud.ts';
import { inventory } from '../machine/inventory.ts';
import { actingAs, mayProtect, nameOf, type ProtectActor } from './actor.ts';
import { tellPlaces } from './news.ts';

/** Every machine of the page is read. */
const LOOK_MS = 45_000;

/** What came of it; or what is to be read first. */
export type Consented = { readonly lines: readonly Line[] } | { readonly page: Report };

/**
 * Agreeing to what the configuration would have closed: without a code the pages that wait, with one that page as it is now, and
 * only with its confirmation the consent, which is kept when the page still says the same. Closing is the patrol's. Throws
 * `notProtector` and `unknownPage`.
 */
export async function consent(deps: Deps, ask: ConsentAsk, actor: ProtectActor): Promise<Consented> {
  const { code, confirm = false } = ask;
  const said = { ...actingAs(actor), event: 'consent', ...(code === undefined ? {} : { page: code }) } as const;
  const page = await judged(deps, said, async () => {
    mayProtect(deps, actor);
    return code === undefined ? undefined : pageCalled(deps, code);
  });
  if (!page) return { page: await waiting(deps) };
  const changes = await changesOn(deps, page.machines, AbortSignal.timeout(LOOK_MS));
  if (changes.length === 0) {
    await deps.records.dropPage(page.code);
    return { lines: [[say`Nothing that this page showed is open to standing rules any more.`]] };
  }
  const now = codeOf(changes);
  const isSame = now === page.code;
  if (!isSame) await keepPage(deps, page.entry, changes);
  if (!confirm || !isSame) {
    await note(deps, { ...said, outcome: 'shown', page: now });
    return { page: consentPage(changes, { code: now, entry: page.entry, again: !isSame }) };
  }
  return { lines: await agree(deps, page, changes, actor) };
}

async function agree(
  deps: Deps,
  page: AskedPage,
  changes: readonly ClosingChange[],
  actor: ProtectActor,
): Promise<readonly Line[]> {
  if (page.agreed) return [[say`${tidy(page.agreed.by, 80)} agreed to it ${{ at: page.agreed.at }} already.`]];
  const by = nameOf(actor);
  const why = `agreed to page ${page.code} of protections: ${page.entry}`;
  const standing = changes.flatMap(({ open }) => open);
  await note(deps, { ...actingAs(actor), event: 'consent', outcome: 'done', page: page.code, why, standing });
  await deps.records.agree(page.code, { by, at: (await deps.store.now()).at });
  const report = agreedReport(by, page, changes);
  await tellPlaces(deps, report, askedPlaces(deps, page.entry));
  return report.sections.flatMap(({ rows }) => rows.map(({ line }) => line));
}

async function pageCalled({ records }: Deps, code: string): Promise<AskedPage> {
  const page = (await records.pages()).find((one) => one.code === code.toLowerCase());
  if (!page) throw new JitError('unknownPage', { code: tidy(code, 40) });
  return page;
}

async function waiting(deps: Deps): Promise<Report> {
  const pages = await deps.records.pages();
  const names = new Map(
    pages.length === 0 ? [] : (await inventory(deps, answerInTime())).all.map((m) => [m.id, m.name]),
  );
  const nameOfMachine = (id: string) => names.get(id as MachineId) ?? id.slice(id.lastIndexOf(':') + 1);
  return waitingReport(pages, nameOfMachine);
}

/** What would be closed now on those of these machines that are still there and still meant. Throws what cannot be read. */
async function changesOn(
  deps: Deps,
  machines: readonly MachineId[],
  signal: AbortSignal,
): Promise<readonly ClosingChange[]> {
  const { all, unread } = await inventory(deps, signal);
  const there = all.filter(({ id }) => machines.includes(id));
  const [missing] = machines.filter((id) => !there.some((machine) => machine.id === id));
  if (missing !== undefined && unread.length > 0)
    throw new JitError('machineNotRead', { typed: missing, places: placesText(unread) });
  const changes = await Promise.all(there.map((machine) => closingOn(deps, machine, signal)));
  return changes.flatMap((change) => (change && change.plan.remedies.length > 0 ? [change] : []));
}

/**
 * What the configuration would have closed on a machine, read now; undefined where it wants nothing closed, and before the
 * machine is protected there: a port that nobody can request is not closed.
 */
export async function closingOn(deps: Deps, machine: Machine, signal: AbortSignal): Promise<ClosingChange | undefined> {
  const locked = lockedPorts(deps.rules.protections ?? [], machine);
  const cloud = cloudFor(deps, machine.id);
  const [first] = locked;
  if (!first || !cloud.planLockdown) return undefined;
  const { protection, standing } = await cloud.look(machine.id, signal);
  const numbers = new Set(locked.map(({ port }) => port.port.number));
  const ports = (protection?.ports ?? []).map(({ port }) => port).filter(({ number }) => numbers.has(number));
  if (new Set(ports.map(({ number }) => number)).size < numbers.size) return undefined;
  const plan = await cloud.planLockdown({ machine: machine.id, ports, how: 'close' }, signal);
  const open = standing.filter(({ port }) => numbers.has(port.number));
  return { machine, entry: first.entry, ports, open, plan };
}

/** Keeps that people were shown it. */
export async function keepPage(deps: Deps, entry: string, changes: readonly ClosingChange[]): Promise<AskedPage> {
  const page = {
    code: codeOf(changes),
    entry,
    machines: changes.map(({ machine }) => machine.id),
    items: changes.flatMap(itemsOf),
    at: (await deps.store.now()).at,
  };
  await deps.records.keepPage(page);
  return page;
}

/** Who gets the pages of an entry. */
export function askedPlaces({ rules }: Deps, entry: string) {
  return (rules.protections ?? []).find(({ name }) => name === entry)?.lockdown?.ask ?? [];
}
