// The custody of evidence over real recordings in a temporary folder: sessions that were sealed, and people who look after
// them. The clock is moved by hand, so that years pass at once.

import type { Actor } from '../../gateway/access/authorize.ts'
import { openCustody, type Custody } from '../../gateway/evidence/custody.ts'
import type { RemoveElsewhere } from '../../gateway/evidence/removal.ts'
import type { Space, Thresholds } from '../../gateway/evidence/storage.ts'
import { enrol } from '../../gateway/identity/enrol.ts'
import type { EvidenceEvent, SessionId } from '../../policy/index.ts'
import { ledgerOf } from './memory-store.ts'
import { openSessionScene, type SessionScene } from './session-scene.ts'
import { recordNow } from './recording-now.ts'

export const dayMs = 86_400_000

export interface CustodyScene {
  readonly scene: SessionScene
  readonly custody: Custody
  readonly auditor: Actor
  readonly manager: Actor
  /** What the disk is told to have. */
  space: Space
  /** Called for each recording before its folder goes. */
  elsewhere: RemoveElsewhere
  person(login: string, roles: readonly string[]): Promise<Actor>
  /** A session of the vendor on `ews-1`, over and sealed. */
  sealed(): Promise<SessionId>
  /** The data of the events of a type, oldest first. */
  events(type: string): Promise<readonly EvidenceEvent['data'][]>
  close(): Promise<void>
}

export async function openCustodyScene(
  thresholds: Thresholds = { warnPercent: 20, refusePercent: 10 },
): Promise<CustodyScene> {
  const scene = await openSessionScene()
  async function person(login: string, roles: readonly string[]): Promise<Actor> {
    const enrolled = await enrol(scene, {
      login,
      displayName: login,
      roles,
      supplier: null,
      plants: [],
      password: null,
      keys: [],
    })
    if (enrolled.kind === 'invalid') throw new Error(enrolled.problems.join())
    return { person: enrolled.person, mfa: ['totp'], source: null }
  }
  const deps = {
    store: scene.store,
    bundle: () => scene.door.bundle(),
    clock: scene.clock,
    log: scene.log,
    root: scene.recordings,
    elsewhere: [(session: SessionId) => self.elsewhere(session)],
  }
  let hasFirst = true
  const self: CustodyScene = {
    scene,
    custody: await openCustody({ ...deps, thresholds, space: async () => self.space }),
    auditor: await person('audit', ['auditor']),
    manager: await person('isms', ['isms-manager']),
    space: { freeBytes: 500e9, totalBytes: 1000e9 },
    elsewhere: async () => undefined,
    person,
    async sealed() {
      if (!hasFirst) await scene.grantAgain()
      hasFirst = false
      const admission = await scene.admission().admit(scene.visitor, 'ews-1')
      if (admission.kind !== 'admitted') throw new Error(admission.text)
      const { session } = admission
      recordNow(session, { kind: 'exec', command: 'plc-read', terminal: null }).data('out', 'coil 1 on\n')
      session.ending('client')
      await session.closed()
      scene.clock.at += 60_000
      return session.id
    },
    events: async (type) =>
      (await ledgerOf(scene.store)).filter((event) => event.type === type).map(({ data }) => data),
    close: () => scene.close(),
  }
  return self
}
