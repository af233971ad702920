// Feeds of people that a machine sends, signed: taken once, and from nobody else.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { signWebhook } from '../../../gateway/outbox/webhook.ts'
import { enrolFeed, openPeopleIntake, type PeopleIntake } from '../../../gateway/people/intake.ts'
import { Secret } from '../../../gateway/secret.ts'
import { keyOfSecret } from '../../../gateway/signed-message.ts'
import { codeOf, openStandingScene, type StandingScene } from '../../support/standing-scene.ts'
import { idOf } from '../../support/ids.ts'

let scene: StandingScene
let intake: PeopleIntake
let key: Secret<Uint8Array>

beforeEach(async () => {
  scene = await openStandingScene()
  intake = openPeopleIntake(scene)
  key = await newKey()
})
afterEach(() => scene.store.close())

async function newKey(): Promise<Secret<Uint8Array>> {
  const { secret } = await enrolFeed(scene, 'hr')
  const bytes = keyOfSecret(secret.expose())
  if (bytes === null) throw new Error('the secret is none that signs')
  return new Secret(bytes)
}

const csv = (...logins: readonly string[]): string =>
  [
    'id,login,name,plants,job',
    ...logins.map((login) => `${login},${login},${login},north,Operator`),
    `#end,${logins.length},${new Date(scene.clock.at).toISOString()}`,
  ].join('\n')

function signed(
  body: string,
  { feed = 'hr', by = key, at = scene.clock.at }: { feed?: string; by?: Secret<Uint8Array>; at?: number } = {},
) {
  const headers = signWebhook([by], { id: 'msg_1', at, body })
  return {
    feed,
    headers: {
      id: headers['webhook-id'],
      timestamp: headers['webhook-timestamp'],
      signature: headers['webhook-signature'],
    },
    body: Buffer.from(body),
  }
}

describe('a feed that a machine sends', () => {
  it('is taken when its source signed it, and changes nothing when it is sent again', async () => {
    const message = signed(csv('anna', 'bert'))
    expect(await intake.take(message)).toMatchObject({ kind: 'applied', changes: [{ kind: 'join' }, { kind: 'join' }] })
    expect(await intake.take(message)).toMatchObject({ kind: 'applied', changes: [], unchanged: 2 })
    expect(await scene.events('people.feed_applied')).toMatchObject([{ via: 'https', joined: 2 }, { joined: 0 }])
    expect(scene.signals).toContainEqual({ kind: 'reevaluate', because: 'person' })
  })

  it('is taken one after the other, whoever sends two at once', async () => {
    const message = signed(csv('anna'))
    const both = await Promise.all([intake.take(message), intake.take(message)])
    expect(both.map(({ changes }) => changes.length)).toEqual([1, 0])
  })

  it.each([
    ['another key', () => signed(csv('anna'), { by: new Secret(new Uint8Array(32)) }), 'unsigned'],
    ['another body', () => ({ ...signed(csv('anna')), body: Buffer.from(csv('mallory')) }), 'unsigned'],
    [
      'no signature',
      () => ({ ...signed(csv('anna')), headers: { id: '1', timestamp: '1', signature: undefined } }),
      'unsigned',
    ],
    ['a signature of an hour ago', () => signed(csv('anna'), { at: scene.clock.at - 3_600_000 }), 'stale'],
    ['the name of no feed', () => signed(csv('anna'), { feed: 'directory' }), 'unsigned'],
  ])('is not taken with %s, and that is evidence', async (_what, message, code) => {
    expect(await codeOf(intake.take(message()))).toBe('not-logged-in')
    expect(await scene.events('people.feed_refused')).toMatchObject([{ via: 'https', code }])
    expect(await scene.store.people.byLogin(idOf.login('anna'))).toBeNull()
  })

  it('is not taken with a secret that was replaced, nor before there is one', async () => {
    const message = signed(csv('anna'))
    key = await newKey()
    expect(await codeOf(intake.take(message))).toBe('not-logged-in')
    expect(await codeOf(intake.take(signed(csv('anna'))))).toBe('done')
  })

  it('is refused whole where it cannot be right, and the next one is taken all the same', async () => {
    expect(await codeOf(intake.take(signed(csv())))).toBe('state-conflict')
    expect(await codeOf(intake.take(signed(csv('anna'))))).toBe('done')
  })
})
