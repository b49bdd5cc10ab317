import type {
  AzureFirewall,
  AzureFirewallNatRule,
  AzureFirewallNatRuleCollection,
  FirewallPolicyNatRuleCollection,
  FirewallPolicyRuleCollectionGroup,
  NatRule,
} from '@azure/arm-network';
import { JitError } from '../../../src/core/errors.ts';
import { SECOND_MS } from '../../../src/core/instant.ts';
import type { Protocol } from '../../../src/core/port.ts';
import type { Allowed } from '../clients.ts';
import { type Azure, siteOf } from '../context.ts';
import { CLOUD, isChanged, isLocked, isNotFound, isSilent } from '../errors.ts';
import { type ArmId, partsOf } from '../ids.ts';
import { type Book, type ClassicBook, type PolicyBook, readBook } from './book.ts';
import { groupName, leasesName } from './names.ts';

/** How often a book is read until what was written is there and in force, and at what distance. */
const TRIES = 6;
const BETWEEN_MS = SECOND_MS;
/** A firewall takes minutes for a change: whoever waited that long comes back after this. */
const LATER_MS = 20 * SECOND_MS;

/** One DNAT rule of ours. */
export interface Translation {
  readonly name: string;
  readonly description: string;
  readonly protocol: Protocol;
  /** `*` or a prefix. */
  readonly source: string;
  /** A public address of the firewall, and its port. */
  readonly address: string;
  readonly port: number;
  /** Where that leads. */
  readonly to: { readonly address: string; readonly port: number };
}

/** What is to change in our collection for leases: rules that come in place of those with their names, and rules that go. */
export interface Edit {
  readonly put: readonly Translation[];
  readonly remove: readonly string[];
}

/**
 * Writes into one book, all in one call, until it is as wanted and in force: `next` looks at it and gives what is to
 * change. Gives how often it was written. A firewall takes minutes: then `cloudBusy` says when to come back, and what was
 * written is found by reading. A book that is gone is as wanted.
 *
 * NB. A classic firewall is replaced as a whole, so it is only written if it still is what was read.
 */
export async function writeUntil(
  azure: Azure,
  id: ArmId,
  next: (book: Book) => Edit,
  allowed: Allowed,
): Promise<number> {
  let written = 0;
  let trouble: unknown = new JitError('cloudBusy', { cloud: CLOUD }, { retryAfterMs: LATER_MS });
  for (let tries = 1; ; tries += 1) {
    const book = await readBook(azure, id, allowed.signal);
    if (!book) return written;
    const edit = next(book);
    const isRight = edit.put.length === 0 && edit.remove.length === 0;
    if (isRight && book.settled) return written;
    if (tries > TRIES) throw trouble;
    // While it is updated it takes nothing else.
    if (!isRight && book.settled) {
      try {
        await write(azure, book, edit, allowed);
        written += 1;
      } catch (error) {
        if (!isLocked(error) && !isSilent(error) && !isChanged(error)) throw error;
        if (isSilent(error)) trouble = error;
      }
    }
    await azure.pause(BETWEEN_MS, allowed.signal);
  }
}

async function write(azure: Azure, book: Book, edit: Edit, allowed: Allowed): Promise<void> {
  if ('policy' in book) await writePolicy(azure, book, edit, allowed);
  else await writeClassic(azure, book, edit, allowed);
}

async function writeClassic(azure: Azure, { id, firewall }: ClassicBook, edit: Edit, allowed: Allowed): Promise<void> {
  const { group, name } = partsOf(id);
  const next = withTranslations(firewall, edit, leasesName(azure.installation));
  await siteOf(azure, id).change(allowed, ({ network }, options) =>
    network.azureFirewalls.createOrUpdate(group, name, next, { ...options, ...ifStill(firewall.etag) }).submitted(),
  );
}

/** The whole firewall, with everything of others as it was read. */
function withTranslations(firewall: AzureFirewall, edit: Edit, name: string): AzureFirewall {
  const { natRuleCollections = [] } = firewall;
  const isOurs = (collection: AzureFirewallNatRuleCollection) => collection.name?.toLowerCase() === name.toLowerCase();
  const before = natRuleCollections.find(isOurs);
  const rules = edited(before?.rules ?? [], edit, (one): AzureFirewallNatRule => {
    const { protocol, ...common } = toWire(one);
    return { ...common, protocols: [protocol] };
  });
  const own = { priority: freePriority(natRuleCollections), action: { type: 'Dnat' }, ...before, name, rules };
  const others = natRuleCollections.filter((collection) => !isOurs(collection));
  return { ...firewall, natRuleCollections: rules.length === 0 ? others : [...others, own] };
}

/** Our own group holds nothing of others. The last rule takes it away. */
async function writePolicy(azure: Azure, { id, groups }: PolicyBook, edit: Edit, allowed: Allowed): Promise<void> {
  const { group, name } = partsOf(id);
  const site = siteOf(azure, id);
  const own = groupName(azure.installation);
  const before = groups.find((one) => one.name?.toLowerCase() === own.toLowerCase());
  const next = withCollection(before, edit, leasesName(azure.installation), freePriority(groups));
  const still = ifStill(before?.etag);
  try {
    await site.change(allowed, ({ network: { firewallPolicyRuleCollectionGroups: all } }, options) =>
      next
        ? all.createOrUpdate(group, name, own, next, { ...options, ...still }).submitted()
        : all.delete(group, name, own, { ...options, ...still }).submitted(),
    );
  } catch (error) {
    if (next || !isNotFound(error)) throw error;
  }
}

function withCollection(
  before: FirewallPolicyRuleCollectionGroup | undefined,
  edit: Edit,
  name: string,
  priority: number,
): FirewallPolicyRuleCollectionGroup | undefined {
  const { ruleCollections = [] } = before ?? {};
  const isOurs = (one: { readonly name?: string }) => one.name?.toLowerCase() === name.toLowerCase();
  const collection = ruleCollections.find(isOurs) as FirewallPolicyNatRuleCollection | undefined;
  const others = ruleCollections.filter((one) => !isOurs(one));
  const rules = edited(collection?.rules ?? [], edit, (one): NatRule => {
    const { protocol, ...common } = toWire(one);
    return { ...common, ruleType: 'NatRule', ipProtocols: [protocol] };
  });
  const own: FirewallPolicyNatRuleCollection = {
    priority: freePriority(others),
    action: { type: 'DNAT' },
    ...collection,
    ruleCollectionType: 'FirewallPolicyNatRuleCollection',
    name,
    rules,
  };
  const left = rules.length === 0 ? others : [...others, own];
  return left.length === 0 ? undefined : { priority: before?.priority ?? priority, ruleCollections: left };
}

function edited<R extends { name?: string }>(rules: readonly R[], edit: Edit, wire: (one: Translation) => R): R[] {
  const touched = new Set([...edit.remove, ...edit.put.map(({ name }) => name)].map((name) => name.toLowerCase()));
  return [...rules.filter(({ name = '' }) => !touched.has(name.toLowerCase())), ...edit.put.map(wire)];
}

function toWire({ name, description, protocol, source, address, port, to }: Translation) {
  return {
    name,
    description,
    protocol: protocol.toUpperCase(),
    sourceAddresses: [source],
    destinationAddresses: [address],
    destinationPorts: [String(port)],
    translatedAddress: to.address,
    translatedPort: String(to.port),
  };
}

/** From 100 to 65000, each once. Which one is all the same: no other rule leads anywhere from the same port. */
function freePriority(all: readonly { readonly priority?: number }[]): number {
  const taken = new Set(all.map(({ priority }) => priority));
  let priority = 150;
  while (taken.has(priority)) priority += 1;
  return priority;
}

function ifStill(etag: string | undefined) {
  return etag === undefined ? {} : { requestOptions: { headers: { 'If-Match': etag } } };
}
