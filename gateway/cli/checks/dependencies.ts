// Doctor on what the path of access leans on: looks once at each dependency of the bundle that has an address, as the
// gateway would, and says which are known from use alone.

import type { Dependency } from '../../../policy/index.ts'
import { usesOf } from '../../dependencies/configured.ts'
import { openProbe } from '../../dependencies/probe.ts'
import { targetsOf } from '../../dependencies/targets.ts'
import type { Material } from '../../material.ts'
import { plain } from '../plain.ts'
import { ok, warn, type Check } from './check.ts'

/** A warning, never a failure: what follows from it is the bundle's to say. */
export async function checkDependencies(
  {
    bundle: { bundle },
    outgoing,
    witnesses,
    timeAuthorities,
    s3,
  }: Pick<Material, 'bundle' | 'outgoing' | 'witnesses' | 'timeAuthorities' | 's3'>,
  clamd: string | undefined,
): Promise<readonly Check[]> {
  const { dependencies } = bundle.scope
  if (dependencies.length === 0)
    return [warn('dependencies', 'none declared', 'declare in scope.yaml what access leans on, with its owner')]
  const probe = openProbe({ targetAt: targetsOf(() => bundle), ca: outgoing.ca })
  const used = usesOf({ outgoing, witnesses: witnesses.length, timeAuthorities: timeAuthorities.length, s3, clamd })
  const never = new AbortController().signal

  async function check({ id, name, owner, watch }: Dependency): Promise<Check> {
    const what = plain(id)
    if (watch.kind === 'use')
      return used.includes(watch.use)
        ? ok(what, `${plain(name)}: known from use`)
        : warn(
            what,
            `${plain(name)}: known from using ${watch.use}, which this configuration does not`,
            'configure it, or have it looked at with `connect` or `get`',
          )
    const found = await probe(watch, never)
    return found.kind === 'good'
      ? ok(what, `${plain(name)}: answers`)
      : warn(what, `${plain(name)}: ${plain(found.problem)}`, `${plain(owner)} answers for it`)
  }

  const checks: Check[] = []
  for (let from = 0; from < dependencies.length; from += 4)
    checks.push(...(await Promise.all(dependencies.slice(from, from + 4).map(check))))
  return checks
}
