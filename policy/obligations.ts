// What a permit obliges to: the words a policy's `@obligation` uses, which of two is the stricter, and the sentence
// people read. Holding sessions to them is the gateway's.

import { quote } from './ids.ts'
import { obligationKinds, roles, type ApprovalNeed, type Obligation, type ObligationKind, type Role } from './model.ts'

export type ParsedObligation =
  | { readonly kind: 'ok'; readonly obligation: Obligation }
  | { readonly kind: 'malformed'; readonly reason: string }

const simple = ['record', 'notify-approver', 'mfa', 'local-presence', 'observe-only', 'write-hold'] as const
const timed = ['escort', 'review', 'idle-lock', 'idle-end'] as const
const forms =
  'record, mfa, notify-approver, approvals:approver+duty=shift-lead, escort:5, local-presence, observe-only, write-hold, review:24, idle-lock:10 or idle-end:30'

/** The most minutes or hours an obligation may give: four weeks in hours are more than any review may take. */
const longest = 7 * 24 * 4

const dutyForm = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** One word of `@obligation("…")`: a kind, and after a colon what it takes. */
export function parseObligation(word: string): ParsedObligation {
  const colon = word.indexOf(':')
  const name = (colon < 0 ? word : word.slice(0, colon)).trim()
  const argument = colon < 0 ? null : word.slice(colon + 1).trim()
  const plain = simple.find((kind) => kind === name)
  if (plain !== undefined) {
    if (argument === null) return { kind: 'ok', obligation: { kind: plain } }
    return malformed(`obligation ${quote(name)} takes nothing after it, got ${quote(argument)}`)
  }
  const kind = timed.find((each) => each === name)
  if (kind !== undefined) return parseTimed(kind, argument)
  if (name === 'approvals') return parseApprovals(argument)
  return malformed(`unknown obligation ${quote(name)}: expected ${forms}`)
}

function parseTimed(kind: (typeof timed)[number], argument: string | null): ParsedObligation {
  const amount = argument !== null && /^[1-9]\d{0,4}$/.test(argument) ? Number(argument) : null
  if (amount === null || amount > longest) {
    const unit = kind === 'review' ? 'hours' : 'minutes'
    const got = argument === null ? 'none' : quote(argument)
    return malformed(`obligation \`${kind}\`: expected ${unit} from 1 to ${longest}, as \`${kind}:5\`, got ${got}`)
  }
  switch (kind) {
    case 'escort':
      return { kind: 'ok', obligation: { kind, graceMinutes: amount } }
    case 'review':
      return { kind: 'ok', obligation: { kind, withinHours: amount } }
    case 'idle-lock':
    case 'idle-end':
      return { kind: 'ok', obligation: { kind, minutes: amount } }
  }
}

function parseApprovals(argument: string | null): ParsedObligation {
  if (argument === null || argument === '') {
    return malformed('obligation `approvals`: expected who has to approve, as `approvals:approver+duty=shift-lead`')
  }
  const needs: ApprovalNeed[] = []
  for (const part of argument.split('+').map((each) => each.trim())) {
    const duty = /^duty=(.*)$/.exec(part)?.[1]
    const role = roles.find((each) => each === part)
    if (duty !== undefined && dutyForm.test(duty)) needs.push({ kind: 'duty', duty })
    else if (role !== undefined) needs.push({ kind: 'role', role })
    else {
      return malformed(
        `obligation \`approvals\`: expected a role (${roles.join(', ')}) or \`duty=\` and a duty, got ${quote(part)}`,
      )
    }
  }
  return { kind: 'ok', obligation: { kind: 'approvals', needs } }
}

/**
 * One obligation of each kind, in the order of `obligationKinds`: the fewest minutes or hours, and every yes that any
 * of the lists needs. `record` always holds.
 */
export function strictest(obligations: readonly Obligation[]): readonly Obligation[] {
  return obligationKinds.flatMap((kind) => {
    const merged = strictestOf(kind, obligations)
    return merged === null ? [] : [merged]
  })
}

function strictestOf(kind: ObligationKind, all: readonly Obligation[]): Obligation | null {
  const fewest = (amounts: readonly number[]): number | null => (amounts.length === 0 ? null : Math.min(...amounts))
  switch (kind) {
    case 'record':
      return { kind }
    case 'notify-approver':
    case 'mfa':
    case 'local-presence':
    case 'observe-only':
    case 'write-hold':
      return all.some((each) => each.kind === kind) ? { kind } : null
    case 'declared-commands': {
      const lists = all.flatMap((each) => (each.kind === kind ? [each.commands] : []))
      const [first, ...others] = lists
      if (first === undefined) return null
      return { kind, commands: first.filter((command) => others.every((list) => list.includes(command))) }
    }
    case 'approvals': {
      const needs = joinNeeds(all.flatMap((each) => (each.kind === kind ? [each.needs] : [])))
      return needs.length === 0 ? null : { kind, needs }
    }
    case 'escort': {
      const graceMinutes = fewest(all.flatMap((each) => (each.kind === kind ? [each.graceMinutes] : [])))
      return graceMinutes === null ? null : { kind, graceMinutes }
    }
    case 'review': {
      const withinHours = fewest(all.flatMap((each) => (each.kind === kind ? [each.withinHours] : [])))
      return withinHours === null ? null : { kind, withinHours }
    }
    case 'idle-lock':
    case 'idle-end': {
      const minutes = fewest(all.flatMap((each) => (each.kind === kind ? [each.minutes] : [])))
      return minutes === null ? null : { kind, minutes }
    }
  }
}

/** Every need of every list; one that a single list names twice (two approvers) stays twice. */
export function joinNeeds(lists: readonly (readonly ApprovalNeed[])[]): readonly ApprovalNeed[] {
  const joined: ApprovalNeed[] = []
  for (const needs of lists) {
    const open = joined.map(nameOfNeed)
    for (const need of needs) {
      const met = open.indexOf(nameOfNeed(need))
      if (met >= 0) open.splice(met, 1)
      else joined.push(need)
    }
  }
  return joined
}

/**
 * An obligation as policies write it: `escort:5`. What `parseObligation` reads back, but for `declared-commands`, which
 * no policy asks for: it comes with every machine account.
 */
export function writeObligation(obligation: Obligation): string {
  switch (obligation.kind) {
    case 'record':
    case 'notify-approver':
    case 'mfa':
    case 'local-presence':
    case 'observe-only':
    case 'write-hold':
    case 'declared-commands':
      return obligation.kind
    case 'approvals':
      return `approvals:${obligation.needs.map(nameOfNeed).join('+')}`
    case 'escort':
      return `escort:${obligation.graceMinutes}`
    case 'review':
      return `review:${obligation.withinHours}`
    case 'idle-lock':
    case 'idle-end':
      return `${obligation.kind}:${obligation.minutes}`
  }
}

/** A need as policies write it: `approver`, `duty=shift-lead`. */
export function nameOfNeed(need: ApprovalNeed): string {
  return need.kind === 'role' ? need.role : `duty=${need.duty}`
}

/** A role as people read it: `safety-engineer` is a safety engineer. */
export const sayRole = (role: Role): string => (role === 'isms-manager' ? 'ISMS manager' : role.replaceAll('-', ' '))

/** A duty as people read it: `shift-lead` is a shift lead. */
export const sayDuty = (duty: string): string => duty.replaceAll('-', ' ')

/** A need as people read it. */
export function sayNeed(need: ApprovalNeed): string {
  return need.kind === 'role'
    ? `somebody with the role ${sayRole(need.role)}`
    : `whoever is on duty as ${sayDuty(need.duty)}`
}

/** An obligation as a sentence. */
export function sayObligation(obligation: Obligation): string {
  switch (obligation.kind) {
    case 'record':
      return 'The session is recorded.'
    case 'notify-approver':
      return 'The approver is told when it is used.'
    case 'mfa':
      return 'A second factor is needed to use it.'
    case 'approvals':
      return `It needs a yes of ${obligation.needs.map(sayNeed).join(' and of ')}${obligation.needs.length > 1 ? ', each another person' : ''}.`
    case 'escort':
      return `Somebody of the plant watches all the time: gone for ${count(obligation.graceMinutes, 'minute')}, the session ends.`
    case 'local-presence':
      return 'Somebody on site has to assert presence, and it ends when that does.'
    case 'observe-only':
      return `Only looking is allowed: nothing typed reaches the target, and ${sayCommands(obligation.commands ?? [])}.`
    case 'write-hold':
      return `Only looking is allowed until somebody of the plant who watches lifts that, and again once they leave; before, ${sayCommands(obligation.commands ?? [])}.`
    case 'declared-commands':
      return `A machine uses it: it gets no terminal and no shell, and ${sayCommands(obligation.commands)}.`
    case 'review':
      return `It is reviewed within ${count(obligation.withinHours, 'hour')} of its end.`
    case 'idle-lock':
      return `After ${count(obligation.minutes, 'minute')} without input the session is locked.`
    case 'idle-end':
      return `After ${count(obligation.minutes, 'minute')} without input the session ends.`
  }
}

/** Which commands may be run where only some are, as a clause. */
export function sayCommands(commands: readonly string[]): string {
  if (commands.length === 0) return 'no command can be run'
  // Whole, and as it is typed: a command that is cut short or spelt otherwise is another one.
  return `no other command can be run than exactly ${commands.map((command) => `\`${command}\``).join(' or ')}`
}

function count(amount: number, unit: string): string {
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`
}

function malformed(reason: string): ParsedObligation {
  return { kind: 'malformed', reason }
}
