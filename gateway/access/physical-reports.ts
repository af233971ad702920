// What doors, cabinets and key switches report: signed by the system it comes from, taken once, in order, and for as
// long as the bundle lets it count. A key turned back, or a source that falls silent, takes away what rested on it: the
// presence of who stood there, and with it, in the way of each asset, the sessions. A report never opens anything by
// itself.

import { randomBytes } from 'node:crypto'
import {
  parsePhysicalSourceId,
  physicalStates,
  type Bundle,
  type Events,
  type Instant,
  type PhysicalSource,
  type PhysicalSourceId,
  type PhysicalState,
  type SessionId,
  type ZoneId,
} from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { putCredential, readCredential } from '../identity/credentials.ts'
import { openThrottle, type ThrottleRule } from '../identity/throttle.ts'
import type { Vault } from '../identity/vault.ts'
import type { Log } from '../log.ts'
import { Secret } from '../secret.ts'
import { keyOfSecret, messageWindowMs, readSigned, type SignedHeaders } from '../signed-message.ts'
import type { StoredPhysical } from '../store/physical.ts'
import type { Store, Tx } from '../store/store.ts'
import { endPresencesOf } from './presences.ts'
import type { WorldSource } from './world.ts'

/** Name of its secret in the vault. */
export const physicalCredential = (source: PhysicalSourceId): string => `physical-${source}`

/** A source signs right or it does not: more than a few wrong ones in its name are nobody's mistake. */
const usualTries: ThrottleRule = { burst: 5, perMinute: 5 }
/** How far the clock of a source may be ahead. */
const aheadMs = 60_000
/**
 * How much a state takes away. What takes away more than what is known counts whenever it comes: a key turned back is not
 * kept from counting by a clock that was set back, nor by a message that overtook it.
 */
const strictness: Readonly<Record<PhysicalState, number>> = { on: 0, closed: 0, off: 1, open: 1, forced: 2 }

/**
 * Makes the secret a source signs with and puts it into the vault, as evidence. One that was there before stops working,
 * and what was said with it counts no longer: whoever had it may have said it. The secret is returned to be shown once.
 */
export async function enrolPhysicalSource(
  deps: { readonly store: Store; readonly vault: Vault; readonly clock: Clock },
  source: PhysicalSourceId,
): Promise<{ secret: Secret<string>; replaced: boolean }> {
  const secret = new Secret(`whsec_${randomBytes(32).toString('base64')}`)
  const replaced = await putCredential(deps, { name: physicalCredential(source), kind: 'password', secret })
  if (replaced) await deps.store.bookkeep((tx) => tx.physical.expire(source, deps.clock.now()))
  return { secret, replaced }
}

export interface PhysicalReport {
  readonly source: string
  readonly headers: SignedHeaders
  readonly body: Uint8Array
  /** The address it came from. */
  readonly from: string
}

/** `taken`: it counts. `again`: it was taken before. `out-of-order`: something newer was said since. */
export type ReportOutcome = 'taken' | 'again' | 'out-of-order'

export interface PhysicalReports {
  /** @throws GatewayError `not-logged-in` for what is not signed by the source, `malformed-body`, `too-many-requests`. */
  take(report: PhysicalReport): Promise<ReportOutcome>
  /** Writes the silence of those that were not heard of for too long. Called every second. */
  sweep(): Promise<void>
  settle(): Promise<void>
}

interface Said {
  readonly state: PhysicalState
  readonly at: Instant
}

/** The body: as this gateway writes its own, with the state in `data`. */
function readBody(body: Uint8Array, { kind }: PhysicalSource): Said | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(body).toString('utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
  if (typeof parsed !== 'object' || parsed === null) return null
  const { type, timestamp, data } = parsed as Readonly<Record<string, unknown>>
  if (type !== 'physical.state' || typeof timestamp !== 'string' || typeof data !== 'object' || data === null)
    return null
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(timestamp)
    ? Date.parse(timestamp)
    : NaN
  const given = (data as Readonly<Record<string, unknown>>)['state']
  const state = physicalStates[kind].find((each) => each === given)
  return state === undefined || Number.isNaN(at) ? null : { state, at }
}

export function openPhysicalReports(deps: {
  readonly store: Store
  readonly vault: Vault
  readonly clock: Clock
  readonly bundle: () => Bundle
  readonly world: WorldSource
  /** Living sessions on what a source is about. */
  readonly living: (source: PhysicalSource) => readonly SessionId[]
  readonly tries?: ThrottleRule
  readonly log?: Log
}): PhysicalReports {
  const { store, vault, clock, bundle, world, living, tries: rule = usualTries } = deps
  const throttle = openThrottle({ store, clock, rule, ...(deps.log ? { log: deps.log } : {}) })

  async function refuse(
    source: PhysicalSourceId | null,
    code: Events['physical.refused']['code'],
    from: string,
  ): Promise<void> {
    await store.change(async ({ ledger }) => {
      await ledger.append('physical.refused', clock.now(), { source, code, from: await ledger.commit(from) })
    })
  }

  const whereOf = ({ id, kind, zone, asset }: PhysicalSource) => {
    const stands = bundle().zones.get(zone)
    // The parser has checked that it stands in a declared zone.
    if (!stands) throw new Error(`zone \`${zone}\` is not declared`)
    return { source: id, kind, zone, asset, plant: stands.plant }
  }

  /** It said that a key is on, and nothing since. That this counts for too long is not asked. */
  const wasOn = (stored: StoredPhysical | null): stored is StoredPhysical =>
    stored !== null && stored.kind === 'key-switch' && stored.state === 'on' && !stored.silent

  /** Is it declared still as it was when it spoke? */
  function isDeclared({ source, kind, zone, asset }: StoredPhysical): boolean {
    const declared = bundle().physicalSources.get(source)
    return declared?.kind === kind && declared.zone === zone && declared.asset === asset
  }

  /** The last key of a zone is off or silent: nobody shows any more to be there. */
  async function keyGone(
    tx: Tx,
    zone: ZoneId,
    { reason, key }: Parameters<typeof endPresencesOf>[2] & { readonly reason: 'key-off' | 'key-silent' },
    now: Instant,
  ): Promise<void> {
    const others = (await tx.physical.all()).filter((each) => each.zone === zone && each.source !== key.source)
    if (others.some((each) => wasOn(each) && now < each.until && isDeclared(each))) return
    await endPresencesOf(tx, zone, { reason, key }, now)
  }

  /** Is it the same as before, and nothing more than that? Then only how long it counts is set anew, and no entry made. */
  const isSame = (before: StoredPhysical | null, next: StoredPhysical): before is StoredPhysical =>
    before !== null &&
    !before.silent &&
    before.state === next.state &&
    before.kind === next.kind &&
    before.zone === next.zone &&
    before.asset === next.asset

  /** @param mayKeep is a refusal of it kept, or were there too many? */
  async function keep(
    source: PhysicalSource,
    said: Said,
    { message, from, mayKeep }: { readonly message: string; readonly from: string; readonly mayKeep: () => boolean },
  ): Promise<ReportOutcome> {
    const now = clock.now()
    const where = whereOf(source)
    const until = Math.min(said.at, now) + source.silentAfterMinutes * 60_000
    const next = {
      ...where,
      state: said.state,
      since: said.at,
      lastAt: said.at,
      until,
      message,
      heard: 0,
      silent: false,
    }
    const isLate = (before: StoredPhysical | null): boolean => {
      // What is known from a time to come was kept before the clock was set back: nothing is ordered by it.
      if (before === null || before.lastAt > now + aheadMs) return false
      if (strictness[said.state] > strictness[before.state]) return false
      return said.at < before.lastAt || (said.at === before.lastAt && said.state !== before.state)
    }

    const known = await store.physical.of(source.id)
    if (isSame(known, next) && now < known.until && !isLate(known)) {
      const outcome = await store.bookkeep(async (tx): Promise<ReportOutcome | 'changed'> => {
        const before = await tx.physical.of(source.id)
        if (!isSame(before, next) || isLate(before)) return 'changed'
        if (!(await tx.physical.take(source.id, message, now))) return 'again'
        const heard = before.heard + 1
        await tx.physical.put({ ...before, lastAt: said.at, until, message, heard })
        return 'taken'
      })
      if (outcome !== 'changed') return outcome
    }
    return store.change(async (tx): Promise<ReportOutcome> => {
      const before = await tx.physical.of(source.id)
      const isFresh = await tx.physical.take(source.id, message, now)
      if (!isFresh || isLate(before)) {
        const code = isFresh ? 'out-of-order' : 'replayed'
        if (!mayKeep()) throw new GatewayError('too-many-requests')
        await tx.ledger.append('physical.refused', now, { source: source.id, code, from: await tx.ledger.commit(from) })
        return isFresh ? 'out-of-order' : 'again'
      }
      // Where it counts though something newer was said, what is older than that still opens nothing.
      const isPast = before !== null && before.lastAt <= now + aheadMs
      await tx.physical.put({ ...next, lastAt: isPast ? Math.max(before.lastAt, said.at) : said.at })
      await tx.ledger.append('physical.reported', now, {
        ...where,
        state: said.state,
        was: before === null || before.silent ? null : before.state,
        since: said.at,
        message,
        heard: before?.heard ?? 0,
        sessions: living(source),
      })
      // Only who was kept there by a key leaves with it.
      if (wasOn(before) && said.state === 'off')
        await keyGone(tx, before.zone, { reason: 'key-off', key: { source: source.id, message } }, now)
      return 'taken'
    })
  }

  return {
    async take({ source: named, headers, body, from }) {
      const parsed = parsePhysicalSourceId(named)
      const source = parsed.kind === 'ok' ? (bundle().physicalSources.get(parsed.id) ?? null) : null
      // By address, whatever the name: so a declared one is answered as any other. Only what is refused is counted: who
      // signs wrongly, from the very address of a source, keeps no report of it from being heard.
      const origin = { via: 'https', source: from } as const
      const mayKeep = (): boolean => {
        const isAdmitted = throttle.admits(origin)
        if (isAdmitted) throttle.charge(origin)
        return isAdmitted
      }
      const bad = async (code: Events['physical.refused']['code'], problem: GatewayError): Promise<never> => {
        if (!mayKeep()) throw new GatewayError('too-many-requests')
        await refuse(source?.id ?? null, code, from)
        throw problem
      }
      const unsigned = new GatewayError('not-logged-in', 'the report is not signed by this source, or not of now')
      if (source === null) return bad('unknown-source', unsigned)
      const secret = await readCredential({ store, vault }, physicalCredential(source.id))
      const key = secret === null ? null : keyOfSecret(secret.expose())
      if (key === null) return bad('not-enrolled', unsigned)
      const now = clock.now()
      const signed = readSigned(key, headers, body, now)
      if (signed.kind === 'bad') return bad(signed.why === 'unsigned' ? 'wrong-signature' : 'outside-time', unsigned)
      const said = readBody(body, source)
      if (said === null) {
        const states = physicalStates[source.kind].map((each) => `\`${each}\``).join(', ')
        const form = `expected {"type":"physical.state","timestamp":"<RFC 3339>","data":{"state":one of ${states}}}`
        return bad('malformed', new GatewayError('malformed-body', form))
      }
      const oldest = now - source.silentAfterMinutes * 60_000
      if (said.at > now + aheadMs || said.at <= oldest)
        return bad('outside-time', new GatewayError('malformed-body', 'timestamp: too old to count, or in the future'))
      const outcome = await keep(source, said, { message: signed.id, from, mayKeep })
      // When it resolves, what rested on it before is being decided anew.
      if (outcome === 'taken') await world.refresh()
      return outcome
    },

    async sweep() {
      const now = clock.now()
      // Over, or kept by a clock that was ahead and is right again: then it would count for far too long.
      const isOver = ({ until, lastAt }: StoredPhysical): boolean => now >= until || lastAt > now + aheadMs
      for (const known of await store.physical.all()) {
        const { source } = known
        if (known.silent || !isOver(known)) continue
        const write = store.change(async (tx) => {
          const before = await tx.physical.of(source)
          if (before === null || before.silent || !isOver(before))
            throw new GatewayError('state-conflict', `source \`${source}\` was heard of meanwhile`)
          const { kind, zone, asset, plant, state, lastAt, heard, message } = before
          await tx.physical.put({ ...before, silent: true, heard: 0 })
          const where = { source, kind, zone, asset, plant }
          await tx.ledger.append('physical.source_silent', now, { ...where, lastState: state, lastAt, heard, message })
          if (wasOn(before)) await keyGone(tx, zone, { reason: 'key-silent', key: { source, message } }, now)
        })
        const isWritten = await write.then(
          () => true,
          (error: unknown) => {
            if (error instanceof GatewayError && error.code === 'state-conflict') return false
            throw error
          },
        )
        if (isWritten) await world.refresh()
      }
      await store.bookkeep((tx) => tx.physical.forget(now - 2 * messageWindowMs))
    },

    settle: () => throttle.settle(),
  }
}
