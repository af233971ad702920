// Host keys of targets that two people accept, by asset and fingerprint. A key belongs to its asset and to no address: the
// key of a host on the way is never taken for the target's.

import type { AssetId, Instant, PersonId } from '../../policy/index.ts'
import type { Db, Schema } from './schema.ts'

export const hostKeyStates = ['seen', 'proposed', 'accepted', 'rejected', 'replaced'] as const
export type HostKeyState = (typeof hostKeyStates)[number]

export interface StoredHostKey {
  readonly asset: AssetId
  readonly fingerprint: string
  readonly key: string
  readonly state: HostKeyState
  /** Host and port that showed it when it was seen or proposed last. */
  readonly address: string
  readonly seenAt: Instant
  readonly proposed: { readonly by: PersonId; readonly at: Instant } | null
  readonly decided: { readonly by: PersonId; readonly at: Instant } | null
}

export interface TargetHostKeys {
  /** Puts it there, in place of what stood under its asset and fingerprint. */
  put(key: StoredHostKey): Promise<void>
  one(asset: AssetId, fingerprint: string): Promise<StoredHostKey | null>
  /** Newest first. */
  of(assets: readonly AssetId[]): Promise<readonly StoredHostKey[]>
  /** The accepted ones. */
  accepted(asset: AssetId): Promise<readonly StoredHostKey[]>
}

type Row = Schema['target_host_key']

const deed = (by: string | null, at: number | null): StoredHostKey['proposed'] =>
  by === null || at === null ? null : { by: by as PersonId, at: Number(at) }

function hostKeyOf(row: Row): StoredHostKey {
  return {
    asset: row.asset as AssetId,
    fingerprint: row.fingerprint,
    key: row.host_key,
    state: row.state as HostKeyState,
    address: row.address,
    seenAt: Number(row.seen_at),
    proposed: deed(row.proposed_by, row.proposed_at),
    decided: deed(row.decided_by, row.decided_at),
  }
}

export function targetHostKeysIn(db: Db): TargetHostKeys {
  const rows = () => db.selectFrom('target_host_key').selectAll()
  return {
    async put({ asset, fingerprint, key, state, address, seenAt, proposed, decided }) {
      const rest = {
        host_key: key,
        state,
        address,
        seen_at: seenAt,
        proposed_by: proposed?.by ?? null,
        proposed_at: proposed?.at ?? null,
        decided_by: decided?.by ?? null,
        decided_at: decided?.at ?? null,
      }
      await db
        .insertInto('target_host_key')
        .values({ asset, fingerprint, ...rest })
        .onConflict((c) => c.columns(['asset', 'fingerprint']).doUpdateSet(rest))
        .execute()
    },
    async one(asset, fingerprint) {
      const row = await rows().where('asset', '=', asset).where('fingerprint', '=', fingerprint).executeTakeFirst()
      return row ? hostKeyOf(row) : null
    },
    async of(assets) {
      if (assets.length === 0) return []
      const found = await rows().where('asset', 'in', assets).orderBy('seen_at', 'desc').execute()
      return found.map(hostKeyOf)
    },
    async accepted(asset) {
      const found = await rows().where('asset', '=', asset).where('state', '=', 'accepted').execute()
      return found.map(hostKeyOf)
    },
  }
}
