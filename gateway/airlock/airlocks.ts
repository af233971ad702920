// Puts the airlock together: spool, shelf, scanner, the word of people, upkeep; and hands every session its own.

import { join } from 'node:path'
import type { Bundle, World } from '../../policy/index.ts'
import { filesFolder } from '../backup/contents.ts'
import { parseClamdAddress } from '../clamd-address.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Space, Thresholds } from '../evidence/storage.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import { every } from '../tick.ts'
import { openClamd } from './clamd.ts'
import { openContentShelf } from './content-shelf.ts'
import { openFileDecisions, type FileDecisions } from './decisions.ts'
import type { Declared } from './quarantined.ts'
import { openRoom } from './room.ts'
import { openSessionAirlock, type AirlockFacts, type SessionAirlock } from './session-airlock.ts'
import { tidySpool } from './spool.ts'
import { openAirlockUpkeep, type AirlockUpkeep } from './upkeep.ts'
import { noScanner, openScanner, type Scanner } from './verdict.ts'
import { openWaitingRoom, type WaitingRoom } from './waiting-room.ts'

export interface Airlocks {
  forSession(facts: AirlockFacts, declared: Declared): SessionAirlock
  readonly decisions: FileDecisions
  readonly upkeep: AirlockUpkeep
  /** Begins to hear what people decide, and the rounds; the function returned ends both. */
  start(): () => Promise<void>
}

export interface AirlocksDeps {
  readonly store: Store
  readonly bundle: () => Bundle
  readonly world: () => World
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly dataFolder: string
  /** age recipients that kept contents are encrypted for. */
  readonly recipients: readonly string[]
  readonly settings: Config['airlock']
  readonly space: () => Promise<Space>
  readonly thresholds: Thresholds
  /** Hears how each use of the scanner went; null: well. */
  readonly told: (problem: string | null) => void
}

const mebibyte = 1024 * 1024
const lapseMs = 5_000
const cleanMs = 60_000

/** The scanner a configuration names. */
export function scannerFrom(
  settings: Config['airlock'],
  deps: { readonly clock: Pick<Clock, 'now'>; readonly told: (problem: string | null) => void },
): Scanner {
  const { clamd, timeoutSeconds, signaturesHours, scanMebibytes } = settings
  const address = clamd === undefined ? null : parseClamdAddress(clamd)
  if (address === null) return noScanner
  return openScanner({
    ...deps,
    clamd: openClamd(address, timeoutSeconds * 1_000),
    signaturesHours,
    mostBytes: scanMebibytes * mebibyte,
  })
}

/** Only for who holds the data folder's lock: what is left on the spool is removed. */
export async function openAirlocks(deps: AirlocksDeps): Promise<Airlocks> {
  const { store, bus, clock, log, dataFolder, settings } = deps
  const spool = join(dataFolder, 'quarantine')
  await tidySpool(spool)
  const shelf = await openContentShelf(join(dataFolder, filesFolder), deps.recipients)
  const waiting = openWaitingRoom()
  const scanner = scannerFrom(settings, deps)
  const room = openRoom(deps)
  const upkeep = openAirlockUpkeep({ ...deps, shelf, waiting })
  const waitMs = settings.waitSeconds * 1_000
  const mostWaiting = settings.waitingPerPerson
  const each = { store, clock, log, scanner, shelf, waiting, waitMs, mostWaiting, spool, room }
  return {
    forSession: (facts, declared) => openSessionAirlock(each, facts, declared),
    decisions: openFileDecisions({ ...deps, waiting }),
    upkeep,
    start() {
      const unsubscribe = hearDecisions(bus, waiting)
      const rounds = [
        every(lapseMs, 'Files nobody answered for', log, upkeep.lapse),
        every(cleanMs, 'Kept files', log, upkeep.clean),
      ]
      return async () => {
        unsubscribe()
        for (const end of rounds) await end()
      }
    },
  }
}

/** Words of people, said on whatever node, reach the clients that wait on this one. */
export function hearDecisions(bus: Bus, waiting: Pick<WaitingRoom, 'tell'>): () => void {
  return bus.subscribe((signal) => {
    if (signal.kind === 'file-decided') waiting.tell(signal.file, { kind: signal.outcome, reason: signal.reason })
  })
}
