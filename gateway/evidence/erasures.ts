// Erasing personal data as an act of two people: salts and values that commitments of the ledger stand for are taken out
// of the store. The tree is not touched: it proves as before, and what was erased can be guessed from it by nobody. What
// is on hold, or younger than its class keeps, stays.

import type { Bundle, ErasureId, ErasureSubject } from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import { mint, type Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { StoredErasure } from '../store/erasures.ts'
import type { Store } from '../store/store.ts'
import { openSharedTurns } from '../turns.ts'
import { whoAnswered } from './own-session.ts'
import { findValues, stayOfValue, type KeptValue } from './personal-data.ts'
import { refuseStep } from './refused-step.ts'
import { eraseShown } from './shown-values.ts'

/** What there is of a subject now. */
export interface Erasable {
  readonly erasable: number
  /** On hold, and younger than their class keeps. */
  readonly held: number
  readonly kept: number
}

export interface Erasures {
  look(subject: ErasureSubject): Promise<Erasable>
  /** @throws GatewayError `evidence-kept` where nothing may be erased; `policy-denied` for one's own data. */
  propose(actor: Actor, subject: ErasureSubject, reason: string): Promise<StoredErasure>
  /** By another person than who proposed. What must still stay then stays. */
  confirm(actor: Actor, id: ErasureId, words: string): Promise<StoredErasure>
  withdraw(actor: Actor, id: ErasureId, words: string): Promise<StoredErasure>
}

/** Commitments in one entry of the ledger: 65,535 bytes. */
const mostInEntry = 500

export function openErasures(deps: {
  readonly store: Store
  readonly bundle: () => Bundle
  readonly clock: Clock
}): Erasures {
  const { store, bundle, clock } = deps

  async function sorted(values: readonly KeptValue[]): Promise<{ counts: Erasable; free: readonly KeptValue[] }> {
    const holds = await store.holds.inForce()
    const now = clock.now()
    const giveWay = openSharedTurns()
    const free: KeptValue[] = []
    const counts = { held: 0, kept: 0 }
    for (const value of values) {
      const stay = stayOfValue(value, holds, now)
      if (stay === null) free.push(value)
      else counts[stay] += 1
      await giveWay()
    }
    return { counts: { erasable: free.length, ...counts }, free }
  }

  /** Nobody takes out what tells of themselves or of a machine account they answer or answered for, nor a value they left themselves. */
  async function needOther(
    { person }: Actor,
    step: 'propose-erasure' | 'confirm-erasure',
    subject: ErasureSubject,
    values: readonly KeptValue[],
  ): Promise<void> {
    const places = values.flatMap((value) => value.places)
    const about = [
      ...(subject.kind === 'person' ? [subject.id] : []),
      ...places.flatMap(({ of }) => (of.person === null ? [] : [of.person])),
    ]
    let isOwn = false
    for (const id of new Set(about)) isOwn ||= (await whoAnswered(store, id, 0)).has(person.id)
    // One value is picked by hand: not from an entry in which one has a part.
    const isLeft = subject.kind === 'commitment' && places.some(({ named }) => named.includes(person.id))
    if (isOwn || isLeft)
      return refuseStep(
        { store, clock },
        { person: person.id, step, code: 'own-data', subject: null },
        'this is about yourself: two other people erase it',
      )
  }

  async function needSome(
    { person }: Actor,
    step: 'propose-erasure' | 'confirm-erasure',
    { erasable, held, kept }: Erasable,
  ): Promise<void> {
    if (erasable > 0) return
    if (held + kept === 0) throw new GatewayError('not-found', 'no value is kept of that any more')
    const why = [
      ...(held > 0 ? [`${held} on legal hold`] : []),
      ...(kept > 0 ? [`${kept} younger than their retention class keeps`] : []),
    ].join(', ')
    return refuseStep(
      { store, clock },
      { person: person.id, step, code: held > 0 ? 'held' : 'kept', subject: null },
      `nothing may be erased: ${why}: it has to be released, or its time to be over`,
    )
  }

  async function stored(id: ErasureId): Promise<StoredErasure> {
    const erasure = await store.erasures.byId(id)
    if (!erasure) throw new GatewayError('not-found', `no erasure \`${id}\``)
    return erasure
  }

  return {
    async look(subject) {
      return (await sorted(await findValues(store, bundle(), subject))).counts
    },

    async propose(actor, subject, reason) {
      const values = await findValues(store, bundle(), subject)
      await needOther(actor, 'propose-erasure', subject, values)
      const { counts } = await sorted(values)
      await needSome(actor, 'propose-erasure', counts)
      const at = clock.now()
      const erasure = { id: mint.erasure(at), subject, by: actor.person.id, at, reason, count: counts.erasable }
      await store.change(async (tx) => {
        await tx.erasures.insert(erasure)
        await tx.ledger.append('evidence.erasure_proposed', at, {
          erasure: erasure.id,
          subject,
          by: erasure.by,
          reason: await tx.ledger.commit(reason),
          values: erasure.count,
        })
      })
      return { ...erasure, state: 'open', decided: null }
    },

    async confirm(actor, id, words) {
      const { person } = actor
      const erasure = await stored(id)
      const { subject } = erasure
      if (erasure.by === person.id)
        return refuseStep(
          { store, clock },
          { person: person.id, step: 'confirm-erasure', code: 'own-proposal', subject: id },
          'who proposed an erasure does not confirm it: another person has to',
        )
      const current = bundle()
      const values = await findValues(store, current, subject)
      await needOther(actor, 'confirm-erasure', subject, values)
      const { counts, free } = await sorted(values)
      await needSome(actor, 'confirm-erasure', counts)
      const decided = { by: person.id, at: clock.now(), words }
      return store.change(async (tx) => {
        // How long each is kept was asked of that one.
        if (bundle().digest !== current.digest)
          throw new GatewayError('state-conflict', 'another bundle came into force meanwhile: confirm it again')
        // A hold that was set while the ledger was read wins.
        const holds = await tx.holds.inForce()
        const gone = free.filter((value) => stayOfValue(value, holds, decided.at) === null)
        const count = gone.length
        if (count === 0) throw new GatewayError('evidence-kept', 'a legal hold was set meanwhile')
        if (!(await tx.erasures.decide(id, 'done', { ...decided, count })))
          throw new GatewayError('state-conflict', `erasure \`${id}\` is not open any more`)
        const names = gone.map(({ commitment }) => commitment).toSorted()
        await tx.erasures.erase(names)
        for (const { shown } of gone) if (shown !== null) await eraseShown(tx, shown)
        const parts = Math.ceil(count / mostInEntry)
        for (let part = 0; part < parts; part++)
          await tx.ledger.append('evidence.erased', decided.at, {
            erasure: id,
            subject,
            proposedBy: erasure.by,
            by: person.id,
            part: part + 1,
            parts,
            commitments: names.slice(part * mostInEntry, (part + 1) * mostInEntry),
          })
        return { ...erasure, count, state: 'done', decided } as const
      })
    },

    async withdraw({ person }, id, words) {
      const erasure = await stored(id)
      const decided = { by: person.id, at: clock.now(), words }
      await store.change(async (tx) => {
        if (!(await tx.erasures.decide(id, 'withdrawn', { ...decided, count: erasure.count })))
          throw new GatewayError('state-conflict', `erasure \`${id}\` is not open any more`)
        await tx.ledger.append('evidence.erasure_withdrawn', decided.at, {
          erasure: id,
          proposedBy: erasure.by,
          by: person.id,
          reason: await tx.ledger.commit(words),
        })
      })
      return { ...erasure, state: 'withdrawn', decided }
    },
  }
}
