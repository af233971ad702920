// The store and what vouches for its ledger: that it goes on from what was signed, checkpoints, witnesses, time stamps.

import { checkpointCopies } from '../data-folder.ts'
import { openUses, type Uses } from '../dependencies/uses.ts'
import { openCheckpoints, type Checkpoints } from '../evidence/checkpoints.ts'
import { checkContinuity, lostEntries } from '../evidence/continuity.ts'
import { openSetbacks, type Setbacks } from '../evidence/setbacks.ts'
import { openTimestamping, type Timestamping } from '../evidence/timestamps.ts'
import { openWitnesses } from '../evidence/witnesses.ts'
import { storeFile } from '../keys.ts'
import { refuseStartOn } from '../start-problem.ts'
import { openSqlite } from '../store/sqlite.ts'
import { openStore, type Store } from '../store/store.ts'
import type { Ground } from './ground.ts'

export interface LedgerStep {
  readonly store: Store
  readonly setbacks: Setbacks
  readonly uses: Uses
  readonly checkpoints: Checkpoints
  /** Null: no time-stamping authority is configured. */
  readonly timestamping: Timestamping | null
}

/**
 * A store that is older than what was signed is not signed over: a restored backup must be a declared loss.
 * @throws StartRefused then, and where a witness has seen more than the store holds.
 */
export async function openLedger(ground: Ground): Promise<LedgerStep> {
  const { config, clock, log, undo, material } = ground
  const { signer, along, verifier, witnesses: asked, timeAuthorities: authorities } = material
  const { ca } = material.outgoing
  const { origin } = config.evidence
  const store = await openStore(openSqlite(storeFile(config.dataFolder)))
  undo.push(() => store.close())
  const copies = checkpointCopies(config)
  const continuity = await checkContinuity({ evidence: store.evidence, verifier, origin }, copies)
  refuseStartOn(continuity.problems)
  const setbacks = await openSetbacks({ store, clock, log, hours: config.evidence.failingHours })
  const uses = openUses(clock)
  const witnesses =
    asked.length === 0
      ? null
      : openWitnesses({
          witnesses: asked,
          evidence: store.evidence,
          log,
          ca,
          setbacks,
          told: (name, problem) => uses.note('witnesses', name, problem),
        })
  refuseStartOn(await lostEntries(continuity, witnesses))
  const checkpoints = openCheckpoints({ store, origin, signer, along, clock, log, copies, witnesses, setbacks })
  const timestamping =
    authorities.length === 0
      ? null
      : openTimestamping({
          store,
          checkpoints,
          authorities,
          clock,
          log,
          ca,
          setbacks,
          told: (name, problem) => uses.note('time-authorities', name, problem),
        })
  return { store, setbacks, uses, checkpoints, timestamping }
}
