import { afterEach, describe, expect, test } from 'vitest';
import { asJitError, isConflict, isCut, isLocked, isNotFound, isSilent } from '../../../adapters/azure/errors.ts';
import type { Fault } from '../../../simulators/shared/faults.ts';
import { JitError } from '../../../src/core/errors/errors.ts';
import { HOUR_MS, SECOND_MS } from '../../../src/core/language/instant.ts';
import { go, HOME, never, openOne, ours, placeOne } from '../../conformance/cloud-steps.ts';
import { type AzureHarness, azureHarness } from './harness.ts';

/** As @azure/core-rest-pipeline throws it. */
const rest = (code: string, statusCode?: number, headers: Readonly<Record<string, string>> = {}, message = 'secret') =>
  Object.assign(new Error(message), {
    name: 'RestError',
    code,
    ...(statusCode === undefined
      ? {}
      : { statusCode, response: { headers: { get: (name: string) => headers[name] } } }),
  });
const named = (name: string, message = 'secret', cause?: Error) =>
  Object.assign(new Error(message, { cause }), { name });

describe('what the SDKs throw becomes', () => {
  test.each([
    ['TooManyRequests', 429, 'cloudBusy'],
    ['RetryableErrorDueToAnotherOperation', 429, 'cloudBusy'],
    ['AnotherOperationInProgress', 409, 'cloudBusy'],
    ['ReferencedResourceNotProvisioned', 400, 'cloudBusy'],
    ['RequestTimeout', 408, 'cloudSilent'],
    ['InternalServerError', 500, 'cloudSilent'],
    ['ServiceUnavailable', 503, 'cloudSilent'],
    ['GatewayTimeout', 504, 'cloudSilent'],
    ['ExpiredAuthenticationToken', 401, 'cloudDenied'],
    ['AuthorizationFailed', 403, 'cloudDenied'],
    ['SubscriptionNotFound', 404, 'cloudDenied'],
    ['ResourceNotFound', 404, 'cloudRefused'],
    ['ScopeLocked', 409, 'scopeLocked'],
    ['SecurityRuleConflict', 400, 'cloudRefused'],
    ['SomethingNew', 418, 'cloudRefused'],
  ])('%s (%i): %s, and only the code is shown', (code, status, expected) => {
    const error = asJitError(rest(code, status)) as JitError;
    expect(error).toMatchObject({ name: 'JitError', code: expected });
    if (error.kind === 'refused') expect(error.say).toContain(code);
    expect(`${error.say} ${error.hint}`).not.toContain('secret');
  });

  test.each(['ENOTFOUND', 'ECONNREFUSED', 'REQUEST_SEND_ERROR'])('%s, without a reply: cloudSilent', (code) => {
    const error = asJitError(rest(code));
    expect(error).toMatchObject({ code: 'cloudSilent' });
    expect(isCut(error)).toBe(true);
  });

  test.each(['AbortError', 'TimeoutError'])('%s: cloudSilent, and not known to be cut', (name) => {
    const error = asJitError(named(name));
    expect([isSilent(error), isCut(error)]).toEqual([true, false]);
  });

  test.each([
    [
      'RequestDisallowedByPolicy',
      403,
      `Resource 'x' was disallowed by policy. Policy identifiers: '[{"policyAssignment":{"name":"no-ssh","id":"/a/b"},"policyDefinition":{"name":"d"}}]'.`,
      'policyForbids',
      'The Azure Policy assignment no-ssh forbids this.',
    ],
    [
      'DenyAssignmentAuthorizationFailed',
      403,
      `The client 'c' with object id 'o' has permission to perform action 'Microsoft.Network/networkSecurityGroups/securityRules/write' on scope '/s'; however, the access is denied because of the deny assignment with name 'stack (prod)' and Id '1' at scope '/s'.`,
      'denyAssignment',
      'The deny assignment stack (prod) forbids Drawbridge Microsoft.Network/networkSecurityGroups/securityRules/write.',
    ],
    [
      'BadRequest',
      400,
      'The requested source address prefix is not a subset of policy allowed source address prefixes.',
      'outsidePolicy',
      'Defender’s just-in-time policy does not allow this request: the source goes beyond it.',
    ],
    [
      'NetworkSecurityGroupRuleCountLimitReached',
      400,
      'x',
      'azureLimit',
      'A limit of Azure is reached: a network security group holds 1,000 rules.',
    ],
    ['SubscriptionQuotaExceeded', 409, 'x', 'azureLimit', 'A limit of Azure is reached: SubscriptionQuotaExceeded.'],
    ['CanceledAndSupersededDueToAnotherOperation', 409, 'x', 'cloudBusy', 'Azure is busy.'],
    [
      'AuthorizationFailed',
      403,
      `The client 'c' does not have authorization to perform action 'Microsoft.Network/networkSecurityGroups/read' over scope '/s'.`,
      'cloudDenied',
      'Azure does not allow Drawbridge to do this (AuthorizationFailed: Microsoft.Network/networkSecurityGroups/read).',
    ],
    [
      'RequestDisallowedByPolicy',
      403,
      '<b>anything</b>',
      'policyForbids',
      'The Azure Policy assignment of this scope forbids this.',
    ],
  ])('%s (%i): what forbids it is named', (code, status, message, expected, say) => {
    expect(asJitError(rest(code, status, {}, message))).toMatchObject({ code: expected, say });
  });

  test('a policy is named by its display name where Azure gives it', () => {
    const info = { policyAssignmentDisplayName: 'No SSH from anywhere', policyAssignmentName: 'a1b2' };
    const bodyAsText = JSON.stringify({ error: { code: 'x', additionalInfo: [{ type: 'PolicyViolation', info }] } });
    const error = Object.assign(rest('RequestDisallowedByPolicy', 403), {
      response: { headers: new Map(), bodyAsText },
    });
    expect(asJitError(error)).toMatchObject({ say: 'The Azure Policy assignment No SSH from anywhere forbids this.' });
  });

  test('403 for want of a Defender plan: noPlan', () => {
    const message = 'Just-in-time network access requires a standard tier subscription.';
    expect(asJitError(rest('Forbidden', 403, {}, message))).toMatchObject({ code: 'noPlan' });
  });

  test.each([
    [
      'a wrong secret',
      named('invalid_client', 'x'),
      { errorCode: 'invalid_client', errorNo: '7000215' },
      'cloudDenied',
    ],
    ['an authority that is not there', named('x'), { errorCode: 'endpoints_resolution_error' }, 'cloudSilent'],
    ['a busy authority', named('x'), { errorCode: 'temporarily_unavailable', status: 429 }, 'cloudBusy'],
    ['a broken authority', named('x'), { errorCode: 'server_error', status: 500 }, 'cloudSilent'],
  ])('%s, when signing in: %s', (_, cause, more, code) => {
    const error = named('AuthenticationRequiredError', 'secret', Object.assign(cause, more));
    expect(asJitError(error)).toMatchObject({ code });
  });

  test.each([
    ['CredentialUnavailableError', 'EnvironmentCredential is not available', 'no sign-in was found'],
    ['AggregateAuthenticationError', 'ChainedTokenCredential authentication failed.', 'no sign-in was found'],
    ['AuthenticationRequiredError', 'invalid_client: AADSTS7000215', 'invalid_client'],
  ])('%s names what there is to name: %s', (name, message, shown) => {
    expect(asJitError(named(name, message))).toMatchObject({
      code: 'cloudDenied',
      say: expect.stringContaining(`(${shown})`),
    });
  });

  test('a code that is no code is not shown', () => {
    const error = asJitError(rest('<b>a sentence</b>', 400)) as JitError;
    expect(error.say).toBe('Azure refused the call: HTTP400.');
  });

  test.each([
    ['7', 7_000],
    ['soon', undefined],
    ['-1', undefined],
    ['', undefined],
  ])('Retry-After: %s is kept as %s', (header, retryAfterMs) => {
    expect((asJitError(rest('x', 429, { 'retry-after': header })) as JitError).retryAfterMs).toBe(retryAfterMs);
  });

  test.each([
    ['a bug of ours', new TypeError('x is not a function')],
    ['one of ours already', new JitError('locked', { machine: 'm' })],
    ['no error at all', 'text'],
  ])('%s: left as it is', (_, error) => {
    expect(asJitError(error)).toBe(error);
  });

  test('what else is asked of an error is told by its status and code', () => {
    const all = [
      rest('ResourceNotFound', 404),
      rest('AnotherOperationInProgress', 409),
      rest('SecurityRuleConflict', 400),
    ];
    const asked = [isNotFound, isLocked, isConflict];
    expect(asked.map((ask) => all.map((error) => ask(asJitError(error))))).toEqual([
      [true, false, false],
      [false, true, false],
      [false, false, true],
    ]);
    expect(asked.map((ask) => ask(rest('ResourceNotFound', 404)))).toEqual([false, false, false]);
  });
});

describe('what Azure answers on a bad day', () => {
  const INITIATE = 'JitNetworkAccessPolicies_Initiate';
  const DELETE = 'SecurityRules_Delete';
  let azure: AzureHarness;
  afterEach(() => azure.stop());
  const start = async () => {
    azure = await azureHarness();
    const placement = await placeOne(azure);
    const until = azure.now() + HOUR_MS;
    return { placement, open: () => openOne(azure, placement, until), until };
  };
  const refused = (status: number, code: string): Fault => ({ kind: 'error', status, code });

  test.each<[string, Fault, object]>([
    ['429', { kind: 'throttle', retryAfterSeconds: 17 }, { code: 'cloudBusy', retryAfterMs: 17_000 }],
    ['409', refused(409, 'Conflict'), { code: 'cloudRefused', say: 'Azure refused the call: Conflict.' }],
    ['503', refused(503, 'ServiceUnavailable'), { code: 'cloudSilent' }],
    ['401', refused(401, 'InvalidAuthenticationToken'), { code: 'cloudDenied' }],
    ['404', refused(404, 'ResourceNotFound'), { code: 'notProtected' }],
    ['a cut connection', { kind: 'reset' }, { code: 'cloudSilent' }],
  ])('to opening: %s is told, and asked for once only', async (_, fault, error) => {
    const { open } = await start();
    azure.sim.faults.add(INITIATE, fault, 1);
    const before = azure.mutations();
    await expect(open()).rejects.toMatchObject(error);
    expect(azure.mutations()).toBe(before + 1);
    expect(azure.rulesLeft()).toEqual([]);
    azure.advance(17 * SECOND_MS);
    expect((await open()).outcome).toBe('opened');
  });

  test.each<[string, Fault, object, number]>([
    ['429', { kind: 'throttle', retryAfterSeconds: 3 }, { code: 'cloudBusy', retryAfterMs: 3_000 }, 1],
    ['403', refused(403, 'AuthorizationFailed'), { code: 'cloudDenied' }, 1],
    ['409', refused(409, 'ScopeLocked'), { code: 'scopeLocked' }, 1],
    ['503', refused(503, 'ServiceUnavailable'), { code: 'cloudSilent' }, 1],
    ['a group that is written to all the time', refused(409, 'AnotherOperationInProgress'), { code: 'cloudBusy' }, 20],
  ])('to closing: %s is told', async (_, fault, error, times) => {
    const { open } = await start();
    const { placement } = await open();
    azure.sim.faults.add(DELETE, fault, Number.POSITIVE_INFINITY);
    const before = azure.mutations();
    await expect(azure.adapter.close([placement], never, go)).rejects.toMatchObject(error);
    expect(azure.mutations()).toBe(before + 2 * times);
    azure.behave();
    azure.advance(3 * SECOND_MS);
    await azure.adapter.close([placement], never, go);
    expect(azure.rulesLeft()).toEqual([]);
  });

  test.each([
    ['does not answer', refused(503, 'ServiceUnavailable'), 'cloudSilent'],
    ['does not let us read any more', refused(403, 'AuthorizationFailed'), 'cloudDenied'],
  ])('rules are closed where Defender %s, and closing goes on until it does', async (_, fault, code) => {
    const { open } = await start();
    const { placement } = await open();
    azure.sim.faults.add(/^JitNetworkAccessPolicies_/, fault, Number.POSITIVE_INFINITY);
    await expect(azure.adapter.close([placement], never, go)).rejects.toMatchObject({ code });
    expect(azure.rulesLeft()).toEqual([]);
    azure.behave();
    await azure.adapter.close([placement], never, go);
  });

  test('a group that somebody else writes to for a moment does not keep a rule from being closed', async () => {
    const { open } = await start();
    const { placement } = await open();
    azure.sim.faults.add(DELETE, refused(429, 'RetryableErrorDueToAnotherOperation'), 3);
    await azure.adapter.close([placement], never, go);
    expect(azure.rulesLeft()).toEqual([]);
  });

  test('a reply that is too late is not waited for; what it says is read', async () => {
    const { placement, until } = await start();
    const hasty = azure.adapterFor({ ...azure.settings, callMs: 100 });
    await hasty.check(never);
    azure.sim.faults.add(INITIATE, { kind: 'slow', ms: 2_000 });
    const before = azure.mutations();
    const { outcome } = await openOne({ ...azure, adapter: hasty }, placement, until);
    expect(outcome).toBe('opened');
    expect(azure.mutations()).toBe(before + 1);
    expect(azure.rulesLeft()).toEqual([`22 ${HOME}`]);
  });

  test('a reading that is cut is tried once more, and no more', async () => {
    const { placement } = await start();
    azure.cut('read', 1);
    expect(ours(await azure.adapter.observe(azure.machine, [placement], never), placement)).toBeUndefined();
    azure.cut('read', Number.POSITIVE_INFINITY);
    await expect(azure.adapter.look(azure.machine, never)).rejects.toMatchObject({ code: 'cloudSilent' });
  });

  test.each([
    ['look', () => azure.adapter.look(azure.unknown, never)],
    ['protect', () => azure.adapter.protect(azure.unknown, { ports: [] }, never)],
    [
      'place',
      () =>
        azure.adapter.locate([{ machine: azure.unknown, port: { number: 22, protocol: 'tcp' }, source: HOME }], never),
    ],
  ])('a machine that is gone is called by its name (%s)', async (_, call) => {
    azure = await azureHarness();
    await expect(call()).rejects.toMatchObject({ code: 'machineGone', say: 'gone-1 no longer exists.' });
  });
});
