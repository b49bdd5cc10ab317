import { describe, expect, test } from 'vitest';
import { asJitError, codeOf, isGroupGone, isNotFound } from '../../../adapters/aws/errors.ts';
import { JitError } from '../../../src/core/errors/errors.ts';

const service = (name: string, status = 400, headers: Readonly<Record<string, string>> = {}) =>
  Object.assign(new Error('secret details of the service'), {
    name,
    $metadata: { httpStatusCode: status },
    $response: { statusCode: status, headers },
  });

describe('what the SDK throws becomes', () => {
  test.each([
    ['RequestLimitExceeded', 503, 'cloudBusy'],
    ['ThrottlingException', 400, 'cloudBusy'],
    ['UnauthorizedOperation', 403, 'cloudDenied'],
    ['AccessDenied', 403, 'cloudDenied'],
    ['AuthFailure', 401, 'cloudDenied'],
    ['ExpiredToken', 400, 'cloudDenied'],
    ['OptInRequired', 401, 'regionOff'],
    ['RegionDisabledException', 403, 'regionOff'],
    ['ConcurrentTagAccess', 400, 'cloudBusy'],
    ['SecurityGroupLimitExceeded', 400, 'tooManyGroups'],
    ['SecurityGroupsPerInterfaceLimitExceeded', 400, 'interfaceFull'],
    ['SecurityGroupsPerInstanceLimitExceeded', 400, 'interfaceFull'],
    ['InvalidSecurityGroupID.NotFound', 400, 'goneInAws'],
    ['InvalidNetworkInterfaceID.NotFound', 400, 'goneInAws'],
    ['InternalError', 500, 'cloudSilent'],
    ['Unavailable', 503, 'cloudSilent'],
    ['RulesPerSecurityGroupLimitExceeded', 400, 'groupFull'],
    ['DependencyViolation', 400, 'groupInUse'],
    ['InvalidGroup.InUse', 400, 'groupInUse'],
    ['InvalidGroup.NotFound', 400, 'goneInAws'],
    ['InvalidPermission.Duplicate', 400, 'cloudRefused'],
    ['SomethingNew', 418, 'cloudRefused'],
  ])('%s (%i): %s', (name, status, code) => {
    const error = asJitError(service(name, status)) as JitError;
    expect(error).toMatchObject({ name: 'JitError', code });
    expect(`${error.say} ${error.hint}`).not.toContain('secret');
    expect(`${error.say} ${error.hint}`).not.toContain('…');
    expect(codeOf(error)).toBe(name);
  });

  test.each(['ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'ENOTFOUND', 'EPIPE'])('%s: cloudSilent', (code) => {
    expect(asJitError(Object.assign(new Error('x'), { code }))).toMatchObject({ code: 'cloudSilent' });
  });

  test.each(['TimeoutError', 'AbortError'])('%s: cloudSilent', (name) => {
    expect(asJitError(Object.assign(new Error('x'), { name }))).toMatchObject({ code: 'cloudSilent' });
  });

  test('no credentials at all: cloudDenied', () => {
    const error = Object.assign(new Error('x'), { name: 'CredentialsProviderError' });
    const say = 'AWS does not allow Drawbridge to do this (no credentials were found).';
    expect(asJitError(error)).toMatchObject({ code: 'cloudDenied', say });
  });

  test('how long to wait is kept', () => {
    const error = service('RequestLimitExceeded', 503, { 'retry-after': '7' });
    expect(asJitError(error)).toMatchObject({ retryAfterMs: 7000 });
    expect(asJitError(service('RequestLimitExceeded', 503, { 'retry-after': 'soon' }))).toMatchObject({
      retryAfterMs: undefined,
    });
  });

  test.each([
    ['a bug of ours', new TypeError('x is not a function')],
    ['a wrong argument', Object.assign(new TypeError('x'), { code: 'ERR_INVALID_ARG_TYPE' })],
    ['one of ours already', new JitError('locked', { machine: 'm' })],
    ['no error at all', 'text'],
  ])('%s: left as it is', (_, error) => {
    expect(asJitError(error)).toBe(error);
  });
});

test('what is not found is told by the end of the code', () => {
  for (const code of ['InvalidGroup.NotFound', 'InvalidSecurityGroupRuleId.NotFound', 'InvalidPermission.NotFound'])
    expect(isNotFound(asJitError(service(code)))).toBe(true);
  for (const code of ['InvalidGroup.NotFound', 'InvalidSecurityGroupID.NotFound', 'InvalidGroupId.NotFound'])
    expect(isGroupGone(asJitError(service(code)))).toBe(true);
  expect(isGroupGone(service('InvalidPermission.NotFound'))).toBe(false);
  expect(isNotFound(service('InvalidPermission.Duplicate'))).toBe(false);
  expect(isNotFound('NotFound')).toBe(false);
});
