// The questions the bench asks: requests, approvals and connections of many people about assets all over the plant, in
// an order that follows from a seed.

import type {
  AccessAsk,
  AssetId,
  DecisionRequest,
  Facts,
  Grant,
  GrantId,
  Login,
  Person,
  PersonId,
  PlantId,
  RequestId,
} from '../../../policy/index.ts'
import { quietWorld } from '../../../policy/index.ts'
import { assetId, plantIds, type PlantSize } from './plant.ts'

/** A moment inside every contract and before every review day. */
export const benchNow = Date.UTC(2026, 5, 10, 9, 0)
const hourMs = 3_600_000
const window = { from: benchNow, until: benchNow + hourMs }

export interface Question {
  readonly request: DecisionRequest
  readonly facts: Facts
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const opaque = (prefix: string, n: number): string => `${prefix}_${String(n).padStart(26, '0')}`

function personOf(n: number, size: PlantSize, role: 'engineer' | 'approver'): Person {
  return {
    id: opaque('per', n) as PersonId,
    login: `p${n}` as Login,
    displayName: `Person ${n}`,
    roles: [role],
    supplier: null,
    plants: plantIds(size) as PlantId[],
    disabled: false,
  }
}

const askFor = (asset: AssetId, n: number): AccessAsk => ({
  asset,
  protocol: 'ssh',
  operationClass: n % 2 === 0 ? 'operate' : 'engineer',
  window,
  schedule: { kind: 'whole' },
  tier: 'standard',
  criteria: [],
  purpose: 'bench',
  ticket: '',
  rollback: '',
  files: [],
})

/** An open grant of a person for an asset, good at `benchNow`. */
export function grantFor(n: number, person: PersonId, asset: AssetId): Grant {
  return {
    kind: 'open',
    id: opaque('gra', n) as GrantId,
    request: opaque('req', n) as RequestId,
    person,
    asset,
    protocol: 'ssh',
    operationClass: 'operate',
    window,
    schedule: { kind: 'whole' },
    tier: 'standard',
    escort: false,
    conditions: '',
  }
}

const factsOf = (person: Person): Facts => ({
  now: benchNow,
  person,
  mfa: ['totp'],
  source: '192.0.2.9',
  ticket: 'none',
  world: quietWorld,
})

/** People enough that no cache of one helps. */
const crowd = 200

/** @param mix `connect` asks only for the use of grants, as re-evaluation does. */
export function questionsOf(size: PlantSize, count: number, mix: 'all' | 'connect'): readonly Question[] {
  const random = randomOf(size.assets * 31 + size.policies)
  const engineers = Array.from({ length: crowd }, (_, n) => personOf(n, size, 'engineer'))
  const approver = personOf(crowd, size, 'approver')
  return Array.from({ length: count }, (_, n) => {
    const person = engineers[Math.floor(random() * crowd)] ?? approver
    const asset = assetId(Math.floor(random() * size.assets)) as AssetId
    const kind = mix === 'connect' ? 2 : n % 3
    if (kind === 0) return { request: { action: 'request', ask: askFor(asset, n) }, facts: factsOf(person) }
    if (kind === 1)
      return { request: { action: 'approve', ask: askFor(asset, n), requester: person }, facts: factsOf(approver) }
    const grant = grantFor(n, person.id, asset)
    return { request: { action: 'connect', asset, protocol: 'ssh', grant }, facts: factsOf(person) }
  })
}
