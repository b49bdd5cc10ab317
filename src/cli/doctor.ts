import { doctor } from '../app/operators/doctor.ts';
import { compose } from '../compose.ts';
import { loadConfig } from '../configuration.ts';
import { doctorReport } from '../core/view/doctor-page.ts';
import { jsonLog } from '../observe/log.ts';
import { commandLine } from './command-line.ts';
import { printJson, show } from './output.ts';

/** `jit doctor`: says what is wrong and the remedy; with `json`, as `{ diagnoses }`. Exit code 1 when there is a fault. */
export async function doctorVerb(file: string, { json = false } = {}): Promise<void> {
  const log = jsonLog('error');
  const { deps, close } = await compose(await loadConfig(file), log, 'wrong');
  try {
    const found = await doctor(deps, commandLine());
    if (json) printJson({ diagnoses: found });
    else show(doctorReport(found, true));
    if (found.some(({ verdict }) => verdict === 'fault')) process.exitCode = 1;
  } finally {
    await close();
  }
}
