// What the gateway itself takes to decide its living sessions anew: the registry's own round, with people and grants read
// from a store on disk, and the door over the demo bundle. The sessions have no broker and no recording; everything that
// is asked about them is real.

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { recordedHere } from '../../../gateway/sessions/recorder.ts'
import { LiveSession } from '../../../gateway/sessions/session.ts'
import type { GrantId, RequestId, SessionId, ZoneId } from '../../../policy/index.ts'
import type { Recording } from '../../../recorder/index.ts'
import { openSessionScene } from '../../support/session-scene.ts'

export interface LivingFigures {
  readonly sessions: number
  readonly ms: number
  /** Milliseconds the event loop was held at most. */
  readonly longestBlock: number
}

const rounds = 3
const nothing = (): void => undefined
const opaque = (prefix: string, n: number): string => `${prefix}_${String(n).padStart(26, '0')}`

/**
 * Decides so many sessions anew, each on a grant of its own, and gives the median round.
 * @param file of the store; must not exist.
 */
export async function measureLiving(sessions: number, file: string): Promise<LivingFigures> {
  const scene = await openSessionScene({ file })
  const { store, registry, bus, clock } = scene
  const stored = await store.grants.byId(scene.grant)
  const asked = stored && (await store.requests.byId(stored.grant.request))
  if (!stored || !asked) throw new Error('the scene has no grant')
  const { grant, plant } = stored
  const facts = {
    person: grant.person,
    supplier: scene.visitor.person.supplier,
    asset: grant.asset,
    plant,
    zone: 'north-operations' as ZoneId,
    safety: 'none',
    protocol: grant.protocol,
    assetType: 'engineering-workstation',
    labels: [],
    handlingRules: [],
    masksPrompts: true,
    timeZone: 'UTC',
    startedAt: clock.now(),
    expiry: { kind: 'cut' },
    recordingPauseMinutes: 0,
    mfa: scene.visitor.mfa,
    source: scene.visitor.source,
  } as const
  const permission = { windowUntil: grant.window.until, obligations: [], decidedUntil: null }
  // A timer and nothing else: what the disk takes is in the bench of the recorder.
  const recording = { sync: async () => undefined, onWaiting: () => undefined } as unknown as Recording
  const living = Array.from({ length: sessions }, (_, n) => {
    const own = { ...facts, id: opaque('ses', n) as SessionId, grant: opaque('gra', n) as GrantId }
    const deps = { ...scene, onOver: nothing, redecide: nothing, offerExtension: nothing }
    return new LiveSession(own, permission, recordedHere(recording), deps)
  })
  await store.bookkeep(async ({ grants, requests }) => {
    for (const [n, session] of living.entries()) {
      const request = opaque('req', n) as RequestId
      await requests.insert({ ...asked, request: { ...asked.request, id: request } })
      await grants.insert({ grant: { ...grant, id: session.facts.grant, request }, plant })
    }
  })
  for (const session of living) {
    session.begin(permission)
    registry.add(session)
  }
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const taken: { ms: number; longestBlock: number }[] = []
  for (let round = 0; round < rounds; round++) {
    delay.reset()
    delay.enable()
    const began = performance.now()
    bus.publish({ kind: 'reevaluate', because: 'bundle' })
    await registry.settled()
    delay.disable()
    taken.push({ ms: performance.now() - began, longestBlock: delay.max / 1e6 })
  }
  const alive = living.filter(({ state }) => state === 'active').length
  for (const session of living) {
    session.abandon()
    registry.remove(session.facts.id)
  }
  await scene.close()
  if (alive !== sessions) throw new Error(`${sessions - alive} sessions were ended: the round was not the one meant`)
  const median = taken.toSorted((a, b) => a.ms - b.ms)[Math.floor(rounds / 2)]
  if (!median) throw new Error('nothing was measured')
  return { sessions, ...median }
}
