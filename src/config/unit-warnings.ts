import type { CloudName } from '../core/machine/machine.ts';
import type { Fault } from './fault.ts';
import type { Config } from './schema.ts';

/** Wherever machines are meant by a `unit` that nobody is asked for: every request there would be “cannot tell”. */
export function unitWarnings({ aws, azure, machines, policies, protections, breakGlass }: Config): readonly Fault[] {
  const isRead = { aws: aws?.units !== undefined, azure: azure?.units === true, gcp: false };
  return unitsIn({ machines, policies, protections, breakGlass }, []).flatMap(({ path, cloud }): readonly Fault[] => {
    if (cloud ? isRead[cloud] : isRead.aws || isRead.azure) return [];
    // Folders above projects are not read: there is nothing to set.
    if (cloud === 'gcp')
      return [
        { path, message: 'leave it out: folders of Google Cloud are not read, and what the unit decides is refused' },
      ];
    const what = cloud ? `\`${cloud}.units\`` : '`aws.units` or `azure.units`';
    return [{ path, message: `set ${what}: without it nobody can tell, and what the unit decides is refused` }];
  });
}

interface Found {
  readonly path: Fault['path'];
  readonly cloud?: CloudName | undefined;
}

function unitsIn(value: unknown, path: Fault['path']): readonly Found[] {
  if (typeof value !== 'object' || value === null) return [];
  const { unit, cloud, account, subscription, project } = value as Readonly<Record<string, unknown>>;
  const meant = cloud ?? (account ? 'aws' : subscription ? 'azure' : project ? 'gcp' : undefined);
  const own: readonly Found[] =
    typeof unit === 'string' ? [{ path: [...path, 'unit'], cloud: meant as CloudName | undefined }] : [];
  const isList = Array.isArray(value);
  const inside = Object.entries(value).flatMap(([key, part]) => unitsIn(part, [...path, isList ? Number(key) : key]));
  return [...own, ...inside];
}
