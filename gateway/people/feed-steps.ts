// What a feed of people changes, one person at a time and each whole: somebody comes, moves, comes back or leaves. Each is
// looked at again in its own transaction: who was changed meanwhile is left to the next feed.

import {
  heldRoles,
  type Bundle,
  type FeedStep,
  type Given,
  type Person,
  type PersonId,
  usualOversight,
} from '../../policy/index.ts'
import { findAccess, revokeGrants, unsafeToEnd, type Ended } from '../access/ending.ts'
import { mint } from '../clock.ts'
import { recordAddress } from '../identity/contact.ts'
import { disableIn } from '../identity/disable.ts'
import { parseAddress } from '../mail-address.ts'
import { Secret } from '../secret.ts'
import type { PersonSource } from '../store/people-sources.ts'
import type { Tx } from '../store/store.ts'
import { keepSource } from './role-sources.ts'

export interface FeedStepContext {
  readonly feed: string
  readonly asOf: number
  readonly now: number
  readonly bundle: Bundle
}

export interface FeedStepDone {
  readonly person: Person
  readonly ended: Ended
}

/** Somebody changed the account since the feed was compared with it. */
export class ChangedMeanwhile extends Error {}

const noneEnded: Ended = { grants: [], sessions: [] }

/** Carries one out in the caller's transaction, with its evidence. @throws ChangedMeanwhile */
export async function takeStep(tx: Tx, step: FeedStep, at: FeedStepContext): Promise<FeedStepDone> {
  switch (step.kind) {
    case 'join':
      return join(tx, step, at)
    case 'adopt': {
      const person = await asPlanned(tx, step.person)
      if (person === null || (await tx.peopleSources.ofPerson(person.id)) !== null) throw new ChangedMeanwhile()
      const source = {
        person: person.id,
        feed: at.feed,
        externalId: step.row.id,
        handRoles: heldRoles(person),
        handPlants: person.plants,
        withheldRoles: [],
        withheldPlants: [],
        leftAt: null,
      }
      return change(tx, person, source, step.given, at, 'adopted')
    }
    case 'move':
    case 'return': {
      const person = await asPlanned(tx, step.source.person)
      const source = await tx.peopleSources.ofPerson(step.source.person.id)
      if (person === null || source === null || source.leftAt !== step.source.leftAt) throw new ChangedMeanwhile()
      if (step.kind === 'move') return change(tx, person, source, step.given, at, 'moved')
      await tx.people.setDisabled(person.id, false)
      await tx.people.clearAuthenticators(person.id)
      const done = await change(tx, { ...person, disabled: false }, source, step.given, at, 'returned')
      await notePrepared(tx, { ...person, roles: step.given.roles, plants: step.given.plants }, at)
      return done
    }
    case 'leave': {
      const person = await asPlanned(tx, step.source.person)
      const source = await tx.peopleSources.ofPerson(step.source.person.id)
      if (person === null || source === null || source.leftAt !== null) throw new ChangedMeanwhile()
      return leave(tx, person, source, step.because, at)
    }
  }
}

/** The person as they are now, if they are as the feed was compared with. */
async function asPlanned(tx: Tx, before: Person): Promise<Person | null> {
  const now = await tx.people.byId(before.id)
  const key = (of: Person): string => JSON.stringify([heldRoles(of), of.plants, of.disabled])
  return now !== null && key(now) === key(before) ? now : null
}

async function join(tx: Tx, step: FeedStep & { kind: 'join' }, at: FeedStepContext): Promise<FeedStepDone> {
  const { row, login, supplier, given } = step
  const { roles, plants, feedRoles, feedPlants } = given
  const id = mint.person(at.now)
  const account: Person = { id, login, displayName: row.name.trim(), roles, supplier, plants, disabled: false }
  // Who looks over a house by a role looks over the plants the feed names.
  const oversight = usualOversight(account)
  const person: Person = oversight === 'plants' ? { ...account, oversight } : account
  const email = addressOf(row.email)
  // No password and no authenticator: nothing logs it in before its person has enrolled.
  const none = { passwordHash: new Secret(''), totpSealed: new Uint8Array() }
  if ((await tx.people.insert({ person, ...none, createdAt: at.now, email })) === 'login-taken')
    throw new ChangedMeanwhile()
  const entry = {
    person: id,
    login: await tx.ledger.commit(login),
    roles,
    supplier,
    plants,
    ...(oversight === 'plants' && { oversight }),
  }
  await tx.ledger.append('identity.created', at.now, entry)
  if (email !== null) await recordAddress(tx, id, null, email, at.now)
  await notePrepared(tx, person, at)
  const byHand = { handRoles: [], handPlants: [], withheldRoles: [], withheldPlants: [], leftAt: null }
  const source = { person: id, feed: at.feed, externalId: row.id, feedRoles, feedPlants, ...byHand }
  await keepSource(tx, at.now, source, plants, 'joined')
  return { person, ended: noneEnded }
}

/** An address that is none is left out: who has it is reached some other way. */
function addressOf(text: string | null): string | null {
  const parsed = text === null ? null : parseAddress(text)
  return parsed?.kind === 'ok' ? parsed.address : null
}

async function notePrepared(
  tx: Tx,
  { id, login, roles, supplier, plants }: Person,
  at: FeedStepContext,
): Promise<void> {
  const entry = { person: id, login: await tx.ledger.commit(login), feed: at.feed, roles, supplier, plants }
  await tx.ledger.append('identity.prepared', at.now, entry)
}

async function change(
  tx: Tx,
  person: Person,
  source: Omit<PersonSource, 'feedRoles' | 'feedPlants'>,
  { roles, plants, feedRoles, feedPlants }: Given,
  at: FeedStepContext,
  cause: 'adopted' | 'moved' | 'returned',
): Promise<FeedStepDone> {
  const before = await findAccess(tx, at.bundle, { kind: 'person', id: person.id })
  await tx.people.setEligibility(person.id, roles, plants)
  const isSame = JSON.stringify([roles, plants]) === JSON.stringify([heldRoles(person), person.plants])
  if (!isSame) {
    const entry = { person: person.id, by: null, roles, plants, feed: at.feed }
    await tx.ledger.append('identity.changed', at.now, entry)
  }
  await keepSource(tx, at.now, { ...source, feedRoles, feedPlants, leftAt: null }, plants, cause)
  // What rests on a plant that is theirs no more ends here; what rests on a role is decided anew.
  const gone = before.grants.filter(({ plant }) => !plants.includes(plant))
  const grants = await revokeGrants(tx, gone, { by: null, reason: reasonFor(at), now: at.now })
  const sessions = before.sessions.filter(({ grant }) => grants.includes(grant))
  return { person: { ...person, roles, plants }, ended: { grants, sessions } }
}

/** Why access ended, for people and the evidence. */
export const reasonFor = ({ feed }: FeedStepContext): string => `feed of people ${feed}`

async function leave(
  tx: Tx,
  person: Person,
  source: PersonSource,
  because: 'absent' | 'said' | 'no-role',
  at: FeedStepContext,
): Promise<FeedStepDone> {
  const { grants: open, sessions } = await findAccess(tx, at.bundle, { kind: 'person', id: person.id })
  const grants = await revokeGrants(tx, open, { by: null, reason: reasonFor(at), now: at.now })
  await disableIn(tx, at.now, person.id, null, reasonFor(at))
  await tx.enrolments.remove(person.id)
  const roles = heldRoles(person)
  // What was by hand stays on record: who comes back gets it only by a hand again.
  const left = { ...source, feedRoles: [], feedPlants: [], handRoles: [], handPlants: [], leftAt: at.now }
  await tx.peopleSources.put(left)
  const ids = (list: readonly { readonly id: PersonSessionId }[]): PersonSessionId[] => list.map(({ id }) => id)
  await tx.ledger.append('person.left', at.now, {
    person: person.id,
    feed: at.feed,
    because,
    asOf: at.asOf,
    grants,
    sessions: ids(sessions),
    unconfirmed: ids(unsafeToEnd(at.bundle, sessions)),
  })
  return { person: { ...person, roles, disabled: true }, ended: { grants, sessions } }
}

type PersonSessionId = Ended['sessions'][number]['id']

/** Who a step is about, once it was taken or as it would be. */
export function subjectOf(step: FeedStep): {
  readonly person: PersonId | null
  readonly login: string
  readonly name: string
} {
  if (step.kind === 'join') return { person: null, login: step.login, name: step.row.name.trim() }
  const { id, login, displayName } = step.kind === 'adopt' ? step.person : step.source.person
  return { person: id, login, name: displayName }
}
