// The airlock in memory and a temporary folder: people, a store, a spool, and a scanner of the test's choosing.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { loadBundle } from '../../gateway/access/bundles.ts'
import type { FileAllowance, FileOffer, HeldFile } from '../../gateway/airlock/airlock.ts'
import { openContentShelf, type ContentShelf } from '../../gateway/airlock/content-shelf.ts'
import { hearDecisions } from '../../gateway/airlock/airlocks.ts'
import { openFileDecisions, type FileDecisions } from '../../gateway/airlock/decisions.ts'
import type { Room } from '../../gateway/airlock/room.ts'
import { openSessionAirlock, type AirlockFacts, type SessionAirlock } from '../../gateway/airlock/session-airlock.ts'
import { tidySpool } from '../../gateway/airlock/spool.ts'
import { openAirlockUpkeep, type AirlockUpkeep } from '../../gateway/airlock/upkeep.ts'
import type { Scanner } from '../../gateway/airlock/verdict.ts'
import { openWaitingRoom } from '../../gateway/airlock/waiting-room.ts'
import { inProcessBus } from '../../gateway/bus/bus.ts'
import { mint } from '../../gateway/clock.ts'
import { enrol } from '../../gateway/identity/enrol.ts'
import { openLog } from '../../gateway/log.ts'
import type { FileVerdictFound } from '../../gateway/store/file-transfers.ts'
import {
  quietWorld,
  type AssetId,
  type Bundle,
  type DeclaredFile,
  type Person,
  type PlantId,
} from '../../policy/index.ts'
import { openBase, type Base } from './memory-store.ts'

export interface AirlockScene extends Base {
  readonly folder: string
  readonly spool: string
  readonly shelfFolder: string
  readonly identity: string
  readonly bundle: Bundle
  readonly shelf: ContentShelf
  readonly decisions: FileDecisions
  readonly upkeep: AirlockUpkeep
  readonly vendor: Person
  readonly colleague: Person
  readonly approver: Person
  readonly facts: AirlockFacts
  declared: readonly DeclaredFile[]
  verdict: FileVerdictFound
  airlock(over?: {
    readonly waitMs?: number
    readonly scanner?: Scanner
    readonly room?: Room
    readonly mostWaiting?: number
  }): SessionAirlock
  close(): Promise<void>
}

export const cleanVerdict: FileVerdictFound = {
  verdict: 'clean',
  found: null,
  engine: 'ClamAV 1.4.6/27500',
  signaturesAt: 1,
  why: null,
}

export const allowance = (over: Partial<FileAllowance> = {}): FileAllowance => ({
  kind: 'allowed',
  rules: ['drop-box'],
  crossing: 'scan',
  withoutVerdict: 'hold',
  releasedBy: ['approver'],
  declaredOnly: false,
  largest: 64 * 1024 * 1024,
  retention: [],
  ...over,
})

export const offer = (over: Partial<FileAllowance> = {}, path = '/srv/in/fw.bin'): FileOffer => ({
  program: 'sftp',
  direction: 'in',
  path,
  allowance: allowance(over),
})

/** Takes a file in whole. */
export async function bring(airlock: SessionAirlock, content: Uint8Array, given = offer()): Promise<HeldFile> {
  const taken = await airlock.takeIn(given)
  if (taken.kind === 'refused') throw new Error(taken.text)
  for (let at = 0; at < content.length; at += 32_768) {
    const text = await taken.file.write(at, content.subarray(at, at + 32_768))
    if (text !== null) break
  }
  return taken.file
}

export const never: AbortSignal = new AbortController().signal
export const silent = (): void => undefined

export async function openAirlockScene(): Promise<AirlockScene> {
  const base = await openBase()
  const loaded = await loadBundle(join(import.meta.dirname, '../../gateway/demo/bundle'))
  if (loaded.kind === 'invalid') throw new Error('the demo bundle is not valid')
  const { bundle } = loaded
  const folder = await mkdtemp(join(tmpdir(), 'sp-airlock-'))
  const spool = join(folder, 'quarantine')
  const shelfFolder = join(folder, 'files')
  await tidySpool(spool)
  const identity = await generateX25519Identity()
  const shelf = await openContentShelf(shelfFolder, [await identityToRecipient(identity)])
  const waiting = openWaitingRoom()
  const bus = inProcessBus()
  hearDecisions(bus, waiting)
  const log = openLog('silent')
  async function person(login: string, roles: string[], supplier: string | null): Promise<Person> {
    const plants = ['north']
    const enrolled = await enrol(base, { login, displayName: login, roles, supplier, plants, password: null, keys: [] })
    if (enrolled.kind === 'invalid') throw new Error(enrolled.problems.join())
    return enrolled.person
  }
  const vendor = await person('vendor', ['vendor'], 'acme-drives')
  const now = base.clock.now()
  const opened: SessionAirlock[] = []
  const scene: AirlockScene = {
    ...base,
    folder,
    spool,
    shelfFolder,
    identity,
    bundle,
    shelf,
    decisions: openFileDecisions({ ...base, world: () => quietWorld, bus, waiting }),
    upkeep: openAirlockUpkeep({ ...base, bundle: () => bundle, log, shelf, waiting }),
    vendor,
    colleague: await person('colleague', ['vendor'], 'acme-drives'),
    approver: await person('approver', ['approver'], null),
    facts: {
      id: mint.session(now),
      grant: mint.grant(now),
      person: vendor.id,
      supplier: vendor.supplier,
      asset: 'ews-1' as AssetId,
      plant: 'north' as PlantId,
      labels: ['internal'],
    },
    declared: [],
    verdict: cleanVerdict,
    airlock({ waitMs = 60_000, scanner, room = { take: () => Promise.resolve(null) }, mostWaiting = 100 } = {}) {
      const airlock = openSessionAirlock(
        {
          ...base,
          log,
          scanner: scanner ?? { judge: () => Promise.resolve(scene.verdict) },
          shelf,
          waiting,
          waitMs,
          mostWaiting,
          spool,
          room,
        },
        scene.facts,
        () => scene.declared,
      )
      opened.push(airlock)
      return airlock
    },
    async close() {
      for (const airlock of opened) await airlock.close()
      await base.store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return scene
}
