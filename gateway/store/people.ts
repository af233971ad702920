// People: who they are, their authenticators, and the counters that slow down guessing.

import {
  houseRoles,
  usualOversight,
  type Login,
  type Machine,
  type Person,
  type PersonId,
  type PlantId,
  type Role,
  type SupplierId,
} from '../../policy/index.ts'
import { Secret } from '../secret.ts'
import type { Db, Schema } from './schema.ts'

export interface Authenticators {
  readonly passwordHash: Secret<string>
  /** Sealed by the vault; opened only to check a code. */
  readonly totpSealed: Uint8Array
  readonly totpStep: number
  readonly failures: number
  readonly lockedUntil: number
}

export interface NewPerson {
  readonly person: Person
  readonly passwordHash: Secret<string>
  readonly totpSealed: Uint8Array
  readonly createdAt: number
  /** Where messages go; none when not given. */
  readonly email?: string | null
}

export interface PersonKey {
  readonly fingerprint: string
  /** OpenSSH public key line without its comment. */
  readonly key: string
  readonly label: string
}

export interface People {
  insert(person: NewPerson): Promise<'ok' | 'login-taken'>
  byId(id: PersonId): Promise<Person | null>
  byLogin(login: Login): Promise<Person | null>
  byIds(ids: readonly string[]): Promise<ReadonlyMap<string, Person>>
  list(): Promise<readonly Person[]>
  /** People, and machines, whose accounts have no password yet: nobody has enrolled with them. */
  notEnrolled(): Promise<ReadonlySet<PersonId>>
  /** Null for a machine account: it has neither a password nor codes. */
  authenticators(id: PersonId): Promise<Authenticators | null>
  /** Accepts a TOTP step once: false when this or a later step was accepted before. Atomic. */
  acceptTotpStep(id: PersonId, step: number): Promise<boolean>
  /** Counts one wrong try and returns how many in a row there are now. */
  countFailure(id: PersonId): Promise<number>
  lockUntil(id: PersonId, until: number): Promise<void>
  /** Another hash of the same password; does nothing when the hash is no longer `old`. */
  replaceHash(id: PersonId, old: Secret<string>, fresh: Secret<string>): Promise<void>
  clearFailures(id: PersonId): Promise<void>
  setDisabled(id: PersonId, disabled: boolean): Promise<void>
  /** Takes password, authenticator and keys away: until they enrol anew nothing logs the person in. */
  clearAuthenticators(id: PersonId): Promise<void>
  /** What the person may do by who they are; the supplier never changes. */
  setEligibility(id: PersonId, roles: readonly Role[], plants: readonly PlantId[]): Promise<void>
  /** How far roles reach that look over a house, and the plants the person acts for. */
  setOversight(id: PersonId, oversight: 'all' | 'plants', plants: readonly PlantId[]): Promise<void>
  addKey(id: PersonId, key: PersonKey): Promise<'ok' | 'key-taken'>
  /** Where messages to a person go; null where no address is given. */
  email(id: PersonId): Promise<string | null>
  setEmail(id: PersonId, email: string | null): Promise<void>
  keys(id: PersonId): Promise<readonly PersonKey[]>
  /** False when it was no key of theirs. */
  removeKey(id: PersonId, fingerprint: string): Promise<boolean>
}

/** Everybody with what a machine account has beside: who answers for it is read with it, as they are now. */
const peopleRows = (db: Db) =>
  db
    .selectFrom('person')
    .leftJoin('machine', 'machine.person', 'person.id')
    .leftJoin('person as owner', 'owner.id', 'machine.owner')
    .select([...columns, 'machine.purpose', 'machine.until_day', 'machine.sources'])
    .select(ownerColumns)

const columns = [
  'person.id',
  'person.login',
  'person.display_name',
  'person.roles',
  'person.supplier',
  'person.plants',
  'person.disabled',
  'person.oversight',
] as const
const ownerColumns = [
  'owner.id as owner_id',
  'owner.login as owner_login',
  'owner.display_name as owner_display_name',
  'owner.roles as owner_roles',
  'owner.supplier as owner_supplier',
  'owner.plants as owner_plants',
  'owner.disabled as owner_disabled',
  'owner.oversight as owner_oversight',
] as const

type PlainRow = Pick<
  Schema['person'],
  'id' | 'login' | 'display_name' | 'roles' | 'supplier' | 'plants' | 'disabled' | 'oversight'
>
type PersonRow = Awaited<ReturnType<ReturnType<typeof peopleRows>['executeTakeFirstOrThrow']>>

function plainOf(row: PlainRow): Person {
  return {
    id: row.id as PersonId,
    login: row.login as Login,
    displayName: row.display_name,
    roles: JSON.parse(row.roles) as Role[],
    supplier: row.supplier as SupplierId | null,
    plants: JSON.parse(row.plants) as PlantId[],
    disabled: row.disabled === 1,
    ...(row.oversight === 'plants' && { oversight: row.oversight }),
  }
}

function personOf(row: PersonRow): Person {
  const person = plainOf(row)
  const machine = machineOf(row)
  return machine === null ? person : { ...person, machine }
}

function machineOf(row: PersonRow): Machine | null {
  const { owner_id: id, owner_login: login, owner_display_name: name, owner_roles: roles, owner_plants: plants } = row
  const { purpose, until_day: until, sources, owner_disabled: disabled, owner_oversight } = row
  if (purpose === null || until === null || sources === null) return null
  if (id === null || login === null || name === null || roles === null || plants === null || disabled === null)
    throw new Error(`machine account \`${row.login}\`: its owner is not in the store`)
  const owner = {
    id,
    login,
    display_name: name,
    roles,
    supplier: row.owner_supplier,
    plants,
    disabled,
    oversight: owner_oversight ?? 'all',
  }
  return { owner: plainOf(owner), purpose, until, sources: JSON.parse(sources) as string[] }
}

/** The row of an account that nobody has logged in to yet. */
export function newPersonRow(
  { id, login, displayName, roles, supplier, plants, disabled, oversight }: Person,
  createdAt: number,
): Schema['person'] {
  return {
    id,
    login,
    display_name: displayName,
    roles: JSON.stringify(roles),
    supplier,
    plants: JSON.stringify(plants),
    disabled: disabled ? 1 : 0,
    password_hash: '',
    totp_secret: new Uint8Array(),
    totp_step: 0,
    failures: 0,
    locked_until: 0,
    created_at: createdAt,
    email: null,
    oversight: oversight ?? 'all',
  }
}

const looksOver = (roles: readonly Role[]): boolean =>
  roles.some((role) => (houseRoles as readonly Role[]).includes(role))

export function peopleIn(db: Db): People {
  const one = (id: string) => db.updateTable('person').where('id', '=', id)
  return {
    async insert({ person, passwordHash, totpSealed, createdAt, email }) {
      const inserted = await db
        .insertInto('person')
        .values({
          ...newPersonRow(person, createdAt),
          password_hash: passwordHash.expose(),
          totp_secret: totpSealed,
          email: email ?? null,
        })
        .onConflict((c) => c.column('login').doNothing())
        .executeTakeFirst()
      return inserted.numInsertedOrUpdatedRows === 1n ? 'ok' : 'login-taken'
    },
    async byId(id) {
      const row = await peopleRows(db).where('person.id', '=', id).executeTakeFirst()
      return row ? personOf(row) : null
    },
    async byLogin(login) {
      const row = await peopleRows(db).where('person.login', '=', login).executeTakeFirst()
      return row ? personOf(row) : null
    },
    async byIds(ids) {
      if (ids.length === 0) return new Map()
      const rows = await peopleRows(db)
        .where('person.id', 'in', [...new Set(ids)])
        .execute()
      return new Map(rows.map((row) => [row.id, personOf(row)]))
    },
    async list() {
      return (await peopleRows(db).orderBy('person.login').execute()).map(personOf)
    },
    async notEnrolled() {
      const rows = await db.selectFrom('person').select('id').where('password_hash', '=', '').execute()
      return new Set(rows.map(({ id }) => id as PersonId))
    },
    async authenticators(id) {
      const row = await db.selectFrom('person').selectAll().where('id', '=', id).executeTakeFirst()
      // A machine account has none.
      if (!row || row.password_hash === '') return null
      return {
        passwordHash: new Secret(row.password_hash),
        totpSealed: row.totp_secret,
        totpStep: row.totp_step,
        failures: row.failures,
        lockedUntil: row.locked_until,
      }
    },
    async acceptTotpStep(id, step) {
      const done = await one(id).where('totp_step', '<', step).set({ totp_step: step }).executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async countFailure(id) {
      const row = await one(id)
        .set((eb) => ({ failures: eb('failures', '+', 1) }))
        .returning('failures')
        .executeTakeFirstOrThrow()
      return row.failures
    },
    async replaceHash(id, old, fresh) {
      await one(id).where('password_hash', '=', old.expose()).set({ password_hash: fresh.expose() }).execute()
    },
    async lockUntil(id, until) {
      await one(id).set({ locked_until: until, failures: 0 }).execute()
    },
    async clearFailures(id) {
      await one(id).set({ failures: 0, locked_until: 0 }).execute()
    },
    async setDisabled(id, disabled) {
      await one(id)
        .set({ disabled: disabled ? 1 : 0 })
        .execute()
    },
    async clearAuthenticators(id) {
      await one(id).set({ password_hash: '', totp_secret: new Uint8Array(), totp_step: 0 }).execute()
      await db.deleteFrom('person_key').where('person', '=', id).execute()
    },
    async setEligibility(id, roles, plants) {
      const before = await db.selectFrom('person').select('roles').where('id', '=', id).executeTakeFirst()
      // Who comes to look over a house by a change of roles looks as far as a new account would.
      const isNew = !looksOver(JSON.parse(before?.roles ?? '[]') as Role[]) && looksOver(roles)
      await one(id)
        .set({ roles: JSON.stringify(roles), plants: JSON.stringify(plants) })
        .$if(isNew, (query) => query.set({ oversight: usualOversight({ roles, plants }) }))
        .execute()
    },
    async setOversight(id, oversight, plants) {
      await one(id)
        .set({ oversight, plants: JSON.stringify(plants) })
        .execute()
    },
    async addKey(id, { fingerprint, key, label }) {
      const inserted = await db
        .insertInto('person_key')
        .values({ fingerprint, person: id, key, label })
        .onConflict((c) => c.column('fingerprint').doNothing())
        .executeTakeFirst()
      return inserted.numInsertedOrUpdatedRows === 1n ? 'ok' : 'key-taken'
    },
    async removeKey(id, fingerprint) {
      const done = await db
        .deleteFrom('person_key')
        .where('person', '=', id)
        .where('fingerprint', '=', fingerprint)
        .executeTakeFirst()
      return done.numDeletedRows === 1n
    },
    async email(id) {
      const row = await db.selectFrom('person').select('email').where('id', '=', id).executeTakeFirst()
      return row?.email ?? null
    },
    async setEmail(id, email) {
      await one(id).set({ email }).execute()
    },
    async keys(id) {
      return db.selectFrom('person_key').select(['fingerprint', 'key', 'label']).where('person', '=', id).execute()
    },
  }
}
