// What is told of everything that stands longer than a request: suspensions, reviews, proposals, exceptions. It concerns
// those who answer for the whole, and where it has a plant, the approvers there.

import {
  faultsOf,
  type AssetId,
  type Person,
  type PersonId,
  type PlantId,
  type SuspensionTarget,
} from '../../policy/index.ts'
import { assertNever } from '../errors.ts'
import { alarmed, distinct, peopleOf } from './audience.ts'
import { showInstant, tame } from './letter.ts'
import { assetName, nameOf, openAccounts, plantName, refOf, zoneOfPlant, type Look, type Told } from './look.ts'
import type { NoticesOf } from './mapper.ts'

/** Where it is dealt with. */
type Page = '/access' | '/concerns' | '/interfaces' | '/register' | '/reviews' | '/rules'

const overseers = (look: Look): Promise<readonly Person[]> => peopleOf(look, null, ['isms-manager', 'admin'])

/** Everybody told reads the same. */
function toAll(
  people: readonly Person[],
  facts: Readonly<Record<string, unknown>>,
  subject: string,
  lines: readonly string[],
  open: Page,
): Told {
  return { people, facts, asks: null, letter: () => ({ subject, lines, open }) }
}

interface Named {
  readonly words: string
  readonly facts: Readonly<Record<string, unknown>>
  readonly plant: PlantId | null
  /** The person themselves, who is told too. */
  readonly person: PersonId | null
}

async function named(target: SuspensionTarget, look: Look): Promise<Named> {
  const { bundle } = look
  const core = { facts: { ...target }, plant: null, person: null }
  switch (target.kind) {
    case 'all':
      return { ...core, words: 'everybody and everything' }
    case 'person': {
      const person = await look.tables.people.byId(target.id)
      return {
        ...core,
        facts: { kind: 'person', ...refOf(person, target.id) },
        words: nameOf(look, person),
        person: target.id,
      }
    }
    case 'supplier':
      return { ...core, words: `supplier ${tame(bundle.suppliers.get(target.id)?.name ?? target.id)}` }
    case 'asset': {
      const zone = bundle.assets.get(target.id)?.zone
      return { ...core, words: assetName(look, target.id), plant: plantOfZone(look, zone) }
    }
    case 'zone':
      return { ...core, words: `zone ${target.id}`, plant: plantOfZone(look, target.id) }
    case 'plant':
      return { ...core, words: `plant ${plantName(look, target.id)}`, plant: target.id }
    default:
      return assertNever(target)
  }
}

const plantOfZone = ({ bundle }: Look, zone: string | undefined): PlantId | null =>
  [...bundle.zones.values()].find(({ id }) => id === zone)?.plant ?? null

/** Those it concerns, and the person it is about. */
async function concernedBy(look: Look, { plant, person }: Named): Promise<readonly Person[]> {
  return distinct([...(await alarmed(look, plant)), ...(await openAccounts(look, [person]))])
}

/** An asset that may be declared no more still has a plant in what was written about it. */
const inPlant = (look: Look, asset: AssetId, plant: PlantId): string =>
  `${assetName(look, asset)} in ${plantName(look, plant)}`

export const standingNotices: NoticesOf<
  | 'suspension.created'
  | 'suspension.lifted'
  | 'review.opened'
  | 'review.overdue'
  | 'review.access_campaign_started'
  | 'incident.near_miss'
  | 'policy.proposed'
  | 'scope.change_proposed'
  | 'exception.expiring'
  | 'exception.expired'
  | 'interface.overdue'
  | 'risk.decision'
> = {
  async 'suspension.created'({ suspension, target, grants, sessions }, look) {
    const about = await named(target, look)
    return toAll(
      await concernedBy(look, about),
      { suspension, target: about.facts, grants: grants.length, sessions: sessions.length },
      `know this: ${about.words} is suspended`,
      [
        `Nothing of it may be asked for or used until another person lifts the suspension.`,
        `Ended at once: ${grants.length} grants, ${sessions.length} sessions.`,
      ],
      '/access',
    )
  },

  async 'suspension.lifted'({ suspension, target }, look) {
    const about = await named(target, look)
    const lines = ['Access may be asked for again. What was ended stays ended.']
    const facts = { suspension, target: about.facts }
    return toAll(
      await concernedBy(look, about),
      facts,
      `know this: the suspension of ${about.words} is lifted`,
      lines,
      '/access',
    )
  },

  /** Only to those who may read it; who told it stands in no message. */
  async 'incident.near_miss'({ concern, plant, asset, dueAt }, look) {
    const where = asset === null || plant === null ? '' : ` about ${inPlant(look, asset, plant)}`
    return toAll(
      await peopleOf(look, null, ['isms-manager']),
      { concern, plant, asset, dueAt: new Date(dueAt).toISOString() },
      `look at a concern${where}`,
      [
        `Somebody told what nearly went wrong${where}. Read it, learn from it, and say what was learned.`,
        `Until ${showInstant(dueAt, 'UTC')} (UTC).`,
      ],
      '/concerns',
    )
  },

  async 'review.opened'({ review, kind, request, grant, person, asset, plant, dueAt }, look) {
    const user = await look.tables.people.byId(person)
    const zone = zoneOfPlant(look, plant)
    // Nobody reviews what they used themselves. A draw opens many at once, and who drew looks at the list: they are told
    // of what is overdue.
    const people = kind === 'sample' ? [] : (await alarmed(look, plant)).filter(({ id }) => id !== person)
    return toAll(
      people,
      { review, kind, request, grant, person: refOf(user, person), asset, plant, dueAt: new Date(dueAt).toISOString() },
      `review ${kind === 'session' || kind === 'sample' ? 'a session' : `${kind} access`} on ${assetName(look, asset)}`,
      [
        `${nameOf(look, user)} had access to ${inPlant(look, asset, plant)}.`,
        `Look at what was done, and close the review until ${showInstant(dueAt, zone)} (${zone}).`,
      ],
      '/reviews',
    )
  },

  async 'review.overdue'(data, look) {
    const due = `It was due ${showInstant(data.dueAt, 'UTC')}.`
    const people = await overseers(look)
    const dueAt = new Date(data.dueAt).toISOString()
    if ('campaign' in data) {
      const { campaign, undecided } = data
      const lines = [`${undecided} people are still undecided. ${due}`]
      return toAll(
        people,
        { campaign, undecided, dueAt },
        'overdue, decide: the review of who has access',
        lines,
        '/reviews',
      )
    }
    const { review, kind, request, grant } = data
    const lines = [`Nobody has looked at it yet. ${due}`]
    return toAll(
      people,
      { review, kind, request, grant, dueAt },
      `overdue, review: ${kind === 'sample' ? 'a recording that was drawn' : `${kind} access`}`,
      lines,
      '/reviews',
    )
  },

  async 'review.access_campaign_started'({ campaign, people: count, dueAt }, look) {
    return toAll(
      await alarmed(look, null),
      { campaign, people: count, dueAt: new Date(dueAt).toISOString() },
      'decide: who keeps access',
      [`${count} people are to be decided on, until ${showInstant(dueAt, 'UTC')}.`],
      '/reviews',
    )
  },

  async 'policy.proposed'({ proposal, bundle, by, rebased, safetyTouches }, look) {
    const proposer = by === null ? null : await look.tables.people.byId(by)
    const who = by === null ? 'The configured folder differs' : `${nameOf(look, proposer)} proposes another bundle`
    const engineers = safetyTouches > 0 ? await peopleOf(look, null, ['safety-engineer']) : []
    // Another one than the proposer has to decide.
    const people = distinct([...(await overseers(look)), ...engineers]).filter(({ id }) => id !== by)
    return toAll(
      people,
      { proposal, bundle, proposer: by === null ? null : refOf(proposer, by), rebased, safetyTouches },
      'read and activate or reject: another policy bundle is proposed',
      [
        `${who}.`,
        'Read what it changes, and what it would end, before you decide.',
        ...(safetyTouches > 0
          ? ['It touches the safety path: it cannot be activated before a safety engineer has reviewed it.']
          : []),
      ],
      '/rules',
    )
  },

  async 'scope.change_proposed'({ change, asset, from, to, held, impact, proposer, activator }, look) {
    const people = (await overseers(look)).filter(({ id }) => id !== proposer && id !== activator)
    return toAll(
      people,
      { change, asset, from, to, held, ...impact },
      `review a scope change: ${assetName(look, asset)} went from ${from} to ${to}`,
      [
        `Until somebody reviews it, the stricter outcome holds: ${held}.`,
        `It touches ${impact.grants} open grants and ${impact.sessions} running sessions.`,
      ],
      '/rules',
    )
  },

  async 'exception.expiring'({ exception, until }, look) {
    const title = tame(look.bundle.register.exceptions.find(({ id }) => id === exception)?.title ?? exception)
    return toAll(
      await overseers(look),
      { exception, until },
      `renew it or let it end: exception ${title} ends ${until}`,
      [`After ${until} the rules hold again, and what rests on exception ${exception} ends.`],
      '/reviews',
    )
  },

  async 'risk.decision'({ risk, decision, until }, look) {
    if (decision !== 'expiring' && decision !== 'expired') return null
    const title = tame(look.bundle.register.risks.find(({ id }) => id === risk)?.title ?? risk)
    return toAll(
      await overseers(look),
      { risk, until },
      decision === 'expiring'
        ? `treat it or accept it anew: risk ${title} is borne until ${until}`
        : `treat it or accept it anew: risk ${title} is borne by nobody since ${until}`,
      [`What risk ${risk} touches stays reachable: what its acceptance was about is yours to decide.`],
      '/register',
    )
  },

  async 'exception.expired'({ exception, until }, look) {
    return toAll(
      await overseers(look),
      { exception, until },
      `know this: exception ${exception} has ended`,
      [`Its last day was ${until}. The rules hold again.`],
      '/reviews',
    )
  },

  async 'interface.overdue'({ interface: id, type, fault }, look) {
    const found = look.bundle.interfaces.get(id)
    // Taken out, or put right, in the bundle in force by now: there is nothing left to tell.
    if (found === undefined || !faultsOf(found, look.bundle, look.now).some(({ kind }) => kind === fault)) return null
    const why = faultsOf(found, look.bundle, look.now).map(({ text }) => text)
    return toAll(
      await overseers(look),
      { interface: id, type, fault },
      `look at interface ${tame(found.name)}`,
      [`${tame(why.join(', and '))}.`, 'Have it reviewed, removed or excepted, and say so in a bundle.'],
      '/interfaces',
    )
  },
}
