import { describe, expect, it } from 'vitest';
import { readSources } from '../../src/core/language/asked-source.ts';
import { readPort } from '../../src/core/language/terms.ts';
import { refusal } from './samples.ts';

describe('the fields of a form', () => {
  it('are read like words of a command', () => {
    expect(readPort('winrm').map(({ number }) => number)).toEqual([5985, 5986]);
    expect(readSources('203.0.113.7', new Map())).toEqual(['203.0.113.7/32']);
    expect(refusal(() => readPort('x'.repeat(60))).say).toBe(`“${'x'.repeat(39)}…” is not a port.`);
    expect(refusal(() => readSources('\u202Ehome', new Map())).say).toBe('“home” is not an IP address.');
  });
});
