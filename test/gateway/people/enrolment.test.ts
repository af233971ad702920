// How somebody takes a prepared account into use, and how nobody else does.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { codeAt } from '../../../gateway/identity/totp.ts'
import { invite, openEnrolment, type EnrolmentService } from '../../../gateway/people/enrolment.ts'
import { takeFeed } from '../../../gateway/people/feed.ts'
import { Secret } from '../../../gateway/secret.ts'
import { openStandingScene, type StandingScene } from '../../support/standing-scene.ts'
import { idOf } from '../../support/ids.ts'

let scene: StandingScene
let enrolment: EnrolmentService
const password = new Secret('correct horse battery')

beforeEach(async () => {
  scene = await openStandingScene()
  enrolment = openEnrolment(scene)
  const people = [{ id: '1', login: 'anna', name: 'Anna', plants: ['north'], attributes: { job: 'Operator' } }]
  const asOf = new Date(scene.clock.at).toISOString()
  const text = JSON.stringify({ format: 'sallyport-people-feed/v1', asOf, count: 1, people })
  await takeFeed({ ...scene, bus: null }, { feed: 'hr', text, via: 'local', dryRun: false })
})
afterEach(() => scene.store.close())

const anna = async () => {
  const person = await scene.store.people.byLogin(idOf.login('anna'))
  if (!person) throw new Error('nobody is anna')
  return person
}
async function invited(): Promise<Secret<string>> {
  const made = await invite(scene, await anna())
  if (made.kind === 'invalid') throw new Error(made.problem)
  return made.secret
}
async function codeFor(secret: Secret<string>): Promise<string> {
  const begun = await enrolment.begin('anna', secret, '192.0.2.1')
  if (begun.kind === 'refused') throw new Error('refused')
  return codeAt(begun.totpSecret, scene.clock.now())
}

describe('a prepared account', () => {
  it('is taken into use with its secret, a password of one\u2019s own and a code, once', async () => {
    const secret = await invited()
    const code = await codeFor(secret)
    const given = { login: 'anna', secret, password, code }
    expect(await enrolment.finish(given, '192.0.2.1')).toEqual({ kind: 'ok' })
    const { id } = await anna()
    const stored = await scene.store.people.authenticators(id)
    expect(await scene.passwords.verify(stored?.passwordHash ?? null, password)).toBe(true)
    // The code that was shown is used up with it.
    expect(stored?.totpStep).toBeGreaterThan(0)
    expect(await enrolment.finish(given, '192.0.2.1')).toEqual({ kind: 'refused' })
    expect(await scene.events('identity.enrolled')).toMatchObject([{ person: id }])
    expect(await scene.events('identity.enrolment_refused')).toMatchObject([{ person: id }])
    expect(await invite(scene, await anna())).toMatchObject({ kind: 'invalid', problem: /enrolled already/ })
  })

  it('waits for a good code and a password long enough, without using the secret up', async () => {
    const secret = await invited()
    const code = await codeFor(secret)
    const finish = (change: object) =>
      enrolment.finish({ login: 'anna', secret, password, code, ...change }, '192.0.2.1')
    expect(await finish({ password: new Secret('short') })).toMatchObject({ kind: 'invalid' })
    expect(await finish({ code: code === '000000' ? '000001' : '000000' })).toMatchObject({ kind: 'invalid' })
    expect(await finish({})).toEqual({ kind: 'ok' })
  })

  it('shows another authenticator each time, so that who looked first on the way has nothing', async () => {
    const secret = await invited()
    const first = await enrolment.begin('anna', secret, '192.0.2.66')
    if (first.kind === 'refused') throw new Error('refused')
    const code = await codeFor(secret)
    const stolen = codeAt(first.totpSecret, scene.clock.now())
    const given = { login: 'anna', secret, password }
    expect(await enrolment.finish({ ...given, code: stolen }, '192.0.2.1')).toMatchObject({ kind: 'invalid' })
    expect(await enrolment.finish({ ...given, code }, '192.0.2.1')).toEqual({ kind: 'ok' })
    const { id } = await anna()
    expect(await scene.events('identity.enrolment_begun')).toMatchObject([{ person: id }, { person: id }])
  })

  it('is taken into use by one of two who try at once', async () => {
    const secret = await invited()
    const code = await codeFor(secret)
    const given = { login: 'anna', secret, password, code }
    const both = await Promise.all([enrolment.finish(given, '192.0.2.1'), enrolment.finish(given, '192.0.2.2')])
    expect(both.map(({ kind }) => kind).toSorted()).toEqual(['ok', 'refused'])
  })

  it.each([
    ['a wrong secret', 'anna', () => invited().then(() => new Secret('guess'))],
    ['a secret that a newer one has replaced', 'anna', () => invited().then((first) => invited().then(() => first))],
    [
      'a secret that is over',
      'anna',
      async () => {
        const secret = await invited()
        scene.clock.at += 72 * 3_600_000
        return secret
      },
    ],
    ['nobody\u2019s login', 'bert', () => invited()],
    ['what is no login', 'No Login!', () => invited()],
    [
      'an account that was closed meanwhile',
      'anna',
      async () => {
        const secret = await invited()
        const { id } = await anna()
        await scene.store.bookkeep((tx) => tx.people.setDisabled(id, true))
        return secret
      },
    ],
  ])('is not opened with %s, and that is evidence', async (_what, login, secretFor) => {
    const secret = await secretFor()
    expect(await enrolment.begin(login, secret, '192.0.2.1')).toEqual({ kind: 'refused' })
    expect(await enrolment.finish({ login, secret, password, code: '123456' }, '192.0.2.1')).toEqual({
      kind: 'refused',
    })
    expect(await scene.events('identity.enrolment_refused')).toHaveLength(2)
    expect(await scene.store.people.authenticators((await anna()).id)).toBeNull()
  })

  it('is invited neither when closed nor when somebody uses it', async () => {
    await scene.person('used', ['engineer'], ['north'])
    const used = await scene.store.people.byLogin(idOf.login('used'))
    if (!used) throw new Error('nobody is used')
    expect(await invite(scene, used)).toMatchObject({ kind: 'invalid' })
    expect(await invite(scene, { ...(await anna()), disabled: true })).toMatchObject({ kind: 'invalid' })
    expect(await scene.events('identity.invited')).toEqual([])
  })
})
