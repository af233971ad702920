// What is told of access requests: to those who can answer, that they are asked; to who asked, what the answer was.

import {
  learnerOf,
  sayDuty,
  type Instant,
  type Person,
  type PersonId,
  type Protocol,
  type RequestId,
} from '../../policy/index.ts'
import { withAsker } from '../access/steps.ts'
import type { StoredRequest } from '../store/requests.ts'
import { alarmed, answerersOf, peopleOf } from './audience.ts'
import { showInstant, showWindow, type Letter } from './letter.ts'
import { assetName, nameOf, openAccounts, plantName, refOf, zoneOfPlant, type Look, type Told } from './look.ts'
import type { NoticesOf } from './mapper.ts'

export interface Subject {
  readonly stored: StoredRequest
  readonly requester: Person
  readonly facts: Readonly<Record<string, unknown>>
}

/** The request and who made it; null where either is gone, and then nobody is told. */
export async function requestIn(look: Look, id: RequestId): Promise<Subject | null> {
  const stored = await look.tables.requests.byId(id)
  const requester = stored === null ? null : await look.tables.people.byId(stored.request.by)
  if (stored === null || requester === null) return null
  const { request, terms } = stored
  const user = withAsker(requester, request.askedBy)
  const { ask, set } = request
  const facts = {
    request: id,
    set,
    requester: { ...refOf(requester, requester.id), supplier: requester.supplier },
    asset: { id: ask.asset, name: look.bundle.assets.get(ask.asset)?.name ?? null },
    plant: stored.plant,
    operationClass: terms.operationClass,
    tier: ask.tier,
    window: { from: new Date(terms.window.from).toISOString(), until: new Date(terms.window.until).toISOString() },
  }
  return { stored, requester: user, facts }
}

const sayProtocol: Readonly<Record<Protocol, string>> = {
  ssh: 'ssh',
  telnet: 'telnet, in clear text from the gateway on',
  tcp: 'tcp tunnel, in clear text from the gateway on unless the tool encrypts',
}

/** What would be granted, in a few lines. Its free text stays on the page: a mailbox is not the place for it. */
export function linesOf({ stored, requester }: Subject, look: Look): string[] {
  const { request, terms } = stored
  const { ask, submittedAt } = request
  const zone = zoneOfPlant(look, stored.plant)
  return [
    `Who:   ${nameOf(look, requester)}`,
    `What:  ${terms.operationClass} ${assetName(look, ask.asset)} in ${plantName(look, stored.plant)}, by ${sayProtocol[ask.protocol]}`,
    `When:  ${showWindow(terms.window, zone)}`,
    `Asked: ${showInstant(submittedAt, zone)}${ask.tier === 'normal' ? '' : `, as ${ask.tier}`}`,
  ]
}

const inSet = 'More:  it was asked for together with other assets; the page shows all that wait for you.'
const readFirst = 'Log in to read what is to be done, and decide there:'
const asset = ({ stored }: Subject, look: Look): string => assetName(look, stored.request.ask.asset)

/** Has this one said yes to it as it is? */
const hasAnswered = ({ request }: StoredRequest, reader: Person): boolean =>
  request.kind === 'submitted' && request.approvals.some(({ by }) => by === reader.id)

/** Asks people to decide; moot once it is decided. */
function question(
  subject: Subject,
  look: Look,
  people: readonly Person[],
  title: string,
  opening: string,
): Told | null {
  if (subject.stored.request.kind !== 'submitted') return null
  const more = subject.stored.request.set === null ? [] : [inSet]
  return {
    people,
    facts: subject.facts,
    asks: subject.stored,
    // A set of assets is one question to a reader, however many of them are theirs to answer.
    group: subject.stored.request.set,
    letter: (reader) =>
      hasAnswered(subject.stored, reader)
        ? null
        : {
            subject: title,
            lines: [opening, '', ...linesOf(subject, look), ...more, '', readFirst],
            open: '/approvals',
          },
  }
}

/** Who hears what became of a request: who asked; of a machine account's, who answers for it now. */
const hearerOf = ({ requester }: Subject): PersonId => learnerOf(requester).id

/** Tells who asked what became of it. */
async function answer(subject: Subject, look: Look, letter: Letter, extra: object = {}): Promise<Told> {
  const people = await openAccounts(look, [hearerOf(subject)])
  return { people, facts: { ...subject.facts, ...extra }, asks: null, letter: () => letter }
}

function minutesSince(then: Instant, now: Instant): number {
  return Math.max(0, Math.floor((now - then) / 60_000))
}

export const requestNotices: NoticesOf<
  | 'request.submitted'
  | 'request.reminded'
  | 'request.escalated'
  | 'request.emergency_declared'
  | 'request.emergency_overdue'
  | 'request.break_glass'
  | 'request.terms_changed'
  | 'request.approval_lapsed'
  | 'request.expired'
  | 'request.approved'
  | 'request.denied'
> = {
  async 'request.submitted'({ request }, look) {
    const subject = await requestIn(look, request)
    if (subject === null) return null
    const { first } = await answerersOf(subject.stored, subject.requester, look)
    const { tier } = subject.stored.request.ask
    const who = nameOf(look, subject.requester)
    const urgent = tier === 'emergency' ? 'EMERGENCY, ' : ''
    const minutes = look.bundle.access.tiers[tier].targetMinutes
    const aim = minutes === null ? '' : ` An answer is expected within ${minutes} minutes.`
    const title = `${urgent}approve or deny: ${who} asks for ${asset(subject, look)}`
    return question(subject, look, first, title, `Somebody asks for access, and you can answer.${aim}`)
  },

  async 'request.reminded'({ request }, look) {
    const subject = await requestIn(look, request)
    if (subject === null) return null
    const { all } = await answerersOf(subject.stored, subject.requester, look)
    const waited = minutesSince(subject.stored.request.submittedAt, look.now)
    const title = `still waiting: approve or deny the request for ${asset(subject, look)}`
    return question(subject, look, all, title, `This request has waited for ${waited} minutes, and you can answer.`)
  },

  async 'request.escalated'({ request, because, duties, people }, look) {
    const subject = await requestIn(look, request)
    if (subject === null || subject.stored.request.kind !== 'submitted') return null
    const told = await openAccounts(look, people)
    const why =
      because === 'unanswered'
        ? 'Nobody who can answer this request has done so.'
        : `Nobody is on duty as ${duties.map(sayDuty).join(', ')}, and the request needs them.`
    const asked = 'See to it that somebody answers; nothing opens until then.'
    return {
      people: told,
      facts: { ...subject.facts, because, duties },
      asks: null,
      letter: () => ({
        subject: `find somebody to answer: the request for ${asset(subject, look)} waits`,
        lines: [why, asked, '', ...linesOf(subject, look)],
        open: '/approvals',
      }),
    }
  },

  async 'request.emergency_declared'({ request }, look) {
    const subject = await requestIn(look, request)
    if (subject === null) return null
    return {
      people: await peopleOf(look, subject.stored.plant, ['isms-manager', 'admin']),
      facts: subject.facts,
      asks: null,
      letter: () => ({
        subject: `for your information: an emergency was declared for ${asset(subject, look)}`,
        lines: ['Who is on duty has been asked to answer. It is reviewed afterwards.', '', ...linesOf(subject, look)],
        open: '/approvals',
      }),
    }
  },

  async 'request.break_glass'({ request, grant, window }, look) {
    const subject = await requestIn(look, request)
    if (subject === null) return null
    const zone = zoneOfPlant(look, subject.stored.plant)
    return {
      people: await alarmed(look, subject.stored.plant),
      facts: { ...subject.facts, grant },
      asks: null,
      letter: () => ({
        subject: `ALARM, look at it now: break-glass access to ${asset(subject, look)}`,
        lines: [
          `Access was taken without anybody's approval, until ${showInstant(window.until, zone)} (${zone}).`,
          'Watch the session or end it, and review it afterwards: the seal stays broken until then.',
          '',
          ...linesOf(subject, look),
        ],
        open: '/access',
      }),
    }
  },

  async 'request.terms_changed'({ request }, look) {
    const subject = await requestIn(look, request)
    if (subject === null || subject.stored.request.kind !== 'submitted') return null
    return answer(subject, look, {
      subject: `read the new terms: an approver changed your request for ${asset(subject, look)}`,
      lines: [
        'Less is offered than you asked for. It still waits for the other answers.',
        '',
        ...linesOf(subject, look),
      ],
      open: `/requests/${request}`,
    })
  },

  async 'request.approval_lapsed'({ request, approver, because }, look) {
    const subject = await requestIn(look, request)
    if (subject === null) return null
    const people = await openAccounts(look, [approver])
    const title = `decide again: your answer for ${asset(subject, look)} counts no longer`
    // Who may no longer decide is not asked to.
    if (because !== 'terms-changed') return null
    // Nor who changed the terms, and in the same act said yes to the new ones.
    const { request: now } = subject.stored
    if (now.kind !== 'submitted' || now.approvals.some(({ by }) => by === approver)) return null
    return question(subject, look, people, title, 'The terms were changed after you answered.')
  },

  async 'request.emergency_overdue'({ request, alarmMinutes }, look) {
    const subject = await requestIn(look, request)
    if (subject === null) return null
    const people = await alarmed(look, subject.stored.plant)
    const state =
      subject.stored.request.kind === 'submitted'
        ? 'The request is still unanswered.'
        : 'It was answered, and no session has begun.'
    return {
      people,
      facts: { ...subject.facts, alarmMinutes },
      asks: null,
      letter: () => ({
        subject: `ALARM, act now: no access after ${alarmMinutes} minutes of emergency at ${asset(subject, look)}`,
        lines: [
          `An emergency was declared ${minutesSince(subject.stored.request.submittedAt, look.now)} minutes ago. ${state}`,
          '',
          ...linesOf(subject, look),
        ],
        open: '/approvals',
      }),
    }
  },

  async 'request.expired'({ request }, look) {
    const subject = await requestIn(look, request)
    if (subject === null) return null
    const answerers = await answerersOf(subject.stored, subject.requester, look)
    const [requester] = await openAccounts(look, [hearerOf(subject)])
    const toRequester: Letter = {
      subject: `ask again if you still need it: nobody answered your request for ${asset(subject, look)}`,
      lines: ['Your request has expired without an answer.', '', ...linesOf(subject, look)],
      open: `/requests/${request}`,
    }
    const toOthers: Letter = {
      subject: `nothing to do any more: a request for ${asset(subject, look)} expired unanswered`,
      lines: ['Nobody answered this request in time.', '', ...linesOf(subject, look)],
      open: '/approvals',
    }
    return {
      people: requester === undefined ? answerers.all : [requester, ...answerers.all],
      facts: subject.facts,
      asks: null,
      letter: (reader) => (reader.id === hearerOf(subject) ? toRequester : toOthers),
    }
  },

  async 'request.approved'({ request, grant, window }, look) {
    const subject = await requestIn(look, request)
    if (subject === null) return null
    const { ask } = subject.stored.request
    const isShorter = window.from !== ask.window.from || window.until !== ask.window.until
    const when = showWindow(window, zoneOfPlant(look, subject.stored.plant))
    return answer(
      subject,
      look,
      {
        subject: `you can connect: your request for ${asset(subject, look)} is approved`,
        lines: [
          `You have access to ${asset(subject, look)} in ${plantName(look, subject.stored.plant)}.`,
          `When:  ${when}`,
          ...(isShorter ? ['Read the terms: it is not the window you asked for.'] : []),
          'The page shows the conditions and how to connect.',
        ],
        open: `/requests/${request}`,
      },
      { grant },
    )
  },

  async 'request.denied'({ request }, look) {
    const subject = await requestIn(look, request)
    if (subject === null) return null
    return answer(subject, look, {
      subject: `read why: your request for ${asset(subject, look)} is denied`,
      lines: ['Your request was denied. The page says why.', '', ...linesOf(subject, look)],
      open: `/requests/${request}`,
    })
  },
}
