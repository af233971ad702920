// Requests and grants as the contract shows them: with names, what is still needed, and what the reader may do.

import {
  acceptedOver,
  blastRadius,
  conduitFor,
  pathTo,
  conflictBetween,
  firstTerms,
  isSameTerms,
  longestUse,
  nextUse,
  sayNeed,
  sayObligation,
  sayWatched,
  standardChangeFor,
  usableAt,
  type AccessAsk,
  type Decision,
  type Grant,
  type LapsedApproval,
  type Obligation,
  type Person,
  type Schedule,
} from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import { withAsker, withWays } from '../access/steps.ts'
import { showSchedule } from '../access/when.ts'
import type {
  AcceptedRiskView,
  ConfirmationView,
  DecisionView,
  GrantView,
  PersonRef,
  ReachView,
  RequestView,
  ScheduleView,
} from '../contract/views.ts'
import type { StoredGrant } from '../store/grants.ts'
import type { StoredRequest } from '../store/requests.ts'
import { confirmationView } from './inventory-view.ts'
import { pathView } from './path-view.ts'
import { refOf, refTo } from './person-ref.ts'
import { acceptedRiskViews } from './risk-view.ts'
import type { Services } from './services.ts'
import { fileTermsView, transferView } from './transfer-view.ts'

export function decisionView(decision: Decision): DecisionView {
  const duties = decision.kind === 'permit' ? decision.obligations : []
  const remedies = decision.kind === 'deny' ? decision.remedies : []
  return {
    kind: decision.kind,
    reasons: decision.reasons.map(({ rule, text, controls }) => ({ rule, text, controls: [...controls] })),
    obligations: duties.map((duty) => ({ kind: duty.kind, text: sayObligation(duty) })),
    remedies: remedies.map(({ kind, text }) => ({ kind, text })),
    exceptions: [...decision.exceptions],
    acceptedRisks: [...decision.acceptedRisks],
    watched: decision.watched.map((each) => ({
      rule: each.rule,
      would: each.would,
      from: each.from,
      text: sayWatched(each),
    })),
    leansOn: [...decision.leansOn],
    unavailable: [...decision.unavailable],
    bundle: decision.bundle,
    scopeVersion: decision.scopeVersion,
    scope: decision.scope.kind,
  }
}

function scheduleView(schedule: Schedule): ScheduleView {
  if (schedule.kind !== 'recurring') return schedule
  const { recurrence, timeZone } = schedule
  return { kind: 'recurring', ...recurrence, days: [...recurrence.days], timeZone }
}

/** Why a yes counts no longer is the plant's affair: who is suspended or lost a role is not told to a supplier. */
function sayLapse(lapse: string | null, knows: Knows): string | null {
  return lapse === null || knows.plant || lapse === termsChanged ? lapse : 'another yes is needed instead'
}

const termsChanged = 'what would be granted was changed after it'
const lapseText: Readonly<Record<LapsedApproval['because'], string>> = {
  'terms-changed': termsChanged,
  'no-longer-theirs': 'who gave it could no longer decide when the next yes came',
}

/** Said of a session; what is asked of approvers is not. */
const hinted = (duty: Obligation): boolean => duty.kind !== 'approvals' && duty.kind !== 'record'

/** What a reader is told of a request. */
interface Knows {
  /** Of the plant's people and network. */
  readonly plant: boolean
  /** What would have to change for their own yes to count. */
  readonly ways: boolean
}

export interface AccessViewer {
  /** One is shown with what would have to change; of many that would take long. */
  requests(actor: Actor, stored: readonly StoredRequest[]): Promise<RequestView[]>
  grants(stored: readonly StoredGrant[]): Promise<GrantView[]>
}

export function openAccessViewer(
  { store, bundle, access, clock, world }: Pick<Services, 'store' | 'bundle' | 'access' | 'clock' | 'world'>,
  connectCommand: (login: string, asset: Grant['asset'], protocol: Grant['protocol']) => string,
): AccessViewer {
  const assetName = (id: Grant['asset']): string => bundle().assets.get(id)?.name ?? id

  function hintsFor(grant: Grant, decision: Decision | null): string[] {
    const asset = bundle().assets.get(grant.asset)
    const duties = decision?.kind === 'permit' ? decision.obligations.filter(hinted) : []
    const hints = duties.map(sayObligation)
    if (grant.escort && !duties.some(({ kind }) => kind === 'escort'))
      hints.push('An approver wants somebody of the plant to watch: it begins when they are there.')
    if (asset?.localPresence === true && !duties.some(({ kind }) => kind === 'local-presence'))
      hints.push(sayObligation({ kind: 'local-presence' }))
    if (asset !== undefined && asset.expiry.kind !== 'cut')
      hints.push(`At its end input is stopped, and ${asset.expiry.hardLimitMinutes} minutes later it is closed.`)
    return hints
  }

  function grantView(
    { grant, plant }: StoredGrant,
    people: ReadonlyMap<string, Person>,
    decision: Decision | null,
  ): GrantView {
    const now = clock.now()
    const { id, request, asset, protocol, operationClass, window, schedule, tier, escort, conditions } = grant
    const person = refOf(people, grant.person, bundle())
    const running = grant.kind === 'open' ? usableAt(grant, now) : null
    const usable = running ?? (grant.kind === 'open' ? nextUse(grant, now) : null)
    const state =
      grant.kind !== 'open' ? grant.kind : running !== null ? 'active' : usable !== null ? 'scheduled' : 'expired'
    return {
      id,
      request,
      person,
      asset,
      assetName: assetName(asset),
      protocol,
      operationClass,
      window,
      state,
      reason: grant.kind === 'revoked' ? grant.reason : null,
      schedule: scheduleView(schedule),
      scheduleText: showSchedule(schedule),
      timeZone: bundle().plants.get(plant)?.timeZone ?? 'UTC',
      usable,
      tier,
      escort,
      conditions,
      transfer: transferView(grant.transfer, bundle().assets.get(asset), people.get(grant.person) ?? null, bundle()),
      hints: hintsFor(grant, decision),
      connect: state === 'active' ? connectCommand(person.login, asset, protocol) : null,
    }
  }

  function standardChangeOf(ask: AccessAsk): RequestView['standardChange'] {
    const asset = bundle().assets.get(ask.asset)
    const change = asset === undefined ? null : standardChangeFor(asset, { ...ask, minutes: longestUse(ask) }, bundle())
    return change === null ? null : { id: change.id, title: change.title }
  }

  function acceptedRisksOf({ request, plant }: StoredRequest): AcceptedRiskView[] {
    const asset = bundle().assets.get(request.ask.asset)
    return asset === undefined ? [] : acceptedRiskViews(acceptedOver(asset, plant, bundle(), clock.now()), bundle())
  }

  function reachView(stored: StoredRequest): ReachView | null {
    const asset = bundle().assets.get(stored.request.ask.asset)
    if (asset === undefined) return null
    const { assets, critical, safety, zones, hops } = blastRadius(asset, bundle())
    return { assets, critical, safety, zones: zones.length, hops }
  }

  function pathOf(stored: StoredRequest): RequestView['path'] {
    const { ask } = stored.request
    const asset = bundle().assets.get(ask.asset)
    if (asset === undefined) return []
    const conduit = conduitFor(asset, ask.protocol, bundle(), clock.now(), ask.operationClass)
    return conduit.kind === 'absent' ? [] : pathView(pathTo(asset, conduit.conduit, bundle()), bundle())
  }

  function walkdownOf(stored: StoredRequest): ConfirmationView | null {
    const asset = bundle().assets.get(stored.request.ask.asset)
    return asset === undefined ? null : confirmationView(asset, bundle(), world(), clock.now())
  }

  async function requestView(actor: Actor, stored: StoredRequest, knows: Knows): Promise<RequestView> {
    const { request, plant, digest, decision, terms } = stored
    const { ask } = request
    const outlook = await access.outlook(actor, stored)
    const counted = 'approvals' in request ? request.approvals : []
    const approvals = [
      ...counted.map((given, at) => ({ ...given, lapse: outlook.lapses[at] ?? null })),
      ...stored.lapsed.map((given) => ({ ...given, lapse: lapseText[given.because] })),
    ].toSorted((a, b) => a.at - b.at)
    const granted = request.kind === 'approved' ? await store.grants.byId(request.grant) : null
    const onDuty = await Promise.all(
      outlook.needs.map((need) => Promise.all(need.onDuty.map((login) => store.people.byLogin(login)))),
    )
    const people = await store.people.byIds([
      request.by,
      ...(request.askedBy === undefined ? [] : [request.askedBy]),
      ...approvals.flatMap(({ by, onBehalfOf }) => [by, onBehalfOf]),
      ...outlook.needs.flatMap(({ metBy }) => metBy ?? []),
      ...(outlook.myYes?.onBehalfOf ? [outlook.myYes.onBehalfOf] : []),
    ])
    const ref = (id: string): PersonRef => refOf(people, id, bundle())
    const user = people.get(request.by)
    const requester = user && withAsker(user, request.askedBy)
    /** Who is on a duty and could answer this request: nobody who is disabled, asks, or is of who asks. */
    const answering = (at: number): Person[] =>
      (onDuty[at] ?? []).flatMap((person) =>
        person === null || person.disabled || !requester || conflictBetween(requester, person) ? [] : [person],
      )
    const declared = bundle().plants.get(plant)
    const rules = bundle().access.tiers[ask.tier]
    const after = (minutes: number | null): number | null =>
      minutes === null ? null : request.submittedAt + minutes * 60_000
    return {
      id: request.id,
      set: request.set,
      state: request.kind,
      by: ref(request.by),
      ...(request.askedBy === undefined ? {} : { askedBy: ref(request.askedBy) }),
      asset: ask.asset,
      assetName: assetName(ask.asset),
      plant: declared?.name ?? plant,
      timeZone: declared?.timeZone ?? 'UTC',
      baseline: declared?.baseline ?? null,
      confirmation: knows.plant ? walkdownOf(stored) : null,
      protocol: ask.protocol,
      operationClass: ask.operationClass,
      window: ask.window,
      schedule: scheduleView(ask.schedule),
      scheduleText: showSchedule(ask.schedule),
      tier: ask.tier,
      criteria: ask.criteria.map((id) => ({ id, text: rules.criteria.find((one) => one.id === id)?.text ?? id })),
      purpose: ask.purpose,
      ticket: ask.ticket,
      ticketState: stored.ticketState,
      rollback: ask.rollback,
      standardChange: standardChangeOf(ask),
      files: ask.files.map(({ name, sha256 }) => ({ name, sha256 })),
      transfer: transferView(ask.transfer, bundle().assets.get(ask.asset), user ?? null, bundle()),
      submittedAt: request.submittedAt,
      expiresAt: stored.expiresAt,
      terms: {
        ...terms,
        transfer: terms.transfer ? fileTermsView(terms.transfer) : null,
        changed: !isSameTerms(terms, firstTerms(ask)),
      },
      digest,
      decision: decisionView(decision),
      needs: outlook.needs.map(({ need, metBy }, at) => ({
        kind: need.kind,
        name: need.kind === 'role' ? need.role : need.duty,
        text: sayNeed(need),
        metBy: metBy === null ? null : ref(metBy),
        onDuty: knows.plant ? answering(at).map((person) => refTo(person, person.id, bundle())) : [],
        isOnDuty: need.kind === 'role' ? null : answering(at).length > 0,
      })),
      approvals: approvals.map(({ by, onBehalfOf, at, verdict, comment, lapse }) => ({
        by: ref(by),
        onBehalfOf: onBehalfOf === by ? null : ref(onBehalfOf),
        at,
        verdict,
        comment,
        lapsed: sayLapse(lapse, knows),
      })),
      reach: knows.plant ? reachView(stored) : null,
      path: knows.plant ? pathOf(stored) : [],
      acceptedRisks: knows.plant ? acceptedRisksOf(stored) : [],
      emergency:
        ask.tier === 'emergency'
          ? {
              targetAt: after(rules.targetMinutes),
              alarmAt: after(rules.alarmMinutes),
              usedAt: stored.usedAt,
              alarmed: stored.alarmedAt !== null,
            }
          : null,
      grant: granted ? grantView(granted, people, decision) : null,
      forMe:
        outlook.forMe === null
          ? null
          : decisionView(knows.ways ? withWays(outlook.forMe, outlook.waysForMe()) : outlook.forMe),
      myYes:
        outlook.myYes === null
          ? null
          : {
              ...outlook.myYes,
              onBehalfOf: outlook.myYes.onBehalfOf === null ? null : ref(outlook.myYes.onBehalfOf),
            },
    }
  }

  return {
    async requests(actor, stored) {
      const views: RequestView[] = []
      // A supplier's people do not learn how the plant's network hangs together, nor who is at work when.
      const knows = { plant: actor.person.supplier === null, ways: stored.length === 1 }
      for (const one of stored) views.push(await requestView(actor, one, knows))
      return views
    },

    async grants(stored) {
      const people = await store.people.byIds(stored.map(({ grant }) => grant.person))
      const views: GrantView[] = []
      for (const one of stored) {
        const request = one.grant.kind === 'open' ? await store.requests.byId(one.grant.request) : null
        views.push(grantView(one, people, request?.decision ?? null))
      }
      return views
    },
  }
}
