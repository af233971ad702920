// What a session stands on, in memory: people, a bundle, an approved grant, and a recorder in a temporary folder.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { loadBundle } from '../../gateway/access/bundles.ts'
import { openDoor, type Door } from '../../gateway/access/authorize.ts'
import { openHostKeys } from '../../gateway/access/host-keys.ts'
import { openAccess, type Access } from '../../gateway/access/requests.ts'
import type { Visitor } from '../../gateway/brokers/broker.ts'
import { openTickets } from '../../gateway/access/tickets.ts'
import { inProcessBus, type Bus } from '../../gateway/bus/bus.ts'
import { openAuthenticator } from '../../gateway/identity/authenticate.ts'
import { noRevocation, type Revocation } from '../../gateway/identity/certificates/revocation-file.ts'
import { enrol } from '../../gateway/identity/enrol.ts'
import { openLog } from '../../gateway/log.ts'
import type { BrokerContext } from '../../gateway/brokers/broker.ts'
import { openAdmission, type AdmissionDeps } from '../../gateway/sessions/admission.ts'
import { openEscorts, type Escorts } from '../../gateway/sessions/escorts.ts'
import { openRecordingHeads, type RecordingHeads } from '../../gateway/sessions/heads.ts'
import { openRecorder, type RecorderDeps } from '../../gateway/sessions/recorder.ts'
import { openRegistry, type Registry } from '../../gateway/sessions/registry.ts'
import { openStarter } from '../../gateway/sessions/start.ts'
import { Secret } from '../../gateway/secret.ts'
import { quietWorld, type Asset, type Bundle, type GrantId, type Person, type World } from '../../policy/index.ts'
import type { Signer } from '../../recorder/index.ts'
import { signerOf } from '../recorder/sample-keys.ts'
import { openBase, type Base } from './memory-store.ts'
import { untaught } from './untaught.ts'
import { wantedOf } from './wanted.ts'

export interface SessionScene extends Base {
  readonly bus: Bus
  readonly registry: Registry
  readonly heads: RecordingHeads
  readonly door: Door
  readonly log: ReturnType<typeof openLog>
  readonly signer: Signer
  readonly recordings: string
  readonly identity: Secret<string>
  readonly identities: readonly Secret<string>[]
  readonly grant: GrantId
  readonly visitor: Visitor
  readonly vendorSecret: Secret<string>
  readonly approver: Person
  /** One more grant, like the first. */
  grantAgain(): Promise<GrantId>
  readonly access: Access
  readonly escorts: Escorts
  readonly world: { now(): World }
  setWorld(change: Partial<World>): void
  /** Another bundle, in which this asset is otherwise. */
  setAsset(id: string, change: Partial<Asset>): void
  setBundle(change: Partial<Bundle>): void
  /** What admission stands on here, for who records in another way. */
  readonly admissionDeps: AdmissionDeps
  /** age recipients of the recordings. */
  readonly recipients: readonly string[]
  admission(over?: Partial<AdmissionDeps> & { readonly recordedWith?: Partial<RecorderDeps> }): BrokerContext
  close(): Promise<void>
}

/** The vendor holds a grant for `ews-1`, and nothing has begun. */
export async function openSessionScene(
  wish: {
    readonly escort?: true
    /** Where the store is; in memory when nothing is said. */
    readonly file?: string
    /** Keys that are believed no more; none when nothing is said. */
    readonly revocation?: Revocation
  } = {},
): Promise<SessionScene> {
  const base = await openBase(wish.file)
  const loaded = await loadBundle(join(import.meta.dirname, '../../gateway/demo/bundle'))
  if (loaded.kind === 'invalid') throw new Error('the demo bundle is not valid')
  const folder = await mkdtemp(join(tmpdir(), 'sp-sessions-'))
  const log = openLog('silent')
  const bus = inProcessBus()
  let around: World = quietWorld
  let bundle = untaught(loaded.bundle)
  const world = { now: () => around, refresh: () => Promise.resolve() }
  const door = openDoor(() => bundle, base.clock, world.now)
  const access = openAccess({
    ...base,
    bus,
    door,
    world,
    tickets: openTickets(null),
    draining: (id) => registry.draining(id),
  })
  const { revocation = noRevocation } = wish
  const registry = openRegistry({ ...base, bus, door, world, log, revocation })
  const starter = openStarter({ ...base, door, firstUse: (tx, grant, session) => access.used(tx, grant, session) })
  const escorts = openEscorts({ ...base, registry, starter, world })
  const authenticator = openAuthenticator({ ...base, lockout: { threshold: 3, minutes: 5 } })
  const person = async (login: string, roles: string[], supplier: string | null) => {
    const enrolled = await enrol(base, {
      login,
      displayName: login,
      roles,
      supplier,
      plants: ['north'],
      password: null,
      keys: [],
    })
    if (enrolled.kind === 'invalid') throw new Error(enrolled.problems.join())
    return { person: enrolled.person, mfa: ['totp'] as const, source: null, totpSecret: enrolled.totpSecret }
  }
  const vendor = await person('vendor', ['vendor'], 'acme-drives')
  const approver = await person('approver', ['approver'], null)
  async function grantAgain(): Promise<GrantId> {
    const now = base.clock.now()
    const { ids } = await access.submit(vendor, wantedOf('ews-1', { from: now, until: now + 3_600_000 }))
    const [id] = ids
    if (id === undefined) throw new Error('asking made no request')
    const digest = (await base.store.requests.byId(id))?.digest ?? ''
    const changes = wish.escort ? { changes: { escort: true } as const } : {}
    const answer = await access.approve(approver, id, { digest, comment: 'go', ...changes })
    if (answer.kind !== 'granted') throw new Error('one yes was not enough')
    return answer.grant
  }
  const grant = await grantAgain()
  const identity = await generateX25519Identity()
  const signer = signerOf(7)
  const recipients = [await identityToRecipient(identity)]
  const heads = openRecordingHeads({ store: base.store, clock: base.clock, log })
  const hostKeys = openHostKeys({
    ...base,
    bundle: door.bundle,
    look: () => Promise.resolve({ kind: 'failed', text: 'nothing is there' }),
  })
  const recording: RecorderDeps = { clock: base.clock, signer, recordings: folder, recipients }
  const deps: AdmissionDeps = {
    ...base,
    hostKeys,
    door,
    registry,
    heads,
    starter,
    escorts,
    authenticator,
    bus,
    log,
    maxSessionsPerPerson: 3,
    escortWaitMinutes: 10,
  }
  return {
    ...base,
    bus,
    registry,
    heads,
    door,
    log,
    signer,
    recordings: folder,
    identity: new Secret(identity),
    identities: [new Secret(identity)],
    grant,
    visitor: { ...vendor, source: '192.0.2.7' },
    vendorSecret: vendor.totpSecret,
    approver: approver.person,
    grantAgain,
    access,
    escorts,
    world,
    setWorld(change) {
      around = { ...around, ...change }
    },
    setBundle(change) {
      bundle = { ...bundle, ...change }
    },
    setAsset(id, change) {
      const asset = [...bundle.assets.values()].find((one) => one.id === id)
      if (!asset) throw new Error(`the bundle has no asset \`${id}\``)
      bundle = { ...bundle, assets: new Map([...bundle.assets, [asset.id, { ...asset, ...change }]]) }
    },
    admissionDeps: deps,
    recipients,
    admission: ({ recordedWith, ...over } = {}) =>
      openAdmission({ ...deps, ...over })(openRecorder({ ...recording, ...recordedWith })),
    async close() {
      await registry.stop(1_000)
      await base.store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
