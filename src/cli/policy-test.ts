import { readFileSync, writeFileSync } from 'node:fs';
import { usualMs } from '../app/request/asked-for.ts';
import { glassRules } from '../app/request/glass-house.ts';
import { imagined, onCallAs, only } from '../app/request/imagined.ts';
import { textOf } from '../config/bytes.ts';
import { type Expectation, expectedText, isAsExpected, readExpectations } from '../config/expectations.ts';
import { houseRules } from '../config/house.ts';
import { checkedConfig } from '../configuration.ts';
import { badConfig } from '../core/errors/bad-config.ts';
import { JitError } from '../core/errors/errors.ts';
import { pinned } from '../core/language/asked-source.ts';
import type { Machine } from '../core/machine/machine.ts';
import type { Person } from '../core/people/person.ts';
import { outcomeText, type PolicyOutcome } from '../core/policy/outcome.ts';
import { type HouseRules, policiesFor } from '../core/policy/policy.ts';
import { jsonLog } from '../observe/log.ts';
import { junit } from './junit.ts';
import { printJson, sayLine } from './output.ts';

interface Result {
  readonly name: string;
  readonly line: number;
  readonly passed: boolean;
  readonly expected: string;
  readonly is: string;
  /** Of what was refused, in words. */
  readonly why: readonly string[];
}

interface Options {
  /** A file for the results in the form of JUnit, which CI systems read. */
  readonly junit?: string;
  readonly json?: boolean;
}

/**
 * `jit policy test <file>`: what a file expects of the policies, judged as requests are. Needs no secret, no cloud, and no directory.
 * The exit code is 1 when something is not as expected, or the file has faults.
 */
export async function policyTestVerb(file: string, tests: string, options: Options = {}): Promise<void> {
  const { config } = await checkedConfig(file, { offline: true });
  const read = readExpectations(textIn(tests), config);
  if ('faults' in read) throw badConfig(read.faults, undefined, `The file ${tests}`);
  const rules = houseRules(config);
  const results: Result[] = [];
  for (const one of read.expectations) {
    const outcome = await outcomeFor(rules, read.people, one);
    const isEmpty = one.because === undefined && outcome.refused.includes('policyReason');
    const passed = isAsExpected(outcome, one.expect);
    results.push({
      name: one.name,
      line: one.line,
      passed,
      expected: expectedText(one.expect),
      is: outcomeText(outcome),
      why: [...outcome.why, ...(isEmpty ? ['The case has no `because`, which counts as an empty reason.'] : [])],
    });
  }
  const failed = results.filter(({ passed }) => !passed).length;
  if (options.junit !== undefined) writeFileSync(options.junit, junit(tests, results));
  if (options.json) printJson({ passed: results.length - failed, failed, tests: results });
  else for (const line of linesOf(results)) sayLine(line);
  if (failed > 0) process.exitCode = 1;
}

function textIn(file: string): string {
  try {
    const given = textOf(readFileSync(file));
    if ('text' in given) return given.text;
    throw badConfig([given.fault.replace('drawbridge.yaml', 'the file')], undefined, `The file ${file}`);
  } catch (cause) {
    if (cause instanceof JitError) throw cause;
    throw badConfig(['it cannot be read'], cause, `The file ${file}`);
  }
}

async function outcomeFor(
  house: HouseRules,
  everybody: readonly Person[],
  expectation: Expectation,
): Promise<PolicyOutcome> {
  const { requester, machine, ports, from, because = '', breakGlass = false, onCall } = expectation;
  const rules = breakGlass ? glassRules(house) : house;
  const now = expectation.at ?? Date.now();
  const people = [...everybody.filter(({ id }) => id !== requester.id), requester];
  const forMs = expectation.forMs ?? usualMs(policiesFor(rules.policies, requester, machine), ports);
  const said = onCall ? { onCall: onCallAs(onCall) } : {};
  const given = { rules, directory: only(people), machine, now, log: jsonLog('error'), ...said };
  try {
    const asked = {
      requester,
      machine: machine.id,
      machineName: machine.name,
      ports,
      forMs,
      because,
      approvedBy: [],
    };
    const outcome = await imagined(given, { ...asked, ...pinned(from, rules.sources) }, new AbortController().signal);
    return breakGlass ? asBroken(outcome, machine) : outcome;
  } catch (error) {
    if (!(error instanceof JitError)) throw error;
    return { policies: [], needs: [], refused: [error.code], why: [error.text] };
  }
}

/** No rule is no policy here. */
function asBroken(outcome: PolicyOutcome, { name }: Machine): PolicyOutcome {
  const { refused } = outcome;
  if (!refused.includes('noPolicy')) return outcome;
  const { code, text } = new JitError('noBreakGlass', { machine: name });
  return { ...outcome, refused: refused.map((one) => (one === 'noPolicy' ? code : one)), why: [text] };
}

function linesOf(results: readonly Result[]): readonly string[] {
  const failed = results.filter(({ passed }) => !passed).length;
  return [
    ...results.flatMap(({ name, line, passed, expected, is, why }) =>
      passed
        ? [`ok    ${name}`]
        : [
            `FAIL  ${name} (line ${line})`,
            `      - expected: ${expected}`,
            `      + is:       ${is}`,
            ...why.map((words) => `        ${words}`),
          ],
    ),
    `${results.length - failed} passed, ${failed} failed.`,
  ];
}
