import { randomBytes } from 'node:crypto';
import { type Device, type OidcAccount, type OidcBehaviour, type OidcPublicClient, OidcRefusal } from './model.ts';

const LIFE_MS = 900_000;
const KNOWN = { begin: ['client_id', 'scope'], poll: ['grant_type', 'client_id', 'device_code'] } as const;
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** Codes without look-alikes, as Entra shows them. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';

interface Tenant {
  readonly clients: readonly OidcPublicClient[];
  readonly apiScope: string;
  readonly behaviour: OidcBehaviour;
  readonly base: () => string;
  readonly now: () => number;
}

/** The device authorization grant, as Entra has it ("OAuth 2.0 device authorization grant"; RFC 8628). */
export class Devices {
  readonly #waiting = new Map<string, Device>();
  readonly #tenant: Tenant;
  /** Seconds between two questions. */
  interval = 1;

  constructor(tenant: Tenant) {
    this.#tenant = tenant;
  }

  begin(form: URLSearchParams) {
    only(form, KNOWN.begin);
    const client = this.#client(form);
    const scopes = (form.get('scope') ?? '').split(' ');
    const { apiScope, base, now } = this.#tenant;
    if (scopes.some((scope) => !['openid', 'profile', apiScope].includes(scope)))
      throw new OidcRefusal('invalid_scope', `AADSTS70011: The scope '${form.get('scope')}' is not valid.`);
    const device_code = randomBytes(24).toString('base64url');
    const userCode = [...randomBytes(9)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
    this.#waiting.set(device_code, {
      ...{ clientId: client.clientId, userCode, expires: now() + LIFE_MS, askedAt: 0 },
      wantsApi: scopes.includes(apiScope),
    });
    const verification_uri = `${base()}/device`;
    const message = `To sign in, use a web browser to open the page ${verification_uri} and enter the code ${userCode} to authenticate.`;
    return { device_code, user_code: userCode, verification_uri, expires_in: 900, interval: this.interval, message };
  }

  /** Somebody typed a code and signed in; without an account, they declined. */
  type(userCode: string, account: OidcAccount | undefined): void {
    const device = [...this.#waiting.values()].find((one) => one.userCode === userCode);
    if (!device) throw new OidcRefusal('invalid_request', 'AADSTS70016: That code did not work.');
    if (account) device.account = account;
    else device.isDeclined = true;
  }

  /** Who signed in with a code, once; until then `authorization_pending`. */
  poll(form: URLSearchParams): { readonly account: OidcAccount; readonly device: Device } {
    only(form, KNOWN.poll);
    const client = this.#client(form);
    const { behaviour, now } = this.#tenant;
    if (!client.hasPublicFlows)
      throw new OidcRefusal(
        'invalid_client',
        'AADSTS7000218: The request must contain client_assertion or client_secret.',
        401,
      );
    if (behaviour.noDeviceCodes)
      throw new OidcRefusal('invalid_grant', 'AADSTS53003: Access has been blocked by Conditional Access policies.');
    const code = form.get('device_code') ?? '';
    const device = this.#waiting.get(code);
    if (!device || device.clientId !== client.clientId)
      throw new OidcRefusal('bad_verification_code', 'AADSTS70020: The device code is not known.');
    if (device.expires < now()) throw new OidcRefusal('expired_token', 'AADSTS70020: The device code has expired.');
    if (device.isDeclined) throw new OidcRefusal('authorization_declined', 'AADSTS70018: It was declined.');
    if (!device.account) throw new OidcRefusal('authorization_pending', 'AADSTS70016: Authorization is pending.');
    this.#waiting.delete(code);
    return { account: device.account, device };
  }

  #client(form: URLSearchParams): OidcPublicClient {
    const client = this.#tenant.clients.find(({ clientId }) => clientId === form.get('client_id'));
    if (!client) throw new OidcRefusal('unauthorized_client', 'AADSTS700016: The application was not found.');
    return client;
  }
}

function only(form: URLSearchParams, known: readonly string[]): void {
  for (const name of form.keys())
    if (!known.includes(name) || form.getAll(name).length > 1)
      throw new OidcRefusal('invalid_request', `AADSTS9000411: The parameter '${name}' is not known or is twice.`);
}
