import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { badConfig } from '../../src/core/errors/bad-config.ts';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import type { Language } from '../../src/core/language/text.ts';
import { type LiveSecret, secretNow } from '../../src/kit/live-secret.ts';

export interface TeamsSettings {
  /** The bot's app id (Entra). */
  readonly appId: string;
  /** Its client secret, where it signs in with one. */
  readonly appPassword?: LiveSecret;
  /** How it signs in instead: one of these. */
  readonly credential?: {
    /** PEM, with the private key. */
    readonly certificate?: string;
    /** As the managed identity that has the bot's app id. */
    readonly managedIdentity?: true;
    /** A file with a token of a federated identity provider. */
    readonly tokenFile?: string;
    /** Client id of a managed identity that the app trusts. */
    readonly federatedIdentity?: string;
  };
  /** The one tenant that is served. */
  readonly tenantId: string;
  /** The connector for messages that nobody asked for first. */
  readonly serviceUrl: string;
  /** Where a connector may be, by prefix: the bot's token goes nowhere else. */
  readonly serviceUrls: readonly string[];
  /** Channels and chats of the configuration: who is in their rosters is reached through them. */
  readonly channels?: readonly string[];
  /** The app in the organization's catalog, where it may be added for people through Graph. */
  readonly install?: { readonly app: string; readonly graph: string };
  /** Off only while every URL here is loopback. */
  readonly validateTokens: boolean;
  /** Through which library of Microsoft. */
  readonly sdk?: 'botbuilder' | 'agents';
  /** What is spoken in channels, and where nobody knows a person's language; absent: English. */
  readonly language?: Language;
  /** Path of the messaging endpoint. */
  readonly path?: string;
  /** Authority of the bot's login. */
  readonly loginUrl?: string;
  /** Resource of the connector token. */
  readonly oauthScope?: string;
  /** Keys of the Bot Framework. */
  readonly openIdMetadataUrl?: string;
  /** Issuer of inbound tokens. */
  readonly tokenIssuer?: string;
  /** A file with the certificate authority to trust for the login, and for nothing else. */
  readonly caFile?: string;
}

/** The one way to sign in that is no secret. */
export type Credential =
  | { readonly certificate: string }
  | { readonly managedIdentity: true }
  | { readonly tokenFile: string }
  | { readonly federatedIdentity: string };

export interface Settings extends Required<Omit<TeamsSettings, 'caFile' | 'credential' | 'install' | 'language'>> {
  readonly install?: TeamsSettings['install'];
  readonly language?: Language;
  /** Without it, `appPassword` is what the bot signs in with. */
  readonly credential?: Credential;
  /** Of the certificate authority, PEM. */
  readonly ca?: string;
}

/** How long and how much, in milliseconds and bytes. */
export interface Limits {
  /** A pressed button is answered by then: Teams gives up after 5 s (Teams, "Universal Actions for Adaptive Cards"). */
  readonly invokeMs: number;
  /** One call of the connector or the login, and the check of one token. */
  readonly callMs: number;
  /** Bot Framework deliveries are no bigger (Bot Connector REST API, "Activity"). */
  readonly bodyBytes: number;
}

export const LIMITS: Limits = {
  invokeMs: 4 * SECOND_MS,
  callMs: 8 * SECOND_MS,
  bodyBytes: 256 * 1024,
};

/** The public cloud's (Bot Framework, "Authentication with the Bot Connector service"). */
const DEFAULTS = {
  sdk: 'botbuilder' as const,
  channels: [] as readonly string[],
  path: '/api/messages',
  loginUrl: 'https://login.microsoftonline.com',
  oauthScope: 'https://api.botframework.com',
  openIdMetadataUrl: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
  tokenIssuer: 'https://api.botframework.com',
};

/** The settings with every default filled in. Throws `badConfig` for what would not be safe or cannot work. */
export function complete({ caFile, credential, ...given }: TeamsSettings): Settings {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const settings = { ...DEFAULTS, appPassword: '', ...(set as typeof given) };
  const { serviceUrl, serviceUrls, loginUrl, openIdMetadataUrl, validateTokens } = settings;
  const faults: string[] = [];
  // An empty app id would turn all authentication of botbuilder off.
  for (const name of ['appId', ...(credential ? [] : (['appPassword'] as const)), 'tenantId'] as const)
    if (secretNow(settings[name]).trim() === '') faults.push(`teams.${name} is empty`);
  if (credential && settings.appPassword !== '') faults.push('teams.appPassword and teams.credential are both set');
  faults.push(...(credential ? credentialFaults(credential) : []));
  if (!isServed(serviceUrl, serviceUrls)) faults.push('teams.serviceUrl is not within teams.serviceUrls');
  const far = [serviceUrl, ...serviceUrls, loginUrl, openIdMetadataUrl].filter((url) => !isLoopback(url));
  if (!validateTokens && far.length > 0)
    faults.push(`teams.validateTokens can be false only on loopback; these are not: ${far.join(', ')}`);
  if (given.install && !given.install.graph.startsWith('https:') && !isLoopback(given.install.graph))
    faults.push('teams.install.graph must begin with https://');
  let ca: string | undefined;
  try {
    ca = caFile === undefined ? undefined : readFileSync(caFile, 'utf8');
  } catch {
    faults.push(`teams.caFile cannot be read: ${caFile}`);
  }
  if (faults.length > 0) throw badConfig(faults);
  const own = credential && { credential: credential as Credential };
  return { ...settings, ...own, ...(ca === undefined ? {} : { ca }) };
}

function credentialFaults(credential: NonNullable<TeamsSettings['credential']>): readonly string[] {
  const { certificate } = credential;
  if (Object.values(credential).filter((value) => value !== undefined).length !== 1)
    return ['teams.credential must say exactly one way to sign in'];
  if (certificate === undefined) return [];
  try {
    if (new X509Certificate(certificate).checkPrivateKey(createPrivateKey(certificate))) return [];
    return ['teams.credential.certificate has the private key of another certificate'];
  } catch {
    return ['teams.credential.certificate is no PEM with a certificate and its private key'];
  }
}

/** Is this the address of a connector that we talk to? Compared as URLs: `https://smba.example.evil.com` is not `https://smba.example`. */
export function isServed(serviceUrl: string, prefixes: readonly string[]): boolean {
  if (!URL.canParse(serviceUrl)) return false;
  const url = new URL(serviceUrl);
  if (url.username || url.password || url.search || url.hash) return false;
  return prefixes.some((text) => {
    if (!URL.canParse(text)) return false;
    const prefix = new URL(text);
    const path = prefix.pathname.endsWith('/') ? prefix.pathname : `${prefix.pathname}/`;
    return url.origin === prefix.origin && `${url.pathname}/`.startsWith(path);
  });
}

function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
