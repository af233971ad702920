// One step on a request or a grant: one transaction that asks the door, moves the state machine and writes both with
// their evidence. A refusal commits too, as evidence, and changes nothing else.

import {
  quote,
  type Decision,
  type Events,
  type Outcome,
  type Person,
  type PersonId,
  type PlantId,
  type RefusalCode,
  type Remedy,
  type RequestId,
  oversees,
} from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import { GatewayError, type ProblemCode } from '../errors.ts'
import type { StoredRequest } from '../store/requests.ts'
import type { Store, Tx } from '../store/store.ts'

const codeOf: Record<RefusalCode, ProblemCode> = {
  'already-decided': 'state-conflict',
  'already-approved': 'state-conflict',
  'own-request': 'policy-denied',
  'own-supplier': 'policy-denied',
  'account-disabled': 'policy-denied',
  'not-needed': 'policy-denied',
  'not-break-glass': 'policy-denied',
  'not-the-requester': 'not-found',
  'digest-mismatch': 'digest-mismatch',
  'schedule-malformed': 'invalid-window',
  'transfer-malformed': 'malformed-body',
  'window-malformed': 'invalid-window',
  'window-ended': 'invalid-window',
  'window-not-begun': 'invalid-window',
  'window-not-ended': 'invalid-window',
  'window-outside-ask': 'invalid-window',
  'window-not-longer': 'invalid-window',
  'window-too-long': 'invalid-window',
  'nothing-running': 'invalid-window',
  'terms-wider': 'invalid-terms',
  'conditions-too-long': 'invalid-terms',
  'grant-not-open': 'state-conflict',
  'reason-missing': 'malformed-body',
}

/** An asset that policy refuses, under the name the user gave it. */
export interface RefusedAsset {
  readonly asset: string
  readonly decision: Decision
}

/** What a transaction decided; thrown only after it has committed, because the refusal is evidence. */
export type Step<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** Of several assets: which are refused, and which could be asked for without them. */
  | {
      readonly kind: 'denied'
      readonly decision: Decision
      /** What policy would want otherwise, worked out once the refusal is written. */
      readonly ways: () => readonly Remedy[]
      readonly some?: { readonly refused: readonly RefusedAsset[]; readonly offered: readonly string[] }
    }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly text: string }

/** What is attempted: the facts a refusal is kept with. */
export type Attempt = Omit<Events['request.refused'], 'code'>

export const done = <T>(value: T): Step<T> => ({ kind: 'done', value })
export const refusedBy = ({ code, text }: Outcome<object> & { kind: 'refused' }): Step<never> => ({
  kind: 'refused',
  code,
  text,
})

/** A row moved between our look and our write. */
export class Overtaken extends GatewayError {
  constructor() {
    super('state-conflict', 'somebody else was faster: read it again')
  }
}

/** Ties a judgement to the state it was made on: a row that moved meanwhile is a conflict, and rolls back. */
export function stillSo(moved: boolean): void {
  if (!moved) throw new Overtaken()
}

export type TakeStep = <T>(attempt: Attempt, work: (tx: Tx, now: number) => Promise<Step<T>>) => Promise<T>

/** @returns a function that takes one step; it throws GatewayError for whatever is not `done`. */
export function openSteps({ store, clock }: { readonly store: Store; readonly clock: Clock }): TakeStep {
  return async (attempt, work) => {
    const keep = (tx: Tx, code: Events['request.refused']['code']): Promise<number> =>
      tx.ledger.append('request.refused', clock.now(), { ...attempt, code })
    let result
    try {
      result = await store.change(async (tx) => {
        const judged = await work(tx, clock.now())
        if (judged.kind === 'refused') await keep(tx, judged.code)
        return judged
      })
    } catch (error) {
      // The transaction of who came second is gone as a whole; that they tried is evidence all the same.
      if (error instanceof Overtaken) await store.change((tx) => keep(tx, 'state-conflict'))
      throw error
    }
    switch (result.kind) {
      case 'done':
        return result.value
      case 'denied':
        throw denial(withWays(result.decision, result.ways()), result.some)
      case 'refused':
        throw new GatewayError(codeOf[result.code], result.text)
    }
  }
}

/** A denial that also says what would have to be otherwise for the policies to permit. */
export function withWays(decision: Decision, ways: readonly Remedy[]): Decision {
  if (decision.kind === 'permit') return decision
  const said = new Set(decision.remedies.map(({ text }) => text))
  return { ...decision, remedies: [...decision.remedies, ...ways.filter(({ text }) => !said.has(text))] }
}

function denial(decision: Decision, some: (Step<never> & { kind: 'denied' })['some']): GatewayError {
  const text = decision.reasons.map((reason) => reason.text).join('; ')
  if (some === undefined) return new GatewayError('policy-denied', `policy refuses this: ${text}`, { decision })
  const names = some.refused.map(({ asset }) => quote(asset)).join(', ')
  const rest =
    some.offered.length === 0 ? 'none of the others may be had either' : 'the others may be asked for without it'
  return new GatewayError('policy-denied', `policy refuses ${names}: nothing was asked for; ${rest}: ${text}`, {
    decision,
    ...some,
  })
}

export interface ReadRequest {
  readonly stored: StoredRequest
  readonly requester: Person
}

/** @throws GatewayError `not-found`. */
export async function readRequest(
  { requests, people }: Pick<Tx, 'requests' | 'people'>,
  id: RequestId,
): Promise<ReadRequest> {
  const stored = await requests.byId(id)
  const requester = stored ? await people.byId(stored.request.by) : null
  if (!stored || !requester) throw new GatewayError('not-found', `no request \`${id}\``)
  return { stored, requester: withAsker(requester, stored.request.askedBy) }
}

/** The person whose request is judged; a machine account with who asked in its name, who must not decide on it either. */
export function withAsker(person: Person, askedBy: PersonId | undefined): Person {
  if (person.machine === undefined || askedBy === undefined) return person
  return { ...person, machine: { ...person.machine, askedBy } }
}

/** May this person end other people's access to the plant? Ending is always easier than beginning. */
export function mayEnd(person: Person, plant: PlantId): boolean {
  // Somebody of a supplier ends their own access only, whatever roles they were given beside.
  if (person.disabled || person.supplier !== null) return false
  if (oversees(person, plant, ['admin', 'isms-manager'])) return true
  const here: readonly string[] = ['approver', 'escort', 'safety-engineer']
  return person.plants.includes(plant) && person.roles.some((role) => here.includes(role))
}
