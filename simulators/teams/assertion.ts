import { createHash, X509Certificate } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, importX509, type JWTPayload, jwtVerify } from 'jose';

/** What an app accepts in place of a secret. */
export interface Trust {
  /** PEM, of certificates that were added to the app. */
  readonly certificates: string[];
  /** Federated credentials of the app: whose tokens, for whom (Entra, "Workload identity federation"). */
  readonly federations: Federation[];
}

export interface Federation {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  readonly key: CryptoKey;
}

/** An AADSTS number with its text. */
export interface Refused {
  readonly aadsts: number;
  readonly text: string;
}

/** An assertion lives ten minutes at most (Microsoft identity platform, "Application authentication certificate credentials"). */
const LONGEST_SECONDS = 600;
/** Clocks may differ by so much. */
const CLOCK_SECONDS = 300;

/** Judges a client assertion as the token endpoint does; undefined for one that is good. `audience` is the endpoint itself. */
export async function judgeAssertion(
  jwt: string,
  { certificates, federations }: Trust,
  { appId, audience }: { readonly appId: string; readonly audience: string },
): Promise<Refused | undefined> {
  let header: ReturnType<typeof decodeProtectedHeader>;
  let claims: JWTPayload;
  try {
    header = decodeProtectedHeader(jwt);
    claims = decodeJwt(jwt);
  } catch {
    return { aadsts: 50027, text: 'JWT token is invalid or malformed.' };
  }
  if (claims.iss !== appId) {
    const trusted = federations.find(({ issuer, subject }) => issuer === claims.iss && subject === claims.sub);
    if (!trusted) return { aadsts: 70021, text: 'No matching federated identity record found.' };
    if (claims.aud !== trusted.audience) return { aadsts: 700212, text: 'No matching federated identity audience.' };
    return verdict(jwt, trusted.key, trusted.audience);
  }
  const thumbprints = [header.x5t, header['x5t#S256']].filter((one) => one !== undefined);
  const pem = certificates.find((one) => thumbprints.some((thumbprint) => printsOf(one).includes(`${thumbprint}`)));
  if (pem === undefined || thumbprints.length === 0)
    return { aadsts: 700027, text: 'The certificate with this thumbprint is not registered on the application.' };
  if (Date.parse(new X509Certificate(pem).validTo) < Date.now())
    return { aadsts: 700027, text: 'The key was expired.' };
  if (claims.sub !== appId) return { aadsts: 700021, text: 'Client assertion subject is not the application.' };
  if (claims.aud !== audience) return { aadsts: 700023, text: 'Client assertion audience claim is not the endpoint.' };
  if (!claims.exp || !claims.nbf || claims.exp - claims.nbf > LONGEST_SECONDS || !claims.jti)
    return { aadsts: 700024, text: 'Client assertion is not within its valid time range.' };
  return verdict(jwt, await importX509(pem, `${header.alg}`), audience);
}

async function verdict(jwt: string, key: CryptoKey, audience: string): Promise<Refused | undefined> {
  try {
    await jwtVerify(jwt, key, { audience, algorithms: ['RS256', 'PS256'], clockTolerance: CLOCK_SECONDS });
    return undefined;
  } catch (error) {
    const isLate = (error as { readonly code?: string }).code === 'ERR_JWT_EXPIRED';
    if (isLate) return { aadsts: 700024, text: 'Client assertion is not within its valid time range.' };
    return { aadsts: 700027, text: 'Client assertion failed signature validation.' };
  }
}

function printsOf(pem: string): readonly string[] {
  const { raw } = new X509Certificate(pem);
  return ['sha1', 'sha256'].map((algorithm) => createHash(algorithm).update(raw).digest('base64url'));
}
