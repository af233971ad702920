// The gate before everything that shows what a recording holds: replay, search, following a living session, export. It
// asks the rules of handling.yaml and whether a second person has agreed. How that person is asked is viewings.ts's;
// what is shown, and the evidence of it, is whoever shows it's.

import {
  handlingOfRecording,
  handlingUnder,
  oversees,
  type Agreement,
  type Bundle,
  type Handling,
  type HandlingRule,
  type Instant,
  type Person,
  type Role,
  type ViewingId,
} from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Store } from '../store/store.ts'
import type { StoredViewing } from '../store/viewings.ts'
import { whoseIs } from './own-session.ts'

/** `follow`: watching a living session. `search`: a hit is shown. `export`: it leaves the house. */
export type ViewingPurpose = 'replay' | 'search' | 'follow' | 'export'

/** What stood behind an answer: it belongs into the evidence of what is then shown. */
export interface Applied {
  /** Ids of the rules of handling.yaml about the recording. */
  readonly rules: readonly string[]
  /** Digest of the bundle they stand in. */
  readonly bundle: string
  /** The viewing a second person agreed to; null where none was needed. */
  readonly viewing: ViewingId | null
}

export type Viewing =
  /** `until`: the second person's yes ends then; null where none was needed. What is shown longer is asked about again. */
  | {
      readonly kind: 'permitted'
      readonly handling: Handling
      readonly applied: Applied
      readonly until: Instant | null
    }
  /** Somebody else has to agree first. `text` says so, with the rules that ask for it. */
  | { readonly kind: 'second-person'; readonly handling: Handling; readonly applied: Applied; readonly text: string }
  | { readonly kind: 'refused'; readonly handling: Handling; readonly applied: Applied; readonly text: string }

export type PermittedViewing = Viewing & { readonly kind: 'permitted' }

export interface ViewingGate {
  /** May this person be shown this recording now? Writes nothing: for lists and search hits. */
  permitView(
    actor: Actor,
    session: StoredSession,
    purpose: ViewingPurpose,
    /** Of an export: what was agreed about what leaves the house. */
    agreement?: Agreement | null,
  ): Promise<Viewing>
  /**
   * As `permitView`, for somebody who asked for this one: a no is kept as evidence.
   * @throws GatewayError `viewing-refused`, `second-person-needed`
   */
  needView(
    actor: Actor,
    session: StoredSession,
    purpose: ViewingPurpose,
    agreement?: Agreement | null,
  ): Promise<PermittedViewing>
}

/** Who looks at recordings where no rule names anybody. */
export const viewers = ['auditor', 'isms-manager'] as const satisfies readonly Role[]
/** Who watches a living session where no rule names anybody: also who may come along with it. */
export const watchers = [...viewers, 'escort', 'approver', 'safety-engineer'] as const satisfies readonly Role[]

/**
 * Has the person one of these roles where the session was? Somebody of a supplier has none but `vendor`, and that only
 * for sessions of their own: nobody of a supplier looks at what others did.
 */
export function mayView(
  person: Person,
  session: Pick<StoredSession, 'person' | 'plant'>,
  roles: readonly Role[],
): boolean {
  const held = person.roles.filter((role) => roles.includes(role))
  if (person.supplier !== null) return session.person === person.id && held.includes('vendor')
  // Who looks over a house looks over the plants of the account, or all; everybody else at the plants they act for.
  const isOfHouse = (role: Role): boolean => (viewers as readonly Role[]).includes(role)
  if (oversees(person, session.plant, held.filter(isOfHouse))) return true
  return held.some((role) => role !== 'vendor' && !isOfHouse(role) && person.plants.includes(session.plant))
}

/** Who may be shown a recording for this, before anything else is asked. */
export function rolesFor({ view }: Handling, purpose: ViewingPurpose): readonly Role[] {
  return view.roles ?? (purpose === 'follow' ? watchers : viewers)
}

export function openViewingGate(deps: {
  readonly store: Pick<Store, 'viewings' | 'people' | 'evidence' | 'change'>
  readonly bundle: () => Bundle
  readonly clock: Clock
}): ViewingGate {
  const { store, bundle, clock } = deps

  async function permitView(
    { person }: Actor,
    session: StoredSession,
    purpose: ViewingPurpose,
    agreement: Agreement | null = null,
  ): Promise<Viewing> {
    const current = bundle()
    const handling =
      agreement === null ? handlingOfRecording(current, session) : handlingUnder(agreement, current, session)
    const applied: Applied = { rules: handling.rules, bundle: current.digest, viewing: null }
    const no = (text: string): Viewing => ({ kind: 'refused', handling, applied, text })
    const saying = (which: (rule: HandlingRule) => boolean): string =>
      textOf(current.handling.rules.filter((rule) => handling.rules.includes(rule.id) && which(rule)))

    const roles = rolesFor(handling, purpose)
    if (!mayView(person, session, roles))
      return no(`${needs(roles)}${saying((rule) => rule.view?.roles !== undefined)}`)
    if (purpose === 'export') {
      // What leaves the house leaves it with people of the plants.
      if (person.supplier !== null) return no('evidence is exported by people of the plants')
      if (handling.export === 'refused')
        return no(`recordings of this session are not exported${saying((rule) => rule.export === 'refused')}`)
      // Without its key nobody sees anything of it: there is nothing to agree to.
      if (handling.export === 'without-keys') return { kind: 'permitted', handling, applied, until: null }
    }
    // Nobody checks their own work alone, nor that of a machine account of theirs, whatever the rules say of others.
    if (!handling.view.secondPerson && !(await whoseIs(store, session)).has(person.id))
      return { kind: 'permitted', handling, applied, until: null }
    const agreed = await store.viewings.openFor(session.id, person.id, clock.now())
    const until = agreed && (await agreedUntil(agreed))
    if (agreed && until !== null && until > clock.now())
      return { kind: 'permitted', handling, applied: { ...applied, viewing: agreed.id }, until }
    const why = handling.view.secondPerson
      ? saying((rule) => rule.view?.secondPerson === true)
      : session.person === person.id
        ? ': the session is your own'
        : ': you answer for the machine account that worked in it, or did then'
    return { kind: 'second-person', handling, applied, text: `another person has to agree to this viewing first${why}` }
  }

  /** A row alone opens nothing: whoever can write in the store could have it say that somebody agreed. */
  async function agreedUntil({ id, session, viewer }: StoredViewing): Promise<Instant | null> {
    const confirmed = { types: ['recording.view_confirmed'], session }
    for (let before: number | null = null; ;) {
      const events = await store.evidence.list(confirmed, { limit: 50, before })
      for (const { data } of events)
        if (data['viewing'] === id && data['viewer'] === viewer && data['by'] !== viewer)
          return Number(data['viewUntil']) as Instant
      before = events.at(-1)?.index ?? null
      if (events.length < 50) return null
    }
  }

  return {
    permitView,
    async needView(actor, session, purpose, agreement = null) {
      const viewing = await permitView(actor, session, purpose, agreement)
      if (viewing.kind === 'permitted') return viewing
      await store.change((tx) =>
        tx.ledger.append('recording.view_refused', clock.now(), {
          session: session.id,
          viewer: actor.person.id,
          for: purpose,
          why: viewing.kind === 'refused' ? 'rules' : 'second-person-missing',
          viewing: null,
          by: null,
          reason: null,
          rules: viewing.applied.rules,
          bundle: viewing.applied.bundle,
        }),
      )
      throw new GatewayError(viewing.kind === 'refused' ? 'viewing-refused' : 'second-person-needed', viewing.text)
    },
  }
}

function needs(roles: readonly Role[]): string {
  if (roles.length === 0) return 'nobody may look at recordings of this session'
  return `looking at this session needs one of the roles ${roles.join(', ')}, for its plant`
}

function textOf(rules: readonly HandlingRule[]): string {
  return rules.map(({ id, text }) => `: rule \`${id}\`: ${text.replace(/\.$/, '')}`).join('')
}
