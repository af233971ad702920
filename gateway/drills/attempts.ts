// What a drill tries, one function a step. Each goes the way the real thing goes, through the door, the login or the
// recorder that serve at this moment, and says what came of it. None reaches a target: what is let in is looked at and
// dropped.

import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { join } from 'node:path'
import {
  conduitFor,
  operationClasses,
  plantOf,
  quote,
  withFaultyPolicy,
  type AssetId,
  type Bundle,
  type Decision,
  type DrillRunId,
  type DrillStep,
  type DrillVerdict,
  type Grant,
  type World,
} from '../../policy/index.ts'
import { openDoor, type Actor, type Door } from '../access/authorize.ts'
import type { BrokerContext } from '../brokers/broker.ts'
import { GatewayError } from '../errors.ts'
import type { Authenticator } from '../identity/authenticate.ts'
import { wireString } from '../identity/certificates/wire.ts'
import type { ApprovalLinks } from '../outbox/links.ts'
import type { Store } from '../store/store.ts'
import { timeKill, type KillDeps } from './kill.ts'
import { supposedSuspension, type MarkedStore, type StandIn } from './stand-in.ts'

export interface DrillDeps extends Omit<KillDeps, 'store'> {
  readonly store: Store
  readonly bundle: () => Bundle
  readonly world: () => World
  /** The gateway's own login, links and admission, over another store: what they write is marked. */
  readonly authenticatorOver: (store: Store) => Authenticator
  readonly linksOver: (store: Store) => Pick<ApprovalLinks, 'follow'>
  readonly admissionOver: (store: Store, door: Door, recordings: string) => Pick<BrokerContext, 'admit'>
}

export interface Attempt {
  readonly verdict: DrillVerdict
  readonly got: string
  readonly tookMs?: number
}

/** One run: the deps, who plays, and where its entries are marked. */
export interface Drilling extends DrillDeps {
  readonly drill: DrillRunId
  readonly on: StandIn
  readonly marked: MarkedStore
}

const sayDecision = (decision: Decision): string =>
  decision.kind === 'permit' ? 'permitted' : `refused by ${decision.reasons.map(({ rule }) => quote(rule)).join(', ')}`

const notHere = (got: string): Attempt => ({ verdict: 'not-applicable', got })
const held = (isSo: boolean, got: string): Attempt => ({ verdict: isSo ? 'held' : 'failed', got })

/** Held where it is refused, and one of these rules refused it. */
function refusedBy(decision: Decision, ...rules: readonly string[]): Attempt {
  const isRefused = decision.kind === 'deny' && decision.reasons.some(({ rule }) => rules.includes(rule))
  return held(isRefused, sayDecision(decision))
}

interface Change {
  readonly asset?: AssetId
  readonly grant?: Partial<Grant> | null
  readonly actor?: Partial<Actor>
  readonly world?: Partial<World>
  readonly bundle?: Bundle
}

/** Connects as the person of the drill, with what is changed in it, through the door as it is. */
function connect(run: Drilling, change: Change = {}): Promise<Decision> {
  const { on, marked, clock } = run
  const bundle = change.bundle ?? run.bundle()
  const suspensions = change.world?.suspensions
  const world = (): World => ({ ...on.world(run.world()), ...change.world })
  const door = openDoor(() => bundle, clock, world)
  const asset = change.asset ?? on.asset.id
  // The cast joins a kind with the fields of a grant that is open in all of them.
  const grant = change.grant === null ? null : ({ ...on.grant, asset, ...change.grant } as Grant)
  const actor = { ...on.actor, ...change.actor }
  return marked.store.change((tx) => {
    const seen =
      suspensions === undefined ? tx : { ...tx, suspensions: { ...tx.suspensions, inForce: async () => suspensions } }
    return door.authorize(seen, actor, { action: 'connect', asset, protocol: 'ssh', grant })
  })
}

async function unapprovedOperation(run: Drilling): Promise<Attempt> {
  const { on, clock } = run
  const conduit = conduitFor(on.asset, 'ssh', run.bundle(), clock.now())
  const ceiling = conduit.kind === 'present' ? conduit.conduit.operationClass : 'engineer'
  const above = operationClasses[operationClasses.indexOf(ceiling) + 1]
  if (above !== undefined) return refusedBy(await connect(run, { grant: { operationClass: above } }), 'conduit-class')
  const decision = await connect(run, { grant: { operationClass: 'observe' } })
  const looks = decision.kind === 'permit' && decision.obligations.some(({ kind }) => kind === 'observe-only')
  return held(looks, looks ? 'permitted to look, and nothing typed is let through' : sayDecision(decision))
}

/** Rules of which one at least has to stand before a safety system, besides that a drill reaches nothing real. */
const beforeSafety = [
  'sis-unreachable',
  'local-presence',
  'local-enable',
  'phase-closed',
  'scope-out',
  'scope-undetermined',
]

async function safetySystem(run: Drilling): Promise<Attempt> {
  const bundle = run.bundle()
  const plant = plantOf(run.on.asset, bundle).id
  const system = [...bundle.assets.values()].find(
    (asset) => asset.safety === 'SIS' && plantOf(asset, bundle).id === plant,
  )
  if (system === undefined) return notHere('the plant declares no safety instrumented system')
  const { got, verdict } = refusedBy(await connect(run, { asset: system.id }), ...beforeSafety)
  return { verdict, got: `${quote(system.id)}: ${got}` }
}

async function unknownKey({ marked, authenticatorOver, on }: Drilling): Promise<Attempt> {
  const pair = generateKeyPairSync('ed25519')
  const point = Buffer.from(pair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  const blob = Buffer.concat([wireString('ssh-ed25519'), wireString(point)])
  const data = randomBytes(32)
  const signed = { data, signature: sign(null, data, pair.privateKey), hash: null }
  const origin = { via: 'ssh', source: on.actor.source ?? '' } as const
  const { kind } = await authenticatorOver(marked.store).publicKey(on.actor.person.login, blob, signed, origin)
  return held(kind === 'bad', kind === 'bad' ? 'not let in' : 'let in')
}

async function stolenLink({ marked, linksOver, on }: Drilling): Promise<Attempt> {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
  const name = [...randomBytes(26)].map((byte) => alphabet[byte % 32]).join('')
  const token = `lnk_${name}.${randomBytes(32).toString('base64url')}`
  try {
    const request = await linksOver(marked.store).follow(on.actor, token)
    return held(false, `it led to ${request}`)
  } catch (error) {
    if (error instanceof GatewayError) return held(error.code === 'link-forged', `refused: ${error.code}`)
    throw error
  }
}

async function recorderDown(run: Drilling): Promise<Attempt> {
  const { on, drill, clock, store, marked } = run
  const { actor, asset, grant } = on
  const door = openDoor(run.bundle, clock, () => on.world(run.world()))
  // The person is in no table: admission finds them here, and the access they come with.
  const people = { ...store.people, byId: async () => actor.person }
  const admission = run.admissionOver(
    { ...marked.store, people },
    {
      ...door,
      authorizeConnect: async (tx, visitor) => {
        const question = { action: 'connect', asset: asset.id, protocol: 'ssh', grant } as const
        return { decision: await door.authorize(tx, { ...visitor, drill: true }, question), asset: asset.id, grant }
      },
    },
    // No folder can be made inside a program.
    join(process.execPath, drill),
  )
  const visitor = { person: actor.person, mfa: actor.mfa, source: actor.source ?? '' }
  const answer = await admission.admit(visitor, asset.id)
  if (answer.kind === 'admitted') {
    answer.session.ending('recorder-failed')
    return held(false, 'a session began without a recording')
  }
  const isFor = /cannot be recorded/.test(answer.text)
  return held(isFor, `refused: ${answer.text}`)
}

interface Step {
  /** What is tried, for people. */
  readonly title: string
  readonly expected: string
  readonly attempt: (run: Drilling) => Promise<Attempt>
}

/** INVARIANT: one for every step a bundle may name; the type says so. */
export const attempts: Readonly<Record<DrillStep, Step>> = {
  permitted: {
    title: 'everything is right',
    expected: 'permitted, or no refusal below says anything',
    attempt: async (run) => {
      const decision = await connect(run)
      return held(decision.kind === 'permit', sayDecision(decision))
    },
  },
  'unknown-key': { title: 'somebody with a key nobody knows', expected: 'not let in', attempt: unknownKey },
  'wrong-place': {
    title: 'a known person from a place that is not allowed',
    expected: 'refused by `place-not-allowed`',
    attempt: async (run) =>
      run.on.isPlaceAsked
        ? refusedBy(await connect(run, { actor: { source: '198.51.100.7' } }), 'place-not-allowed')
        : notHere('the drill asset carries no controlled label, so no place is asked for'),
  },
  'outside-window': {
    title: 'a known person after the window',
    expected: 'refused by `grant-outside-window`',
    attempt: async (run) => {
      const now = run.clock.now()
      const window = { from: now - 7_200_000, until: now - 3_600_000 }
      return refusedBy(await connect(run, { grant: { window } }), 'grant-outside-window')
    },
  },
  'second-factor': {
    title: 'a known person without a second factor',
    expected: 'refused',
    attempt: async (run) => {
      const decision = await connect(run, { actor: { mfa: [] } })
      return held(decision.kind === 'deny', sayDecision(decision))
    },
  },
  'no-grant': {
    title: 'a known person whom nobody gave access',
    expected: 'refused by `grant-missing`',
    attempt: async (run) => refusedBy(await connect(run, { grant: null }), 'grant-missing'),
  },
  'unapproved-operation': {
    title: 'an operation above what is allowed',
    expected: 'refused by `conduit-class`, or only looking',
    attempt: unapprovedOperation,
  },
  'unregistered-asset': {
    title: 'an asset nobody registered',
    expected: 'refused by `unknown-asset`',
    attempt: async (run) => {
      const door = openDoor(run.bundle, run.clock, () => run.on.world(run.world()))
      const { decision } = await run.marked.store.change((tx) =>
        door.authorizeConnect(tx, run.on.actor, `drill-${run.drill.slice(-8)}-unregistered`, 'ssh'),
      )
      return refusedBy(decision, 'unknown-asset')
    },
  },
  'safety-system': {
    title: 'a safety instrumented system of the plant',
    expected: 'refused by a safety precondition',
    attempt: safetySystem,
  },
  'suspended-supplier': {
    title: 'somebody of a suspended supplier',
    expected: 'refused by `suspended`',
    attempt: async (run) => {
      const supposed = supposedSuspension(run.on, run.clock.now())
      return refusedBy(await connect(run, { world: { suspensions: [supposed] } }), 'suspended')
    },
  },
  'stolen-link': { title: 'an approval link that is forged', expected: 'refused', attempt: stolenLink },
  'recorder-down': { title: 'a recorder that cannot write', expected: 'no session begins', attempt: recorderDown },
  'policy-down': {
    title: 'a policy that cannot be evaluated',
    expected: 'refused by `evaluation-error`',
    attempt: async (run) =>
      refusedBy(await connect(run, { bundle: withFaultyPolicy(run.bundle()) }), 'evaluation-error'),
  },
  kill: { title: 'access is taken away from a living session', expected: 'it ends within 1 s', attempt: timeKill },
}

/** Takes one step; what throws has not held. */
export async function attempt(run: Drilling, step: DrillStep): Promise<Attempt> {
  try {
    return await attempts[step].attempt(run)
  } catch (err) {
    run.log.error({ err, drill: run.drill, step }, 'A step of a drill failed')
    return { verdict: 'failed', got: 'it could not be tried: the log says why' }
  }
}
