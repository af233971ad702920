import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { GatewayError } from '../../../gateway/errors.ts'
import { linkKeyFrom, openApprovalLinks } from '../../../gateway/outbox/links.ts'
import { Secret } from '../../../gateway/secret.ts'
import type { StoredRequest } from '../../../gateway/store/requests.ts'
import type { Actor } from '../../../gateway/access/authorize.ts'
import type { Person } from '../../../policy/index.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { keepingChannel, openScene, vendorOf, type Scene } from './scene.ts'

const hour = 3_600_000
let scene: Scene
let lead: Person
let stored: StoredRequest
let token: string
beforeEach(async () => {
  scene = await openScene()
  lead = await scene.person('lead', {})
  stored = await scene.request(await scene.person('vendor', vendorOf('acme-drives')))
  const mail = keepingChannel('mail')
  const outbox = scene.outbox(mail)
  await outbox.expand()
  await outbox.deliver()
  const open = mail.sent[0]?.mail?.letter.open ?? ''
  token = new URL(`https://gateway${open}`).searchParams.get('token') ?? ''
})
afterEach(() => scene.store.close())

const as = (person: Person): Actor => ({ person, mfa: ['totp'], source: '192.0.2.7' })
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'followed',
    (error: GatewayError) => error.code,
  )
const follow = (shown: string, by: Actor = as(lead)): Promise<string> => codeOf(scene.links.follow(by, shown))
const lastEvent = async () => (await ledgerOf(scene.store)).at(-1)

describe('an approval link', () => {
  it('leads who it was made for to the request, once, and decides nothing', async () => {
    expect(await scene.links.follow(as(lead), token)).toBe(stored.request.id)
    expect(await lastEvent()).toMatchObject({
      type: 'approval.link_used',
      data: { request: stored.request.id, person: lead.id, digest: stored.digest },
    })
    expect((await scene.store.requests.byId(stored.request.id))?.request.kind).toBe('submitted')
    expect(await follow(token)).toBe('link-used')
    expect(await lastEvent()).toMatchObject({ type: 'approval.link_refused', data: { reason: 'used' } })
  })

  it('is nobody else\u2019s, and trying it does not use it up', async () => {
    const other = await scene.person('other', {})
    expect(await follow(token, as(other))).toBe('link-foreign')
    expect(await lastEvent()).toMatchObject({
      type: 'approval.link_refused',
      data: { person: other.id, reason: 'another-person' },
    })
    expect(await follow(token)).toBe('followed')
  })

  it('does nothing for a login without the second factor', async () => {
    expect(await follow(token, { ...as(lead), mfa: [] })).toBe('not-logged-in')
    expect(await follow(token)).toBe('followed')
  })

  it('ends with its hours', async () => {
    scene.clock.at += 24 * hour
    expect(await follow(token)).toBe('link-expired')
  })

  it('ends with the window that was asked for, when that is sooner', async () => {
    scene.clock.at = stored.request.ask.window.until
    expect(await follow(token)).toBe('link-expired')
  })

  it('is worthless once the request was decided', async () => {
    const { id, set, by, ask, submittedAt } = stored.request
    const request = { id, set, by, ask, submittedAt, kind: 'withdrawn', at: scene.clock.at } as const
    await scene.move(stored, { request })
    expect(await follow(token)).toBe('link-outdated')
  })

  it('is worthless once the terms were changed', async () => {
    const { request } = stored
    if (request.kind !== 'submitted') throw new Error('not submitted')
    const terms = { ...stored.terms, operationClass: 'observe' } as const
    await scene.move(stored, { terms, request: { ...request, terms } })
    expect(await follow(token)).toBe('link-outdated')
  })

  it('is used once also when it is opened twice at the same moment', async () => {
    const codes = await Promise.all([follow(token), follow(token)])
    expect(codes.toSorted()).toEqual(['followed', 'link-used'])
  })

  it('is no link when anything about it was changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: token.length - 1 }),
        fc.constantFrom('0', 'a', 'Z', '-', '.', ''),
        async (at, by) => {
          const changed = token.slice(0, at) + by + token.slice(at + 1)
          fc.pre(changed !== token)
          expect(await follow(changed)).toBe('link-forged')
        },
      ),
    )
    expect(await follow(token)).toBe('followed')
  })

  it('cannot be made from the store alone: another key signs another', async () => {
    const [id = ''] = token.split('.')
    const link = await scene.store.approvalLinks.byId(id)
    if (link === null) throw new Error('the link is not kept')
    const thief = openApprovalLinks(scene, linkKeyFrom(new Secret(new Uint8Array(32))))
    expect(scene.links.tokenOf(link)).toBe(token)
    expect(await follow(thief.tokenOf(link))).toBe('link-forged')
    expect(JSON.stringify(link)).not.toContain(token.split('.')[1])
  })

  it('of one request or person does not pass for another\u2019s, although the store was changed to say so', async () => {
    const [id = ''] = token.split('.')
    const link = await scene.store.approvalLinks.byId(id)
    if (link === null) throw new Error('the link is not kept')
    const other = await scene.person('other', {})
    const forged = openApprovalLinks(
      {
        clock: scene.clock,
        store: {
          ...scene.store,
          approvalLinks: { ...scene.store.approvalLinks, byId: async () => ({ ...link, person: other.id }) },
        },
      },
      new Secret(new Uint8Array(32).fill(7)),
    )
    expect(await codeOf(forged.follow(as(other), token))).toBe('link-forged')
  })
})
