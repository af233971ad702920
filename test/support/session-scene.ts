// What a session stands on, in memory: people, a bundle, an approved grant, and a recorder in a temporary folder.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { loadBundle } from '../../gateway/access/bundles.ts'
import { openDoor, type Door } from '../../gateway/access/authorize.ts'
import { openAccess } from '../../gateway/access/requests.ts'
import type { Visitor } from '../../gateway/brokers/broker.ts'
import { inProcessBus, type Bus } from '../../gateway/bus/bus.ts'
import { enrol } from '../../gateway/identity/enrol.ts'
import { openLog } from '../../gateway/log.ts'
import { openAdmission, type AdmissionDeps } from '../../gateway/sessions/admission.ts'
import { openRegistry, type Registry } from '../../gateway/sessions/registry.ts'
import { Secret } from '../../gateway/secret.ts'
import type { GrantId } from '../../policy/index.ts'
import type { Signer } from '../../recorder/index.ts'
import { signerOf } from '../recorder/sample-keys.ts'
import { openBase, type Base } from './memory-store.ts'

export interface SessionScene extends Base {
  readonly bus: Bus
  readonly registry: Registry
  readonly door: Door
  readonly log: ReturnType<typeof openLog>
  readonly signer: Signer
  readonly recordings: string
  readonly identity: Secret<string>
  readonly grant: GrantId
  readonly visitor: Visitor
  admission(over?: Partial<AdmissionDeps>): ReturnType<typeof openAdmission>
  close(): Promise<void>
}

/** The vendor holds a grant for `ews-1`, and nothing has begun. */
export async function openSessionScene(): Promise<SessionScene> {
  const base = await openBase()
  const loaded = await loadBundle(join(import.meta.dirname, '../../gateway/demo/bundle'))
  if (loaded.kind === 'invalid') throw new Error('the demo bundle is not valid')
  const folder = await mkdtemp(join(tmpdir(), 'sp-sessions-'))
  const log = openLog('silent')
  const bus = inProcessBus()
  const door = openDoor(() => loaded.bundle, base.clock)
  const access = openAccess({ ...base, bus, door })
  const registry = openRegistry({ bus, store: base.store, log })
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
    return { person: enrolled.person, mfa: ['totp'] as const }
  }
  const vendor = await person('vendor', ['vendor'], 'acme-drives')
  const approver = await person('approver', ['approver'], null)
  const now = base.clock.now()
  const id = await access.submit(vendor, 'ews-1', {
    protocol: 'ssh',
    operationClass: 'operate',
    window: { from: now, until: now + 3_600_000 },
    purpose: 'exchange a drive',
    ticket: '',
  })
  const digest = (await base.store.requests.byId(id))?.digest ?? ''
  const grant = await access.approve(approver, id, { digest, comment: 'go' })
  const identity = await generateX25519Identity()
  const signer = signerOf(7)
  const recipients = [await identityToRecipient(identity)]
  const deps = { ...base, door, registry, log, signer, recordings: folder, recipients, maxSessionsPerPerson: 3 }
  return {
    ...base,
    bus,
    registry,
    door,
    log,
    signer,
    recordings: folder,
    identity: new Secret(identity),
    grant,
    visitor: { ...vendor, source: '192.0.2.7' },
    admission: (over = {}) => openAdmission({ ...deps, ...over }),
    async close() {
      await registry.stop(1_000)
      await base.store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
