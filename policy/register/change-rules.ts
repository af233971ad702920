// The rules of what is out of the ordinary: exceptions have an owner and an end, and who can change an asset names a
// change and brings the files that it declares.

import { endOfDay, startOfDay } from '../calendar.ts'
import type { EvidenceEvent } from '../model.ts'
import { dayOf, instantOf, isCommitted, listOf, optionalTextOf, RecentMap, textOf, textsOf } from './evidence.ts'
import { days, hours, type Rule } from './rule.ts'

/** A decision is written right after it is taken. */
const writtenMs = 2_000

export const exceptionsEnd: Rule = {
  control: 'GW-EXC-01',
  freshMs: days(90),
  start(tally) {
    interface Known {
      readonly until: string
      readonly renewals: number
      /** From here on nothing may rest on it. */
      readonly endsAt: number
    }
    const known = new RecentMap<string, Known>()
    const stage = (event: EvidenceEvent): string => {
      tally.exercise(event)
      return textOf(event, 'exception')
    }
    return {
      on: {
        'exception.granted': (event) => {
          const exception = stage(event)
          const [from, until] = [dayOf(event, 'from'), dayOf(event, 'until')]
          const renewals = instantOf(event, 'renewals')
          const missing = [
            ...(isCommitted(event, 'owner') ? [] : ['an owner']),
            ...(isCommitted(event, 'approvedBy') ? [] : ['who approved it']),
            ...(textOf(event, 'risk') === '' ? ['a risk'] : []),
            // Entries of before these were written say nothing of them.
            ...(event.data['compensating'] !== undefined && listOf(event, 'compensating').length === 0
              ? ['a compensating control']
              : []),
          ]
          if (missing.length > 0) tally.offend(event, `exception \`${exception}\` lacks ${missing.join(', ')}`)
          if (startOfDay(from, 'UTC') >= endOfDay(until, 'UTC'))
            tally.offend(event, `exception \`${exception}\` ends before it begins`)
          const before = known.get(exception)
          if (before !== undefined && until > before.until && renewals <= before.renewals)
            tally.offend(event, `exception \`${exception}\` was made longer, to ${until}, without counting as renewed`)
          known.set(exception, { until, renewals, endsAt: endOfDay(until, 'UTC') })
        },
        'exception.expiring': (event) => void stage(event),
        'exception.expired': (event) => void stage(event),
        'exception.closed': (event) => {
          const exception = stage(event)
          const before = known.get(exception)
          if (before !== undefined) known.set(exception, { ...before, endsAt: Math.min(before.endsAt, event.at) })
        },
        'policy.decision': (event) => {
          const isPermit = textOf(event, 'outcome') === 'permit'
          const leant = event.data['exceptions'] === undefined ? [] : textsOf(event, 'exceptions')
          if (leant.length > 0) tally.exercise(event)
          for (const exception of leant) {
            const of = known.get(exception)
            if (isPermit && of !== undefined && event.at > of.endsAt + writtenMs)
              tally.offend(event, `a permit leans on exception \`${exception}\`, which had ended`)
          }
        },
      },
    }
  },
}

export const changesNamed: Rule = {
  control: 'GW-CHG-01',
  freshMs: hours(24),
  start(tally) {
    interface Asked {
      readonly operationClass: string
      readonly isUrgent: boolean
      readonly hasChange: boolean
      /** SHA-256 of the files it declares to be brought. */
      readonly files: ReadonlySet<string>
      state: string | null
    }
    const requests = new RecentMap<string, Asked>()
    /** Of each session the request it rests on. */
    const resting = new RecentMap<string, Asked>()
    /** Files on their way to an asset, and whether a person has let each go. */
    const brought = new RecentMap<string, { readonly session: string; isLetGo: boolean }>()

    /** A file reached the asset. Only a request that says which files it brings says which it does not. */
    function hold(event: EvidenceEvent, session: string, isLetGo: boolean): void {
      const asked = resting.get(session)
      if (asked === undefined || asked.isUrgent || asked.files.size === 0) return
      tally.exercise(event)
      if (isLetGo || asked.files.has(optionalTextOf(event, 'sha256') ?? '')) return
      tally.offend(
        event,
        `session \`${session}\` brought a file that its request does not declare, and no person let it go`,
      )
    }
    return {
      on: {
        'request.submitted': (event) => {
          const tier = optionalTextOf(event, 'tier') ?? 'normal'
          requests.set(textOf(event, 'request'), {
            operationClass: textOf(event, 'operationClass'),
            isUrgent: tier === 'emergency' || tier === 'break-glass',
            hasChange: isCommitted(event, 'ticket'),
            files: new Set(event.data['files'] === undefined ? [] : textsOf(event, 'files')),
            state: null,
          })
        },
        'change.linked': (event) => {
          const asked = requests.get(textOf(event, 'request'))
          if (asked !== undefined) asked.state = textOf(event, 'state')
        },
        // An approver may have let less be done than was asked for.
        'request.approved': (event) => {
          const request = textOf(event, 'request')
          const asked = requests.get(request)
          const operationClass = optionalTextOf(event, 'operationClass')
          if (asked !== undefined && operationClass !== null) requests.set(request, { ...asked, operationClass })
        },
        'session.started': (event) => {
          const session = textOf(event, 'session')
          const asked = requests.get(textOf(event, 'request'))
          if (asked === undefined) return
          resting.set(session, asked)
          if (asked.operationClass !== 'engineer' || asked.isUrgent) return
          tally.exercise(event)
          if (!asked.hasChange) tally.offend(event, `session \`${session}\` can change its asset and names no change`)
          else if (asked.state === 'closed' || asked.state === 'unknown')
            tally.offend(event, `session \`${session}\` rests on a change that is ${asked.state}`)
        },
        'file.transfer_requested': (event) => {
          if (textOf(event, 'direction') === 'in')
            brought.set(textOf(event, 'file'), { session: textOf(event, 'session'), isLetGo: false })
        },
        'file.released': (event) => {
          const file = brought.get(textOf(event, 'file'))
          if (file !== undefined) file.isLetGo = ['person', 'released-before'].includes(textOf(event, 'because'))
        },
        'file.delivered': (event) => {
          const id = textOf(event, 'file')
          const file = brought.get(id)
          if (file !== undefined) hold(event, file.session, file.isLetGo)
          brought.delete(id)
        },
        'file.crossed': (event) => {
          if (textOf(event, 'direction') === 'in') hold(event, textOf(event, 'session'), false)
        },
      },
    }
  },
}
