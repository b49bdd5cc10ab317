import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileSink } from '../../adapters/audit-file/index.ts';
import { verified } from '../../src/cli/audit.ts';
import { evidenceVerb } from '../../src/cli/evidence.ts';
import { signerOf } from '../../test/core/evidence/chain.ts';
import { JULY, OCTOBER, quarter } from '../../test/core/evidence/quarter.ts';
import type { Effort, Measurement, Row } from '../measurement.ts';
import { ratio, spread } from '../spread.ts';

/** Entries of one access, but for the few that lack one. */
const EACH = 4.97;
const never = new AbortController().signal;
const VKEY = signerOf().vkey;

/** What checking the audit takes, beside hashing its bytes once; and making the auditor's pack of a quarter. */
export async function measureVerify({ quick }: Effort): Promise<readonly Measurement[]> {
  const [records, leases, rounds] = quick ? [20_000, 1_000, 2] : [1_000_000, 20_000, 3];
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-verify-'));
  try {
    return [await verifying(join(folder, 'all'), records, rounds), await packing(folder, leases, rounds)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function verifying(folder: string, wanted: number, rounds: number): Promise<Measurement> {
  await write(folder, Math.ceil(wanted / EACH));
  const names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  const bytes = names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  const [ours, floor]: [Took[], Took[]] = [[], []];
  let records = 0;
  for (let round = 0; round < rounds; round += 1) {
    floor.push(await took(() => hashed(folder, names)));
    ours.push(
      await took(async () => {
        const { verdict } = await verified(folder, { key: [VKEY] });
        if (verdict.faults.length > 0) throw new Error('the audit of the bench is wrong');
        records = verdict.records;
      }),
    );
  }
  const cpu = ratio(cpuOf(ours), cpuOf(floor));
  return {
    title: `Checking an audit of ${records.toLocaleString('en-US')} records`,
    how:
      `${Math.round(bytes / 1e6)} MB in ${names.length} files, with a signed head behind each 500 records and a receipt in every fifth: all that \`jit audit verify\` ` +
      'does, in the process of the bench. Beside it, in turns, the same bytes are read and hashed once with SHA-256, which no check can do without.',
    rows: [...rowsOf('jit audit verify', ours), ...rowsOf('reading and SHA-256 alone', floor)],
    goals: [{ what: 'checking all of them', value: spread(secondsOf(ours)).median, most: 60, unit: ' s' }],
    notes: [
      `CPU ÷ the floor’s (medians): ${cpu.value.toFixed(1)}×. Each record is parsed, its hash, its link to the one before, and what it says of each person are checked (a hash each), and each receipt and head (Ed25519).`,
    ],
  };
}

async function packing(base: string, leases: number, rounds: number): Promise<Measurement> {
  const folder = join(base, 'quarter');
  await write(folder, leases);
  const all: Took[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const out = join(base, `pack-${round}`);
    const asked = { from: JULY, to: OCTOBER, out, audit: folder, key: [VKEY] };
    all.push(await took(() => silently(() => evidenceVerb('none', asked))));
  }
  return {
    title: `The auditor’s pack of a quarter with ${leases.toLocaleString('en-US')} leases`,
    how: '`jit evidence` from the audit files alone, in the process of the bench: all is verified, and every file of the pack written.',
    rows: rowsOf('jit evidence', all),
    goals: [{ what: 'making the pack', value: spread(secondsOf(all)).median, most: 60, unit: ' s' }],
    notes: [],
  };
}

async function write(folder: string, leases: number): Promise<void> {
  const sink = fileSink({ installation: 'demo', folder, rotateBytes: 64e6, vkeys: [VKEY] });
  for (const batch of quarter(leases)) await sink.write(batch, never);
}

async function hashed(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const digest = createHash('sha256');
    for await (const chunk of createReadStream(join(folder, name), { highWaterMark: 1 << 20 }))
      digest.update(chunk as Buffer);
    digest.digest();
  }
}

interface Took {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Others may be at work on the machine: its own CPU says more than the clock. */
async function took(work: () => Promise<void>): Promise<Took> {
  const [from, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - from) / 1e3, cpuSeconds: (user + system) / 1e6 };
}

function rowsOf(what: string, all: readonly Took[]): readonly Row[] {
  return [
    { what, unit: 's', values: secondsOf(all) },
    { what: `${what}: CPU`, unit: 's', values: cpuOf(all) },
  ];
}

const secondsOf = (all: readonly Took[]) => all.map(({ seconds }) => seconds);
const cpuOf = (all: readonly Took[]) => all.map(({ cpuSeconds }) => cpuSeconds);

/** What a command prints is no part of the report. */
async function silently(work: () => Promise<void>): Promise<void> {
  const { log } = console;
  console.log = () => {};
  try {
    await work();
  } finally {
    console.log = log;
  }
}
