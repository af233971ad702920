// Keeps what the gateway is configured by, and what it runs on, as evidence of each start, and says what became another
// since the start before (ISO/IEC 27001:2022 A.8.9, IEC 62443-3-3 SR 7.6). The bundle's own baseline is watched by
// access/baseline.ts; what of a field may be told, configuration-told.ts decides.

import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Clock } from '../clock.ts'
import type { Config } from '../config-fields.ts'
import type { Log } from '../log.ts'
import type { Secret } from '../secret.ts'
import { systemCode } from '../start-problem.ts'
import type { Store } from '../store/store.ts'
import { version } from '../version.ts'
import { programDigest } from './program.ts'
import { differencesTold, digestOfTold, tellConfiguration, type ToldConfiguration } from './configuration-told.ts'

const dayMs = 24 * 3_600_000
/** Within which another person lets a change of the gateway itself stand. */
export const releaseDays = 14

/** What the gateway runs on, told beside its fields: a release is a change too. */
export interface Platform {
  readonly version: string
  /** Over the program's own files: see program.ts. */
  readonly program: string
  readonly runtime: string
  readonly system: string
}

export const platformHere = async (): Promise<Platform> => ({
  version,
  program: await programDigest(),
  runtime: process.version,
  system: `${process.platform} ${process.arch}`,
})

/**
 * Writes `gateway.configured`, and `gateway.configuration_changed` where something differs from the start before, which
 * begins a release of the gateway (platform-releases.ts); all or nothing. Returns the differences, in words.
 */
export async function recordConfiguration(deps: {
  readonly store: Store
  readonly config: Config
  readonly vaultKey: Secret<Uint8Array>
  readonly clock: Clock
  readonly log: Log
  readonly platform: Platform
}): Promise<readonly string[]> {
  const { store, config, vaultKey, clock, log, platform } = deps
  const keyed = (field: string, value: string | Uint8Array): string =>
    `keyed:${createHmac('sha256', vaultKey.expose()).update(`sallyport/configuration\0${field}\0`).update(value).digest('hex').slice(0, 32)}`
  const fields = await tellConfiguration(config, { keyed, read })
  const digest = digestOfTold(fields)
  const [last] = await store.evidence.list({ types: ['gateway.configured'], session: null }, { limit: 1, before: null })
  const changes =
    last === undefined ? [] : [...platformChanges(last.data, platform), ...differencesTold(toldIn(last.data), fields)]
  await store.change(async (tx) => {
    const at = clock.now()
    await tx.ledger.append('gateway.configured', at, { digest, ...platform, fields })
    if (last !== undefined && changes.length > 0) {
      const dueAt = at + releaseDays * dayMs
      const told = { before: String(last.data['digest']), digest, since: last.index, changes, dueAt }
      const entry = await tx.ledger.append('gateway.configuration_changed', at, told)
      await tx.platformReleases.open({ entry, at, dueAt, changes })
    }
  })
  if (changes.length > 0) log.warn({ changes }, 'Configuration differs from the last start')
  return changes
}

async function read(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path)
  } catch (error) {
    // The start has looked at what it needs; what else is amiss is told as such.
    if (systemCode(error) === '') throw error
    return null
  }
}

function platformChanges(data: Readonly<Record<string, unknown>>, now: Platform): string[] {
  // Told since the release that came to know it; without a new version it is somebody's hand.
  const same = data['program'] === undefined || data['program'] === now.program
  const program = data['version'] === now.version ? 'other files, of the same version' : 'other files'
  return [...partChanges(data, now), ...(same ? [] : [`program: ${program}`])]
}

function partChanges(data: Readonly<Record<string, unknown>>, now: Platform): string[] {
  const names = { version: 'release of the gateway', runtime: 'Node.js', system: 'system' } as const
  return (['version', 'runtime', 'system'] as const).flatMap((part) =>
    data[part] === now[part] ? [] : [`${names[part]}: \`${now[part]}\`, was \`${String(data[part])}\``],
  )
}

function toldIn(data: Readonly<Record<string, unknown>>): ToldConfiguration {
  const { fields } = data
  if (typeof fields !== 'object' || fields === null) return {}
  return Object.fromEntries(Object.entries(fields).map(([field, text]) => [field, String(text)]))
}
