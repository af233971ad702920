// Host keys of targets that no bundle pins (`hostKeys: enrol`): the gateway looks at what the target shows, one person
// proposes it, another accepts it. Until then nobody reaches the target; a key that is not the accepted one is refused and
// kept, and is never accepted from a session. Looking is the broker's; this decides and keeps.

import {
  enrolledKeys,
  endpointOf,
  oversees,
  plantOf,
  type Asset,
  type AssetId,
  type Bundle,
  type Events,
  type Role,
  type SessionId,
  type SshEndpoint,
} from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import { GatewayError, type ProblemCode } from '../errors.ts'
import { fingerprintOf } from '../identity/authenticate.ts'
import type { Store, Tx } from '../store/store.ts'
import type { StoredHostKey } from '../store/target-host-keys.ts'
import type { Actor } from './authorize.ts'

type RefusedStep = Events['target.step_refused']

/** What looking at a target came to: the key it has shown that it holds, in OpenSSH form. */
export type Looked =
  | { readonly kind: 'seen'; readonly key: string; readonly software: string }
  | { readonly kind: 'failed'; readonly text: string }

export interface HostKeys {
  /** The keys the endpoint of an asset may show now, in OpenSSH form. None: it is not reachable. */
  knownFor(asset: AssetId, endpoint: SshEndpoint): Promise<readonly string[]>
  /** A session met a key that is none of them. */
  strange(session: SessionId, asset: AssetId, endpoint: SshEndpoint, key: string): Promise<void>
  /** Connects to the target and proposes the key it shows. @throws GatewayError */
  propose(actor: Actor, asset: AssetId, comment: string): Promise<StoredHostKey>
  /** @throws GatewayError where it is not theirs to accept, or not what they read. */
  accept(actor: Actor, asset: AssetId, fingerprint: string, comment: string): Promise<StoredHostKey>
  /** Rejects one, also one that is accepted: the target is not reachable then. @throws GatewayError */
  reject(actor: Actor, asset: AssetId, fingerprint: string, comment: string): Promise<StoredHostKey>
}

const problemOf: Readonly<Record<RefusedStep['code'], ProblemCode>> = {
  'role-missing': 'role-missing',
  'own-proposal': 'policy-denied',
  pinned: 'state-conflict',
  'not-proposed': 'state-conflict',
  'address-changed': 'state-conflict',
  'already-accepted': 'state-conflict',
  'target-unreachable': 'state-conflict',
}

/** Who proposes; and who accepts, who may be an administrator as well. */
export const proposers: readonly Role[] = ['admin']
export const accepters: readonly Role[] = ['admin', 'isms-manager']

/** @param line in OpenSSH form. */
export const typeOf = (line: string): string => line.split(' ')[0] ?? ''
/** @param line in OpenSSH form. */
export const fingerprintOfLine = (line: string): string =>
  fingerprintOf(Buffer.from(line.split(' ')[1] ?? '', 'base64'))
/** Where it is dialled, in words. */
export const addressOf = ({ host, port }: Pick<SshEndpoint, 'host' | 'port'>): string => `${host} port ${port}`

/**
 * Fingerprints of the host keys that are believed of each of these assets by what a bundle declares: those it pins, or
 * those that were accepted. An asset without SSH is left out.
 */
export async function believedHostKeys(
  store: Pick<Store, 'targetHostKeys'>,
  { assets: declared }: Pick<Bundle, 'assets'>,
  assets: Iterable<AssetId>,
): Promise<ReadonlyMap<AssetId, ReadonlySet<string>>> {
  const endpoints = new Map<AssetId, SshEndpoint>()
  for (const id of assets) {
    const endpoint = endpointOf(declared.get(id) ?? { endpoints: [] }, 'ssh')
    if (endpoint !== null) endpoints.set(id, endpoint)
  }
  const enrolled = [...endpoints].flatMap(([id, { hostKeys }]) => (hostKeys === enrolledKeys ? [id] : []))
  const accepted = (await store.targetHostKeys.of(enrolled)).filter(({ state }) => state === 'accepted')
  return new Map(
    [...endpoints].map(([id, { hostKeys }]) => [
      id,
      new Set(
        hostKeys === enrolledKeys
          ? accepted.filter(({ asset }) => asset === id).map(({ fingerprint }) => fingerprint)
          : hostKeys.map(fingerprintOfLine),
      ),
    ]),
  )
}

export function openHostKeys(deps: {
  readonly store: Store
  readonly clock: Clock
  readonly bundle: () => Bundle
  readonly look: (endpoint: SshEndpoint) => Promise<Looked>
  /** The keys that are believed are others now: sessions opened on one that is not among them end. */
  readonly onChange?: () => void
}): HostKeys {
  const { store, clock, bundle, look, onChange = () => undefined } = deps

  async function refuse(
    { person }: Actor,
    asset: AssetId,
    step: RefusedStep['step'],
    code: RefusedStep['code'],
    text: string,
    key?: string,
  ): Promise<never> {
    const entry = { asset, person: person.id, step, code, ...(key === undefined ? {} : { key }) }
    await store.change((tx) => tx.ledger.append('target.step_refused', clock.now(), entry))
    throw new GatewayError(problemOf[code], text)
  }

  /** An asset whose keys are accepted here, for somebody who may. */
  async function need(
    actor: Actor,
    id: AssetId,
    step: RefusedStep['step'],
    roles: readonly Role[],
  ): Promise<{ readonly asset: Asset; readonly endpoint: SshEndpoint }> {
    const asset = bundle().assets.get(id)
    const endpoint = asset && endpointOf(asset, 'ssh')
    if (!asset || !endpoint) throw new GatewayError('not-found', `no asset \`${id}\` with an SSH endpoint`)
    const plant = plantOf(asset, bundle()).id
    if (!oversees(actor.person, plant, roles))
      return refuse(actor, id, step, 'role-missing', `this needs one of the roles ${roles.join(', ')}, for this plant`)
    if (endpoint.hostKeys !== enrolledKeys)
      return refuse(
        actor,
        id,
        step,
        'pinned',
        `the host keys of \`${id}\` are pinned in the bundle: propose a bundle with the new key`,
      )
    return { asset, endpoint }
  }

  async function found(asset: AssetId, fingerprint: string): Promise<StoredHostKey> {
    const stored = await store.targetHostKeys.one(asset, fingerprint)
    if (!stored) throw new GatewayError('not-found', `asset \`${asset}\` has shown no host key \`${fingerprint}\``)
    return stored
  }

  async function keep(tx: Tx, stored: StoredHostKey): Promise<StoredHostKey> {
    await tx.targetHostKeys.put(stored)
    return stored
  }

  return {
    async knownFor(asset, { hostKeys }) {
      if (hostKeys !== enrolledKeys) return hostKeys
      return (await store.targetHostKeys.accepted(asset)).map(({ key }) => key)
    },

    async strange(session, id, endpoint, key) {
      const now = clock.now()
      const asset = bundle().assets.get(id)
      if (!asset) return
      const fingerprint = fingerprintOfLine(key)
      const isEnrolled = endpoint.hostKeys === enrolledKeys
      await store.change(async (tx) => {
        const lines =
          endpoint.hostKeys === enrolledKeys
            ? (await tx.targetHostKeys.accepted(id)).map((one) => one.key)
            : endpoint.hostKeys
        const known = await tx.targetHostKeys.one(id, fingerprint)
        const address = addressOf(endpoint)
        // What somebody has said of it stays.
        if (isEnrolled && !known)
          await tx.targetHostKeys.put({
            asset: id,
            fingerprint,
            key,
            state: 'seen',
            address,
            seenAt: now,
            proposed: null,
            decided: null,
          })
        await tx.ledger.append('target.host_key_seen', now, {
          session,
          asset: id,
          plant: plantOf(asset, bundle()).id,
          key: fingerprint,
          kind: typeOf(key),
          known: lines.map(fingerprintOfLine),
          by: isEnrolled ? 'enrolment' : 'bundle',
          address: await tx.ledger.commit(address),
          ...(isEnrolled && !known && { first: true }),
        })
      })
    },

    async propose(actor, id, comment) {
      const { asset, endpoint } = await need(actor, id, 'propose', proposers)
      const seen = await look(endpoint)
      if (seen.kind === 'failed') return refuse(actor, id, 'propose', 'target-unreachable', seen.text)
      const fingerprint = fingerprintOfLine(seen.key)
      const [accepted] = await store.targetHostKeys.accepted(id)
      if (accepted?.fingerprint === fingerprint)
        return refuse(
          actor,
          id,
          'propose',
          'already-accepted',
          `\`${id}\` shows the host key that is accepted already: ${fingerprint}`,
          fingerprint,
        )
      return store.change(async (tx) => {
        const now = clock.now()
        const address = addressOf(endpoint)
        await tx.ledger.append('target.host_key_proposed', now, {
          asset: id,
          plant: plantOf(asset, bundle()).id,
          key: fingerprint,
          kind: typeOf(seen.key),
          replaces: accepted?.fingerprint ?? null,
          by: actor.person.id,
          address: await tx.ledger.commit(address),
          comment: await tx.ledger.commit(comment),
        })
        const proposed = { by: actor.person.id, at: now }
        const known = { asset: id, fingerprint, key: seen.key, address, seenAt: now }
        return keep(tx, { ...known, state: 'proposed', proposed, decided: null })
      })
    },

    async accept(actor, id, fingerprint, comment) {
      const { asset, endpoint } = await need(actor, id, 'accept', accepters)
      const before = await found(id, fingerprint)
      const no = (code: RefusedStep['code'], text: string): Promise<never> =>
        refuse(actor, id, 'accept', code, text, fingerprint)
      if (before.state !== 'proposed' || before.proposed === null)
        return no('not-proposed', `the host key is ${before.state}: an administrator has to propose it first`)
      if (before.proposed.by === actor.person.id)
        return no('own-proposal', 'who proposed a host key does not accept it: another person has to')
      if (before.address !== addressOf(endpoint))
        return no('address-changed', 'the asset has another address now: its host key has to be proposed again')
      const { by: proposedBy } = before.proposed
      const accepted = await store.change(async (tx) => {
        const now = clock.now()
        const decided = { by: actor.person.id, at: now }
        const again = await tx.targetHostKeys.one(id, fingerprint)
        if (again?.state !== 'proposed' || again.proposed?.by !== proposedBy)
          throw new GatewayError('state-conflict', 'somebody else was faster: read it again')
        const old = await tx.targetHostKeys.accepted(id)
        for (const each of old) await tx.targetHostKeys.put({ ...each, state: 'replaced', decided })
        await tx.ledger.append('target.host_key_accepted', now, {
          asset: id,
          plant: plantOf(asset, bundle()).id,
          key: fingerprint,
          replaces: old[0]?.fingerprint ?? null,
          proposedBy,
          by: actor.person.id,
          comment: await tx.ledger.commit(comment),
        })
        return keep(tx, { ...again, state: 'accepted', decided })
      })
      onChange()
      return accepted
    },

    async reject(actor, id, fingerprint, comment) {
      const { asset } = await need(actor, id, 'reject', accepters)
      const { state: was } = await found(id, fingerprint)
      if (was === 'rejected' || was === 'replaced')
        return refuse(actor, id, 'reject', 'not-proposed', `the host key is ${was} already`, fingerprint)
      const rejected = await store.change(async (tx) => {
        const now = clock.now()
        const again = await tx.targetHostKeys.one(id, fingerprint)
        if (again?.state !== was) throw new GatewayError('state-conflict', 'somebody else was faster: read it again')
        await tx.ledger.append('target.host_key_rejected', now, {
          asset: id,
          plant: plantOf(asset, bundle()).id,
          key: fingerprint,
          was,
          by: actor.person.id,
          comment: await tx.ledger.commit(comment),
        })
        return keep(tx, { ...again, state: 'rejected', decided: { by: actor.person.id, at: now } })
      })
      onChange()
      return rejected
    },
  }
}
