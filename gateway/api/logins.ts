// Web logins: a short-lived access token in an httpOnly cookie, renewed until the login's hours are over by a refresh token
// that is used once and replaced, and an anti-forgery value that every changing request repeats in a header. No token ever
// reaches a script.

import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { csrfHeader, prefix } from '../contract/routes.ts'
import type { MeView } from '../contract/views.ts'
import { houseRoles, overseesAll, type MfaKind, type Person, type PersonId, type Role } from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import { breachesOf, withUsableRoles } from '../../policy/index.ts'
import { suspensionOfPerson } from '../access/suspensions.ts'
import { mint } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { breachView } from './people-view.ts'
import { plantsRead } from './plants-asked.ts'
import type { RefreshToken } from '../store/tokens.ts'
import { refTo } from './person-ref.ts'
import type { Services } from './services.ts'

export interface AccessClaims {
  readonly sub: PersonId
  /** The login this token belongs to; ended by logout, which makes the token worthless at once. */
  readonly family: string
  readonly csrf: string
  readonly mfa: readonly MfaKind[]
}

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: AccessClaims
    user: AccessClaims
  }
}

export const accessCookie = 'sallyport_access'
export const refreshCookie = 'sallyport_refresh'
const refreshPath = `${prefix}/auth`

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')
const cookieBase = { httpOnly: true, secure: true, sameSite: 'strict' } as const

/** A refresh token as its person holds it, and as it is kept. */
interface Issued {
  readonly refresh: string
  readonly token: RefreshToken
}

export interface Logins {
  begin(reply: FastifyReply, person: Person, mfa: readonly MfaKind[]): Promise<MeView>
  /** Renews the access token, for as long as the login still lasts. @throws GatewayError `not-logged-in` when the refresh token is not good any more. */
  renew(request: FastifyRequest, reply: FastifyReply): Promise<MeView>
  end(request: FastifyRequest, reply: FastifyReply): Promise<void>
  /** Who asks. @throws GatewayError `not-logged-in`; `csrf-missing` on a changing request without the header. */
  actor(request: FastifyRequest): Promise<Actor>
  me(request: FastifyRequest): Promise<MeView>
  /**
   * For an answer that goes on for long: whether the login that asked still stands. It does not once its person has
   * logged out, or is disabled or suspended.
   */
  stays(request: FastifyRequest): Promise<() => Promise<boolean>>
}

/**
 * For what people of the plants do by their roles. Somebody of a supplier uses none of them, whatever they were given.
 * @throws GatewayError `role-missing` unless the person has one of the roles.
 */
export function needRole({ person }: Actor, ...roles: readonly Role[]): void {
  if (person.supplier !== null) throw new GatewayError('role-missing', 'this is for people of the plants')
  if (!person.roles.some((role) => roles.includes(role)))
    throw new GatewayError('role-missing', `this needs one of the roles ${roles.join(', ')}`)
}

/**
 * As `needRole`, for what is of all plants: who looks over some plants only does not decide it.
 * @throws GatewayError `role-missing`
 */
export function needHouseRole(actor: Actor, ...roles: readonly Role[]): void {
  needRole(actor, ...roles)
  if (actor.person.roles.some((role) => roles.includes(role) && !isHouseRole(role))) return
  if (!overseesAll(actor.person, roles))
    throw new GatewayError('role-missing', 'this is of all plants: it needs somebody who looks over all of them')
}

const isHouseRole = (role: Role): boolean => (houseRoles as readonly Role[]).includes(role)

export function openLogins({ store, bundle, clock, config }: Services): Logins {
  const { accessMinutes, refreshHours } = config.https

  const viewOf = (held: Person, csrf: string): MeView => {
    const person = withUsableRoles(held, bundle(), clock.now())
    const breaches = breachesOf(held, bundle(), clock.now()).map(breachView)
    return {
      person: { ...refTo(person, person.id, bundle()), roles: [...person.roles], plants: [...person.plants] },
      csrf,
      reads: plantsRead(person, bundle()).map(({ id, name }) => ({ id, name })),
      ...(breaches.length === 0 ? {} : { breaches }),
    }
  }

  /** A refresh token that nobody has yet, and its row. */
  const freshToken = (of: Pick<RefreshToken, 'person' | 'family' | 'expiresAt' | 'mfa'>): Issued => {
    const refresh = mint.token()
    return { refresh, token: { ...of, hash: hashOf(refresh) } }
  }

  async function answer(reply: FastifyReply, person: Person, { refresh, token }: Issued): Promise<MeView> {
    const csrf = mint.token()
    const { family, mfa, expiresAt } = token
    const access = await reply.jwtSign({ sub: person.id, family, csrf, mfa }, { expiresIn: `${accessMinutes}m` })
    const left = Math.max(0, Math.floor((expiresAt - clock.now()) / 1_000))
    reply.setCookie(accessCookie, access, { ...cookieBase, path: prefix, maxAge: accessMinutes * 60 })
    reply.setCookie(refreshCookie, refresh, { ...cookieBase, path: refreshPath, maxAge: left })
    return viewOf(person, csrf)
  }

  const notLoggedIn = (): GatewayError => new GatewayError('not-logged-in')

  async function claimsOf(request: FastifyRequest): Promise<AccessClaims> {
    try {
      return await request.jwtVerify<AccessClaims>()
    } catch (error) {
      throw new GatewayError('not-logged-in', null, {}, error)
    }
  }

  async function personOf(claims: AccessClaims): Promise<Person> {
    // A token outlives neither its login nor its person: both are asked for every time.
    const person = await store.people.byId(claims.sub)
    if (!person || person.disabled || !(await store.tokens.isAlive(claims.family, clock.now()))) throw notLoggedIn()
    return person
  }

  return {
    async begin(reply, person, mfa) {
      const expiresAt = clock.now() + refreshHours * 3_600_000
      const issued = freshToken({ person: person.id, family: mint.token(), expiresAt, mfa })
      await store.bookkeep((tx) => tx.tokens.insert(issued.token))
      return answer(reply, person, issued)
    },
    async renew(request, reply) {
      const held = request.cookies[refreshCookie]
      if (held === undefined) throw notLoggedIn()
      // In one transaction: a login that is ended meanwhile, by its person or because of a copy, stays ended.
      const renewal = await store.bookkeep(async (tx) => {
        const use = await tx.tokens.use(hashOf(held), clock.now())
        if (use.kind !== 'ok') return use
        const person = await tx.people.byId(use.token.person)
        if (!person || person.disabled) return { kind: 'unknown' } as const
        // Renewing lengthens nothing: factors that were shown once are worth the hours of one login.
        const issued = freshToken(use.token)
        await tx.tokens.insert(issued.token)
        return { kind: 'ok', person, issued } as const
      })
      if (renewal.kind === 'reused') {
        // Somebody holds a copy: whose login it was, and that it is ended now, is evidence.
        await store.change(async ({ ledger }) => {
          const source = await ledger.commit(request.ip)
          await ledger.append('auth.token_reused', clock.now(), { person: renewal.person, via: 'https', source })
        })
      }
      if (renewal.kind !== 'ok') throw notLoggedIn()
      return answer(reply, renewal.person, renewal.issued)
    },
    async end(request, reply) {
      const { family } = await claimsOf(request)
      await store.bookkeep((tx) => tx.tokens.endFamily(family))
      reply.clearCookie(accessCookie, { ...cookieBase, path: prefix })
      reply.clearCookie(refreshCookie, { ...cookieBase, path: refreshPath })
    },
    async actor(request) {
      const claims = await claimsOf(request)
      if (request.method !== 'GET' && request.headers[csrfHeader] !== claims.csrf)
        throw new GatewayError('csrf-missing')
      // With the roles that are of use: a route that asks for a role sees no other.
      const person = withUsableRoles(await personOf(claims), bundle(), clock.now())
      const machines = await store.machines.ownedBy(person.id)
      return { person, mfa: claims.mfa, source: request.ip, machines }
    },
    async me(request) {
      const claims = await claimsOf(request)
      return viewOf(await personOf(claims), claims.csrf)
    },
    async stays(request) {
      const { sub, family } = await claimsOf(request)
      return async () => {
        const person = await store.people.byId(sub)
        if (!person || person.disabled || !(await store.tokens.isAlive(family, clock.now()))) return false
        return suspensionOfPerson(await store.suspensions.inForce(), person) === null
      }
    },
  }
}
