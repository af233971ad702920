// Somebody on site: shown with the code of a device that hangs in the zone, so that who asserts it is there and not at
// home. Holds for a time. Whether a session needs it is the policy's.

import {
  factOf,
  parseZoneId,
  quote,
  type Bundle,
  type Events,
  type Instant,
  type PersonId,
  type PhysicalSourceId,
  type PlantId,
  type PresenceId,
  type ZoneId,
} from '../../policy/index.ts'
import { mint, type Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { putCredential, readCredential } from '../identity/credentials.ts'
import { openThrottle, type ThrottleRule } from '../identity/throttle.ts'
import { enrolmentUri, newTotpSecret, stepOf } from '../identity/totp.ts'
import type { Vault } from '../identity/vault.ts'
import type { Log } from '../log.ts'
import type { Secret } from '../secret.ts'
import type { StoredPresence } from '../store/presences.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Actor } from './authorize.ts'
import { keepRefusal, type RefusedStep } from './refusal.ts'
import { mayEnd } from './steps.ts'
import type { SuspendDeps } from './suspensions.ts'
import type { WorldSource } from './world.ts'

export const longestPresenceMinutes = 480
/** A person on site types one code; three are good at a time, of a million. */
const usualTries: ThrottleRule = { burst: 5, perMinute: 2 }

const credentialOf = (zone: ZoneId): string => `presence-${zone}`

/**
 * Makes the secret of a zone's device and puts it into the vault, as evidence. One that was there before stops working.
 * The secret is returned to be shown once.
 */
export async function enrolPresence(
  deps: { readonly store: Store; readonly vault: Vault; readonly clock: Clock },
  zone: ZoneId,
): Promise<{ secret: Secret<string>; uri: Secret<string>; replaced: boolean }> {
  const secret = newTotpSecret()
  const replaced = await putCredential(deps, { name: credentialOf(zone), kind: 'password', secret })
  return { secret, uri: enrolmentUri(`zone ${zone}`, secret), replaced }
}

export interface Presences {
  /** @throws GatewayError `policy-denied` for a code that is wrong or used, `too-many-requests`, `role-missing`. */
  assert(actor: Actor, given: { zone: string; code: string; minutes: number }): Promise<StoredPresence>
  end(actor: Actor, id: PresenceId): Promise<void>
  /** Writes the end of those whose time is over. Called every second. */
  sweep(): Promise<void>
  /** Writes what was throttled since the last time; see identity/throttle.ts. */
  settle(): Promise<void>
}

/** Key switches of a zone that are on now, with the message that said so. */
function keysOn(
  zone: ZoneId,
  bundle: Bundle,
  world: WorldSource,
  now: Instant,
): readonly { readonly source: PhysicalSourceId; readonly message: string }[] {
  return (bundle.physicalSourcesIn.get(zone) ?? []).flatMap((source) => {
    const fact = source.kind === 'key-switch' ? factOf(source, world.now(), now) : null
    return fact?.state === 'on' ? [{ source: source.id, message: fact.message }] : []
  })
}

/** Ends every presence in a zone because its last key was turned back, or fell silent. In the caller's transaction. */
export async function endPresencesOf(
  tx: Tx,
  zone: ZoneId,
  because: Required<Pick<Events['safety.local_enable_off'], 'reason' | 'key'>>,
  now: Instant,
): Promise<void> {
  for (const { id, zone: stands, person } of await tx.presences.open()) {
    if (stands !== zone || !(await tx.presences.end(id, null, now))) continue
    await tx.ledger.append('safety.local_enable_off', now, { presence: id, zone, person, ...because, by: null })
  }
}

export function openPresences(
  deps: SuspendDeps & {
    readonly vault: Vault
    readonly world: WorldSource
    readonly tries?: ThrottleRule
    readonly log?: Log
  },
): Presences {
  const { store, clock, bundle, vault, world, tries: rule = usualTries } = deps
  const throttle = openThrottle({ store, clock, rule, ...(deps.log ? { log: deps.log } : {}) })

  async function close(presence: StoredPresence, reason: 'ended' | 'time', by: PersonId | null): Promise<boolean> {
    const { id, zone, person } = presence
    const at = clock.now()
    // The row is closed and the entry written, or neither: who comes second writes nothing.
    if ((await store.presences.byId(id))?.ended !== null) return false
    await store.change(async (tx) => {
      if (!(await tx.presences.end(id, by, at)))
        throw new GatewayError('state-conflict', `presence \`${id}\` has ended already`)
      await tx.ledger.append('safety.local_enable_off', at, { presence: id, zone, person, reason, by })
    })
    return true
  }

  return {
    async assert(actor, { zone: named, code, minutes }) {
      const { person } = actor
      const parsed = parseZoneId(named)
      const zone = parsed.kind === 'ok' ? bundle().zones.get(parsed.id) : undefined
      if (!zone) throw new GatewayError('not-found', `no zone ${quote(named)}`)
      const refuse = (refused: RefusedStep['code'], text: string): Promise<never> =>
        keepRefusal(
          { store, clock },
          { person: person.id, step: 'assert-presence', code: refused, subject: zone.id },
          text,
        )
      if (person.supplier !== null || !person.plants.includes(zone.plant))
        return refuse('role-missing', `presence in zone \`${zone.id}\` is for people of plant \`${zone.plant}\``)
      if (!Number.isInteger(minutes) || minutes < 1 || minutes > longestPresenceMinutes)
        throw new GatewayError('invalid-window', `expected 1 to ${longestPresenceMinutes} minutes, got \`${minutes}\``)
      // One person's tries, from wherever they come: an address here is a whole plant's.
      const origin = { via: 'https', source: person.id } as const
      if (!throttle.admits(origin)) return refuse('too-many-tries', 'too many wrong codes: wait a minute and try again')
      const secret = await readCredential({ store, vault }, credentialOf(zone.id))
      if (secret === null)
        throw new GatewayError(
          'not-found',
          `zone \`${zone.id}\` has no device: enrol one with \`sallyport presence enrol\``,
        )
      const step = stepOf(secret, code, clock.now())
      if (step === null) {
        throttle.charge(origin)
        return refuse('wrong-code', 'the code is not the one the device of the zone shows now')
      }
      const now = clock.now()
      const plant: PlantId = zone.plant
      const row = {
        id: mint.presence(now),
        zone: zone.id,
        plant,
        person: person.id,
        from: now,
        until: now + minutes * 60_000,
      }
      const isFresh = await store.change(async (tx) => {
        if (!(await tx.presences.acceptStep(zone.id, step))) {
          const entry = { person: person.id, step: 'assert-presence', code: 'code-replayed', subject: zone.id } as const
          await tx.ledger.append('standing.step_refused', now, entry)
          return false
        }
        for (const before of await tx.presences.open()) {
          if (before.zone !== zone.id || before.person !== person.id) continue
          await tx.presences.end(before.id, person.id, now)
          const entry = { presence: before.id, zone: zone.id, person: person.id, by: person.id } as const
          await tx.ledger.append('safety.local_enable_off', now, { ...entry, reason: 'renewed' })
        }
        await tx.presences.insert(row)
        const keys = keysOn(zone.id, bundle(), world, now)
        const entry = {
          presence: row.id,
          zone: zone.id,
          plant,
          person: person.id,
          until: row.until,
          ...(keys.length > 0 && { keys }),
        }
        await tx.ledger.append('safety.local_enable_on', now, entry)
        return true
      })
      if (!isFresh) {
        throttle.charge(origin)
        throw new GatewayError('policy-denied', 'the code was used before: wait for the next one')
      }
      await world.refresh()
      return { ...row, ended: null }
    },

    async end({ person }, id) {
      const presence = await store.presences.byId(id)
      if (!presence) throw new GatewayError('not-found', `no presence \`${id}\``)
      if (presence.person !== person.id && !mayEnd(person, presence.plant))
        return keepRefusal(
          { store, clock },
          { person: person.id, step: 'end-presence', code: 'role-missing', subject: id },
          `ending a presence in plant \`${presence.plant}\` needs who asserted it, or an approver of that plant`,
        )
      if (!(await close(presence, 'ended', person.id)))
        throw new GatewayError('state-conflict', `presence \`${id}\` has ended already`)
      await world.refresh()
    },

    async sweep() {
      const now = clock.now()
      for (const presence of await store.presences.open())
        if (presence.until <= now) await close(presence, 'time', null)
    },

    settle: () => throttle.settle(),
  }
}
