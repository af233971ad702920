// A store in memory with the real schema, a clock the test moves, and a vault: what the parts of the gateway stand on.

import { randomBytes } from 'node:crypto'
import type { Clock } from '../../gateway/clock.ts'
import { openPasswords, type Passwords } from '../../gateway/identity/passwords.ts'
import { openVault, type Vault } from '../../gateway/identity/vault.ts'
import { Secret } from '../../gateway/secret.ts'
import { openSqlite } from '../../gateway/store/sqlite.ts'
import { openStore, type Store } from '../../gateway/store/store.ts'
import type { EvidenceEvent } from '../../policy/index.ts'

export interface TestClock extends Clock {
  /** Milliseconds since the epoch; moved by hand. */
  at: number
}

export function handClock(at = Date.UTC(2026, 5, 1, 8)): TestClock {
  const clock: TestClock = { at, now: () => clock.at, monotonic: () => BigInt(clock.at) * 1_000_000n }
  return clock
}

export interface Base {
  readonly store: Store
  readonly clock: TestClock
  readonly vault: Vault
  readonly passwords: Passwords
}

export async function openBase(file = ':memory:'): Promise<Base> {
  return {
    store: await openStore(openSqlite(file)),
    clock: handClock(),
    vault: openVault(new Secret(randomBytes(32))),
    passwords: await openPasswords({ cost: 'light', parallel: 2, queue: 8 }),
  }
}

/** Every event of the ledger, oldest first. */
export async function ledgerOf(store: Store): Promise<EvidenceEvent[]> {
  const events: EvidenceEvent[] = []
  for await (const event of store.evidence.events(0, await store.evidence.size())) events.push(event)
  return events
}
