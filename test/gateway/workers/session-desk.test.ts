// The sessions of a worker, as the core keeps them: on the real door, store and registry, and a worker that only hears.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { BrokerContext } from '../../../gateway/brokers/broker.ts'
import { mint } from '../../../gateway/clock.ts'
import type { SessionLook } from '../../../gateway/sessions/look.ts'
import { ServedConnections } from '../../../gateway/workers/connections.ts'
import { LinkError, type Link } from '../../../gateway/workers/link.ts'
import { openSessionDesk, type SessionDesk } from '../../../gateway/workers/session-desk.ts'
import type { WorkerSide } from '../../../gateway/workers/wire.ts'
import { eventually } from '../../support/eventually.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { openSessionScene, type SessionScene } from '../../support/session-scene.ts'
import { arrivalAt } from '../../support/test-arrival.ts'

const minute = 60_000

interface Told {
  readonly name: string
  readonly word: { readonly session: string; readonly look?: SessionLook; readonly reason?: string }
}

/** A worker that is asked nothing, and what it was told. */
function deafWorker(told: Told[]): Link<WorkerSide> {
  return {
    call: () => Promise.reject(new LinkError('it only hears')),
    tell: (name: string, word: unknown) => void told.push({ name, word: word as Told['word'] }),
    close: () => undefined,
  }
}

describe('the sessions of a worker', () => {
  let scene: SessionScene
  let connections: ServedConnections
  let told: Told[]
  let faults: string[]
  let desk: SessionDesk

  function openDesk(context: BrokerContext = scene.admission()): SessionDesk {
    const { registry, log } = scene
    const onFault = (why: string): void => void faults.push(why)
    return openSessionDesk({ context, registry, connections, worker: deafWorker(told), log, onFault })
  }

  beforeEach(async () => {
    scene = await openSessionScene()
    ;[told, faults, connections] = [[], [], new ServedConnections()]
    connections.add(1, arrivalAt(scene.visitor.source))
    connections.get(1).complete(scene.visitor)
    desk = openDesk()
  })
  afterEach(async () => {
    vi.useRealTimers()
    desk.end()
    await scene.close()
  })

  async function admit(jump = false, by = desk) {
    const answer = await by.answering.admit({ connection: 1, jump, named: 'ews-1' })
    if (answer.kind === 'refused') throw new Error(answer.text)
    return answer.session
  }
  const heard = (name: string): readonly Told[] => told.filter((one) => one.name === name)
  const typesOf = async (session: string): Promise<string[]> =>
    (await ledgerOf(scene.store)).filter(({ data }) => Reflect.get(data, 'session') === session).map(({ type }) => type)
  const endOf = (session: string) =>
    eventually('the session has ended', async () => {
      const events = await ledgerOf(scene.store)
      return (
        events.find(({ type, data }) => type === 'session.ended' && Reflect.get(data, 'session') === session) ?? null
      )
    })

  it('are admitted for who has logged in on the connection, with what they may now', async () => {
    const { session, asset, look, isMachine } = await admit()
    expect({ asset, isMachine }).toEqual({ asset: 'ews-1', isMachine: false })
    expect(look).toMatchObject({ declared: null, onlyLooks: false, barred: null, flow: { input: true } })
    expect(scene.registry.get(mintedAs(session))?.facts).toMatchObject({ source: scene.visitor.source })
    expect(desk.size).toBe(1)
  })

  const mintedAs = (session: string) => session as ReturnType<typeof mint.session>

  it('are admitted for nobody where nobody has logged in, or on no connection of this worker', async () => {
    connections.add(2, arrivalAt('192.0.2.9'))
    const nobody = 'nobody has logged in'
    await expect(desk.answering.admit({ connection: 2, jump: false, named: 'ews-1' })).rejects.toThrow(nobody)
    await expect(desk.answering.admit({ connection: 2, jump: true, named: 'ews-1' })).rejects.toThrow(nobody)
    await expect(desk.answering.admitTunnel({ connection: 2, jump: false, named: 'a', port: 1 })).rejects.toThrow(
      nobody,
    )
    await expect(desk.answering.admitInClear({ connection: 2, jump: false, named: 'a' })).rejects.toThrow(nobody)
    expect(() => desk.answering.reachable({ connection: 2, jump: false })).toThrow(nobody)
    expect(() => desk.answering.destination({ connection: 2, jump: false, named: 'a', port: 1 })).toThrow(nobody)
    expect(() => desk.hearing.refused({ connection: 2, jump: false, feature: 'x11', detail: null }, undefined)).toThrow(
      nobody,
    )
    await expect(desk.answering.admit({ connection: 3, jump: false, named: 'ews-1' })).rejects.toThrow(
      'no connection 3',
    )
    expect(scene.registry.all()).toEqual([])
  })

  it('are refused in the words of the policy', async () => {
    const answer = await desk.answering.admit({ connection: 1, jump: false, named: 'sis-1' })
    expect(answer).toEqual({ kind: 'refused', text: expect.stringContaining('access refused') })
    expect(desk.size).toBe(0)
  })

  it('are answered to the worker whose they are, and to no other', async () => {
    const { session } = await admit()
    const other = openDesk()
    const id = mint.session(scene.clock.now())
    for (const one of [session, id]) {
      const none = `there is no session \`${one}\``
      await expect(other.answering['session.closed']({ session: one })).rejects.toThrow(none)
      await expect(other.answering['session.credential']({ session: one })).rejects.toThrow(none)
      await expect(other.answering['session.reach']({ session: one, port: 22 })).rejects.toThrow(none)
      expect(() => other.answering['session.begun']({ session: one })).toThrow(none)
      expect(() => other.answering['session.admitChannel']({ session: one })).toThrow(none)
      expect(() => other.answering['session.unlock']({ session: one, code: '123456' })).toThrow(none)
      other.hearing['session.listen']({ session: one }, undefined)
      other.hearing['session.ending']({ session: one, reason: 'client' }, undefined)
      other.hearing['session.connected']({ session: one, leg: null, number: 0 }, undefined)
      other.hearing['session.refused']({ session: one, feature: 'x11', detail: null }, undefined)
      other.hearing['session.withdrawn']({ session: one, tunnels: ['a:1'] }, undefined)
    }
    const file = `fil_${'0'.repeat(26)}`
    expect(() => other.answering['file.read']({ file, offset: 0, length: 1 })).toThrow('there is no file')
    other.hearing['file.abort']({ file }, undefined)
    expect(scene.registry.get(mintedAs(session))?.state).toBe('active')
    expect(await typesOf(session)).not.toContain('session.feature_refused')
    expect(other.end()).toBe(0)
    expect(scene.registry.get(mintedAs(session))?.state).toBe('active')
  })

  it('are asked only what their kind has', async () => {
    const { session } = await admit()
    await expect(desk.answering['session.password']({ session })).rejects.toThrow('expected one by telnet')
    await expect(desk.answering['session.reachedInClear']({ session, client: null })).rejects.toThrow('by telnet')
    expect(await desk.answering['session.reach']({ session, port: 22 })).toEqual({
      kind: 'refused',
      text: 'the session carries no tunnels',
    })
  })

  it('tell what they may whenever that changes, before whatever is answered after it, and not otherwise', async () => {
    scene.setAsset('ews-1', { expiry: { kind: 'drain', hardLimitMinutes: 10 } })
    const { session } = await admit()
    desk.hearing['session.listen']({ session }, undefined)
    await desk.sweep()
    await desk.sweep()
    expect(heard('session.look')).toEqual([])
    // Its window is over: what is typed reaches nobody any more, and nothing more is opened.
    scene.clock.at += 61 * minute
    await scene.registry.sweep()
    await eventually('it is told', () => heard('session.look').length > 0)
    await desk.sweep()
    const [first] = heard('session.look')
    expect(first?.word).toMatchObject({ session, look: { flow: { input: false }, barred: expect.any(String) } })
    // Before whoever is told looks at it.
    const order = told.map(({ name }) => name)
    expect(order.indexOf('session.look')).toBeLessThan(order.indexOf('session.flow'))
    const known = heard('session.look').length
    await desk.sweep()
    expect(heard('session.look')).toHaveLength(known)
  })

  it('tell it with an answer too, where nobody was told before', async () => {
    scene.setAsset('ews-1', { expiry: { kind: 'drain', hardLimitMinutes: 10 } })
    const { session } = await admit()
    scene.clock.at += 61 * minute
    scene.registry.get(mintedAs(session))?.look()
    const answer = await desk.answering['session.admitChannel']({ session })
    expect(answer.kind).toBe('refused')
    expect(heard('session.look')).toHaveLength(1)
  })

  it('that end are told so, with the reason, and the worker closes them', async () => {
    const { session } = await admit()
    desk.hearing['session.listen']({ session }, undefined)
    scene.registry.get(mintedAs(session))?.end('killed', 'wrong cabinet')
    expect(heard('session.end')).toEqual([
      { name: 'session.end', word: { session, reason: 'killed', text: expect.stringContaining('wrong cabinet') } },
    ])
    await desk.answering['session.closed']({ session })
    expect(desk.size).toBe(0)
    expect((await endOf(session)).data).toMatchObject({ reason: 'killed' })
    await expect(desk.answering['session.closed']({ session })).rejects.toThrow('there is no session')
    expect(faults).toEqual([])
  })

  it('that are told to end and are not closed within a minute are a fault of the worker', async () => {
    const { session } = await admit()
    desk.hearing['session.listen']({ session }, undefined)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    scene.registry.get(mintedAs(session))?.end('expired')
    vi.advanceTimersByTime(59_000)
    expect(faults).toEqual([])
    vi.advanceTimersByTime(2_000)
    expect(faults).toEqual(['a session that was ended was not closed'])
  })

  it('that are told to end and are closed in time are none', async () => {
    const { session } = await admit()
    desk.hearing['session.listen']({ session }, undefined)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    scene.registry.get(mintedAs(session))?.end('expired')
    const closing = desk.answering['session.closed']({ session })
    vi.advanceTimersByTime(61_000)
    vi.useRealTimers()
    await closing
    expect(faults).toEqual([])
  })

  it('all end when the worker is gone, and nobody else’s', async () => {
    const { session } = await admit()
    const other = openDesk()
    const { session: kept } = await admit(false, other)
    expect(desk.end()).toBe(1)
    expect(desk.end()).toBe(0)
    expect((await endOf(session)).data).toMatchObject({ reason: 'worker-died' })
    expect(scene.registry.get(mintedAs(kept))?.state).toBe('active')
    other.end()
    await endOf(kept)
  })

  it('end as they were going to where they were ending when the worker went', async () => {
    const { session } = await admit()
    scene.registry.get(mintedAs(session))?.end('killed', 'enough')
    desk.end()
    expect((await endOf(session)).data).toMatchObject({ reason: 'killed' })
  })

  it('that are admitted when the worker is gone already never begin for it', async () => {
    const admission = scene.admission()
    const waits = Promise.withResolvers<void>()
    desk = openDesk({
      ...admission,
      async admit(visitor, named) {
        const answer = await admission.admit(visitor, named)
        await waits.promise
        return answer
      },
    })
    const answer = desk.answering.admit({ connection: 1, jump: false, named: 'ews-1' })
    const [live] = await eventually('it is admitted', () =>
      scene.registry.all().length > 0 ? scene.registry.all() : null,
    )
    expect(desk.end()).toBe(0)
    waits.resolve()
    expect(await answer).toEqual({ kind: 'refused', text: 'the session ended before it began' })
    expect((await endOf(live?.facts.id ?? '')).data).toMatchObject({ reason: 'worker-died' })
    expect(scene.registry.all()).toEqual([])
  })

  it('that end as they are admitted are closed, and the worker is told that there is none', async () => {
    const admission = scene.admission()
    desk = openDesk({
      ...admission,
      async admit(visitor, named) {
        const answer = await admission.admit(visitor, named)
        for (const one of scene.registry.all()) {
          one.end('killed')
          scene.registry.remove(one.facts.id)
        }
        return answer
      },
    })
    const answer = await desk.answering.admit({ connection: 1, jump: false, named: 'ews-1' })
    expect(answer).toEqual({ kind: 'refused', text: 'the session ended before it began' })
    expect(desk.size).toBe(0)
  })
})
