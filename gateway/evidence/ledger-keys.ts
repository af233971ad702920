// The keys of the ledger and how long each signed, read from its own entries (recorder/FORMAT.md section 2.4). The entries tell
// the gateway what to sign with; whom auditors believe is in their trust files.

import {
  parseVerifierKey,
  sealKeys,
  type LedgerEnd,
  type LedgerKeys,
  type SealKey,
  type TrustedKey,
} from '../../recorder/index.ts'
import type { Events } from '../../policy/index.ts'
import type { Evidence } from '../store/evidence.ts'

export interface KeyHistory {
  /** In the order they came in; never empty. */
  readonly keys: LedgerKeys['keys']
  /** Verifier key of the one that signs now. */
  readonly current: string
  /** Ledgers this one goes on from, each after a declared loss; none as a rule. */
  readonly former: readonly FormerLedger[]
  /** Name of the ledger since the last declared loss; null where there was none, and the configuration alone names it. */
  readonly origin: string | null
}

export interface FormerLedger extends LedgerKeys {
  readonly end: LedgerEnd
  /** Entries it is known to have had. */
  readonly had: number
}

const types = ['ledger.key_rotated', 'ledger.key_retired', 'ledger.loss_declared']
const page = 200

/** @param first the key that signs where none was ever changed. */
export async function readKeyHistory(evidence: Pick<Evidence, 'list'>, first: string): Promise<KeyHistory> {
  const keys: { vkey: string; from: number; until: number | null }[] = []
  let current: string | null = null
  const end = (vkey: string, index: number): void => {
    for (const key of keys) if (key.vkey === vkey && key.until === null) key.until = index + 1
  }
  const former: FormerLedger[] = []
  let origin: string | null = null
  for (const { index, type, data } of await keyEvents(evidence)) {
    if (type === 'ledger.loss_declared') {
      // INVARIANT: entries of a type have its fields; only our own writer appends.
      const loss = data as Events['ledger.loss_declared']
      former.push(endedWith(loss, keys.splice(0)))
      keys.push({ vkey: loss.key, from: 0, until: null })
      current = loss.key
      origin = loss.origin
      continue
    }
    if (type === 'ledger.key_retired') {
      end(String(data['key']), index)
      continue
    }
    const previous = String(data['previous'])
    const next = String(data['next'])
    if (keys.length === 0) keys.push({ vkey: previous, from: 0, until: null })
    if (data['old'] !== 'signs-along') end(previous, index)
    keys.push({ vkey: next, from: index, until: null })
    current = next
  }
  if (current === null) return { keys: [{ vkey: first, from: 0, until: null }], current: first, former, origin }
  return { keys, current, former, origin }
}

/** @param known keys that the entries before tell of; one that came with a lost rotation is known by the declaration alone. */
function endedWith({ previous, lost }: Events['ledger.loss_declared'], known: LedgerKeys['keys']): FormerLedger {
  const { origin, key, size, root } = previous
  const isKnown = known.some(({ vkey }) => vkey === key)
  const keys = isKnown ? known : [...known, { vkey: key, from: known.length === 0 ? 0 : size, until: null }]
  return { origin, keys, end: { size, root: Buffer.from(root, 'base64') }, had: lost.size }
}

/** The same for seals: a key of a ledger that ended vouches for what was sealed until then. */
export function sealKeysOf({ keys, former }: KeyHistory): readonly SealKey[] {
  const ledgers = [{ keys, end: null }, ...former]
  return ledgers.flatMap((ledger) => sealKeys([{ keys: trustedIn(ledger.keys), end: ledger.end }]))
}

/** The same, ready for looking at signatures. What cannot be read as a key has signed nothing. */
export function trustedKeysOf({ keys, former }: KeyHistory): readonly TrustedKey[] {
  return trustedIn([...keys, ...former.flatMap((ledger) => ledger.keys)])
}

function trustedIn(keys: LedgerKeys['keys']): readonly TrustedKey[] {
  return keys.flatMap(({ vkey, from, until }) => {
    const parsed = parseVerifierKey(vkey)
    return parsed.kind === 'ok' ? [{ verifier: parsed.value, from, until }] : []
  })
}

/** Oldest first. */
async function keyEvents(evidence: Pick<Evidence, 'list'>) {
  const found = []
  for (let before: number | null = null; ;) {
    const events = await evidence.list({ types, session: null }, { limit: page, before })
    found.push(...events)
    before = events.at(-1)?.index ?? null
    if (events.length < page) return found.reverse()
  }
}
