import { afterEach, describe, expect, it } from 'vitest'
import { inProcessBus, type Signal } from '../../../gateway/bus/bus.ts'
import type { Look, LookedAt, Probe } from '../../../gateway/dependencies/probe.ts'
import { openUses, type Uses } from '../../../gateway/dependencies/uses.ts'
import { openDependencies, type DependencyWatcher } from '../../../gateway/dependencies/watch.ts'
import { openLog } from '../../../gateway/log.ts'
import type { Bundle, Dependency, DependencyUse } from '../../../policy/index.ts'
import { bundleFrom, plantFiles } from '../../policy/scenario.ts'
import { ledgerOf, openBase, type Base } from '../../support/memory-store.ts'

const minute = 60_000
const looked = { everySeconds: 60, timeoutSeconds: 5 }

function declared(id: string, watch: Dependency['watch'], more: Partial<Dependency> = {}): Dependency {
  const whenDown = { effect: 'deny-new', suppliers: [], exceptTiers: [], living: false } as const
  const core = { id, name: id, kind: 'service', owner: 'Plant IT', inScope: true, service: null } as const
  return { ...core, plants: [], watch, failures: 2, whenDown, ...more }
}

const directory = declared('directory', { kind: 'connect', host: 'ldap.example', port: 636, ...looked })
const tickets = declared('change-system', { kind: 'use', use: 'tickets' })

interface Scene extends Base {
  readonly uses: Uses
  readonly signals: Signal[]
  watcher: DependencyWatcher
  /** What each look meets from now on. */
  answer: (watch: LookedAt) => Promise<Look>
  readonly looks: LookedAt[]
  declare(dependencies: readonly Dependency[]): void
  reopen(): Promise<void>
  /** A round, the looks it began, and what they showed. */
  round(): Promise<void>
  told(type: string): Promise<readonly unknown[]>
}

const scenes: Scene[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) {
    await scene.watcher.close()
    await scene.store.close()
  }
})

async function open(dependencies: readonly Dependency[], configured: readonly DependencyUse[] = []): Promise<Scene> {
  const base = await openBase()
  const plant = bundleFrom(plantFiles())
  let count = 0
  let bundle: Bundle = plant
  const bus = inProcessBus()
  const signals: Signal[] = []
  bus.subscribe((signal) => signals.push(signal))
  const uses = openUses(base.clock)
  const looks: LookedAt[] = []
  const probe: Probe = (watch) => {
    looks.push(watch)
    return scene.answer(watch)
  }
  const start = (): Promise<DependencyWatcher> =>
    openDependencies({
      ...base,
      bundle: () => bundle,
      bus,
      log: openLog('silent'),
      probe,
      uses,
      configured,
      random: () => 0.5,
    })
  const declare = (now: readonly Dependency[]): void => {
    bundle = { ...plant, digest: `bundle ${++count}`, scope: { ...plant.scope, dependencies: now } }
  }
  declare(dependencies)
  const scene: Scene = {
    ...base,
    uses,
    signals,
    looks,
    watcher: await start(),
    answer: async () => ({ kind: 'good' }),
    declare,
    async reopen() {
      await scene.watcher.close()
      scene.watcher = await start()
    },
    async round() {
      await scene.watcher.round()
      await scene.watcher.settled()
    },
    told: async (type) => (await ledgerOf(base.store)).flatMap((event) => (event.type === type ? [event.data] : [])),
  }
  scenes.push(scene)
  return scene
}

const refused: Look = { kind: 'failed', problem: 'ECONNREFUSED' }

describe('dependencies', () => {
  it('are degraded after failures in a row, with evidence first, and living sessions are decided anew', async () => {
    const scene = await open([directory])
    await scene.round()
    expect([...scene.watcher.unavailable()]).toEqual([])
    expect(await scene.told('dependency.state_changed')).toEqual([])
    scene.answer = async () => refused
    for (const passed of [1, 1.2]) {
      scene.clock.at += passed * minute
      await scene.round()
    }
    expect([...scene.watcher.unavailable()]).toEqual(['directory'])
    expect(await scene.told('dependency.state_changed')).toMatchObject([
      {
        dependency: 'directory',
        owner: 'Plant IT',
        from: 'available',
        to: 'degraded',
        failures: 2,
        problem: 'ECONNREFUSED',
        effect: 'deny-new',
      },
    ])
    expect(scene.signals).toEqual([{ kind: 'reevaluate', because: 'world' }])
    scene.answer = async () => ({ kind: 'good' })
    scene.clock.at += 2 * minute
    await scene.round()
    expect([...scene.watcher.unavailable()]).toEqual([])
    expect(await scene.told('dependency.state_changed')).toMatchObject([{ to: 'degraded' }, { to: 'available' }])
  })

  it('are looked at no sooner than they are to be, and one at a time each', async () => {
    const scene = await open([directory])
    const { promise, resolve } = Promise.withResolvers<Look>()
    scene.answer = () => promise
    for (let i = 0; i < 5; i++) {
      await scene.watcher.round()
      scene.clock.at += 2 * minute
    }
    expect(scene.looks).toHaveLength(1)
    resolve({ kind: 'good' })
    await scene.watcher.settled()
    await scene.watcher.round()
    await scene.watcher.round()
    expect(scene.looks).toHaveLength(2)
  })

  it('are looked at a few at a time, and none is left out', async () => {
    const all = Array.from({ length: 11 }, (_, i) =>
      declared(`service-${i}`, { kind: 'connect', host: `s${i}.example`, port: 1, ...looked }),
    )
    const scene = await open(all)
    const held: ((look: Look) => void)[] = []
    scene.answer = () => new Promise((resolve) => held.push(resolve))
    await scene.watcher.round()
    expect(held).toHaveLength(4)
    while (held.length > 0) {
      for (const end of held.splice(0)) end({ kind: 'good' })
      await scene.watcher.settled()
      await scene.watcher.round()
      expect(held.length).toBeLessThanOrEqual(4)
      if (scene.looks.length === all.length && held.length === 0) break
    }
    expect(new Set(scene.looks.map((watch) => JSON.stringify(watch))).size).toBe(11)
  })

  it('stay degraded over a restart, and are not known any more where they are looked at in another way', async () => {
    const scene = await open([{ ...directory, failures: 1 }])
    scene.answer = async () => refused
    await scene.round()
    await scene.reopen()
    expect([...scene.watcher.unavailable()]).toEqual(['directory'])
    scene.declare([{ ...directory, watch: { kind: 'connect', host: 'ldap2.example', port: 636, ...looked } }])
    await scene.watcher.round()
    expect([...scene.watcher.unavailable()]).toEqual([])
    await scene.watcher.settled()
    expect(scene.watcher.read()).toMatchObject([{ id: 'directory', seen: { failures: 1 } }])
  })

  it('are known from use, each far side for itself, and nothing is asked for it', async () => {
    const scene = await open([tickets], ['tickets', 'webhooks'])
    scene.uses.note('tickets', '', 'status 503')
    await scene.round()
    expect(scene.watcher.read()).toMatchObject([
      { id: 'change-system', seen: { state: 'unknown', failures: 1 } },
      { id: 'gateway:webhooks', owner: null, seen: { state: 'unknown' } },
    ])
    scene.uses.note('tickets', '', 'status 503')
    for (const [name, problem] of [
      ['a', null],
      ['b', 'ETIMEDOUT'],
      ['a', null],
      ['b', 'ETIMEDOUT'],
      ['b', 'ETIMEDOUT'],
    ] as const)
      scene.uses.note('webhooks', name, problem)
    await scene.round()
    expect([...scene.watcher.unavailable()].toSorted()).toEqual(['change-system', 'gateway:webhooks'])
    expect(await scene.told('dependency.state_changed')).toMatchObject([
      { dependency: 'change-system' },
      { dependency: 'gateway:webhooks', owner: null, problem: 'b: ETIMEDOUT', effect: 'note' },
    ])
    expect(scene.looks).toEqual([])
  })

  it('that were away when last used, and are used no more, are not known: nobody is kept away for ever', async () => {
    const scene = await open([tickets], ['tickets'])
    for (const problem of ['status 503', 'status 503']) scene.uses.note('tickets', '', problem)
    await scene.round()
    scene.clock.at += 119 * minute
    await scene.round()
    expect([...scene.watcher.unavailable()]).toEqual(['change-system'])
    scene.signals.length = 0
    scene.clock.at += minute
    await scene.round()
    expect([...scene.watcher.unavailable()]).toEqual([])
    expect(scene.signals).toEqual([{ kind: 'reevaluate', because: 'world' }])
    // Still away where it is used again: that is one failure more.
    scene.uses.note('tickets', '', 'status 503')
    await scene.round()
    expect([...scene.watcher.unavailable()]).toEqual(['change-system'])
    expect(await scene.told('dependency.state_changed')).toMatchObject([
      { to: 'degraded' },
      { from: 'degraded', to: 'unknown' },
      { from: 'unknown', to: 'degraded' },
    ])
  })

  it('that this gateway is not configured to use any more keep nobody away', async () => {
    const configured: DependencyUse[] = ['tickets']
    const scene = await open([tickets], configured)
    for (const problem of ['status 503', 'status 503']) scene.uses.note('tickets', '', problem)
    await scene.round()
    expect([...scene.watcher.unavailable()]).toEqual(['change-system'])
    configured.pop()
    await scene.reopen()
    expect([...scene.watcher.unavailable()]).toEqual([])
    expect(scene.watcher.read()).toMatchObject([{ id: 'change-system', configured: false, seen: { state: 'unknown' } }])
  })

  it('are not looked at while what was shown cannot be kept, so that no memory fills', async () => {
    const scene = await open([{ ...directory, failures: 1 }], ['tickets'])
    scene.answer = async () => refused
    const { change } = scene.store
    Object.assign(scene.store, { change: () => Promise.reject(new Error('the disk is full')) })
    await scene.watcher.round()
    for (let i = 0; i < 300; i++) {
      scene.uses.note('tickets', '', 'status 503')
      await scene.round().catch(() => undefined)
      scene.clock.at += 1_000
    }
    Object.assign(scene.store, { change })
    await scene.round()
    const gateways = scene.watcher.read().find(({ id }) => id === 'gateway:tickets')
    expect(gateways?.seen.day.failed).toBeLessThanOrEqual(200)
    scene.clock.at += 1_000
    await scene.round()
    // None is lost: what came meanwhile was counted where it came.
    expect(scene.watcher.read().find(({ id }) => id === 'gateway:tickets')?.seen.day.failed).toBe(300)
  })

  it('are kept as evidence once a day, with how often they were looked at and the worst they were', async () => {
    const scene = await open([directory])
    const began = scene.clock.at
    await scene.round()
    scene.answer = async () => refused
    for (const passed of [2, 2]) {
      scene.clock.at += passed * minute
      await scene.round()
    }
    scene.answer = async () => ({ kind: 'good' })
    scene.clock.at += 10 * minute
    await scene.round()
    expect(await scene.told('dependency.heartbeat')).toEqual([])
    await scene.reopen()
    scene.clock.at = began + 24 * 60 * minute
    await scene.watcher.round()
    expect(await scene.told('dependency.heartbeat')).toEqual([
      {
        dependency: 'directory',
        owner: 'Plant IT',
        state: 'available',
        worst: 'degraded',
        from: began,
        until: began + 24 * 60 * minute,
        looks: { good: 2, failed: 2 },
        degradedMs: 10 * minute,
      },
    ])
    await scene.watcher.round()
    expect(await scene.told('dependency.heartbeat')).toHaveLength(1)
  })

  it('change nothing before it is written, and are taken up again when it can be', async () => {
    const scene = await open([{ ...directory, failures: 1 }])
    const { change } = scene.store
    scene.answer = async () => refused
    await scene.watcher.round()
    Object.assign(scene.store, { change: () => Promise.reject(new Error('the disk is full')) })
    await expect(scene.watcher.settled()).rejects.toThrow('the disk is full')
    expect([...scene.watcher.unavailable()]).toEqual([])
    Object.assign(scene.store, { change })
    await scene.watcher.round()
    expect([...scene.watcher.unavailable()]).toEqual(['directory'])
    expect(await scene.told('dependency.state_changed')).toHaveLength(1)
  })
})
