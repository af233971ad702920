// Who has to say yes to a request, and whether those who did are enough. Each need is met by another person; who said
// yes once is looked at again whenever it is counted. Which state follows is approval.ts's.

import type { PersonId } from './ids.ts'
import { concernedIn } from './machine.ts'
import type { Approval, ApprovalNeed, Obligation, Person } from './model.ts'
import { joinNeeds } from './obligations.ts'
import { refused, type Refused } from './outcome.ts'

/** A yes that was given, with who stands behind it as they are now. */
export interface Voice {
  readonly approval: Approval
  /** Null when the account is gone. */
  readonly approver: Person | null
  /** Whose right to decide is used: the approver, or who lets them decide in their name. */
  readonly owner: Person | null
  /** What the owner was on duty for when the yes was given. */
  readonly duties: readonly string[]
  /** Why policy would no longer let them decide; null while it would. */
  readonly objection: string | null
}

/** One yes of an approver: what a request needs where no policy asks for more. */
export const leastNeeds: readonly ApprovalNeed[] = [{ kind: 'role', role: 'approver' }]

/** What several decisions ask for together: every need of each, as often as the one that asks for it most. Never empty. */
export function needsOf(decisions: readonly (readonly Obligation[])[]): readonly ApprovalNeed[] {
  const lists = decisions.map((obligations) =>
    obligations.flatMap((one) => (one.kind === 'approvals' ? one.needs : [])),
  )
  const needs = joinNeeds(lists)
  return needs.length === 0 ? leastNeeds : needs
}

/**
 * Whose single yes makes a grant longer, of those whose yeses it needed: one person suffices, and it is never one who
 * could not have stood for the others. Of a role other than approver it is somebody of that role, such as the safety
 * engineer; else of a duty who is on it now; else an approver.
 */
export function needsToExtend(needs: readonly ApprovalNeed[]): readonly ApprovalNeed[] {
  const experts = needs.filter((need) => need.kind === 'role' && need.role !== 'approver')
  if (experts.length > 0) return experts
  const duties = needs.filter(({ kind }) => kind === 'duty')
  return duties.length > 0 ? duties : leastNeeds
}

/**
 * Why two people must not decide on each other's request, or null.
 * INVARIANT: nobody decides on their own request, nor on one of their own supplier; in nobody's name either.
 */
export function conflictBetween(
  requester: Person,
  judge: Person,
): { readonly code: 'own-request' | 'own-supplier'; readonly text: string } | null {
  if (judge.id === requester.id) return { code: 'own-request', text: 'nobody decides on their own request' }
  if (concernedIn(requester).includes(judge.id))
    return { code: 'own-request', text: 'nobody decides on a request of a machine account they answer for' }
  if (judge.supplier !== null && judge.supplier === requester.supplier) {
    return { code: 'own-supplier', text: `nobody decides on a request of their own supplier \`${judge.supplier}\`` }
  }
  return null
}

/** Why this person cannot decide on this one's request, with this one's right; null when nothing is against it. */
export function unfitness(requester: Person, approver: Person, owner: Person): Refused | null {
  const conflict = conflictBetween(requester, approver) ?? conflictBetween(requester, owner)
  if (conflict !== null) return refused(conflict.code, conflict.text)
  return approver.disabled || owner.disabled ? refused('account-disabled', 'the account is disabled') : null
}

/** Why a yes no longer counts, as a clause for people, or null while it does. */
export function lapseOf(voice: Voice, requester: Person): string | null {
  const { approver, owner, objection } = voice
  if (approver === null || owner === null) return 'the account is gone'
  if (approver.disabled || owner.disabled) return 'the account is disabled'
  const conflict = conflictBetween(requester, approver) ?? conflictBetween(requester, owner)
  return conflict?.text ?? objection
}

/** May this yes stand for this need? A role is one the owner has now; a duty one they had when they said yes. */
export function meets(need: ApprovalNeed, { owner, duties }: Pick<Voice, 'owner' | 'duties'>): boolean {
  if (owner === null) return false
  return need.kind === 'role' ? owner.roles.includes(need.role) : duties.includes(need.duty)
}

const rarity = (need: ApprovalNeed): number => (need.kind === 'duty' ? 2 : need.role === 'approver' ? 0 : 1)

export interface Tally {
  /** For each need, in order, whose yes meets it; null while it is open. */
  readonly metBy: readonly (PersonId | null)[]
  readonly open: readonly ApprovalNeed[]
}

/**
 * Counts yeses so that as many needs as possible are met (a maximum matching), each by another person and each with
 * another person's right. Lapsed voices are the caller's to leave out.
 */
export function tally(needs: readonly ApprovalNeed[], voices: readonly Voice[]): Tally {
  const distinct: Voice[] = []
  const involved = new Set<PersonId>()
  for (const voice of voices) {
    const people = [voice.approval.by, voice.approval.onBehalfOf]
    // One right used by two people, or one person with two rights, is one yes.
    if (people.some((id) => involved.has(id))) continue
    for (const id of people) involved.add(id)
    distinct.push(voice)
  }
  // Who could meet several is counted for the one that fewer can meet: what is said to be open is then the easier one.
  const inOrder = [...needs.entries()].toSorted(([, a], [, b]) => rarity(b) - rarity(a))
  /** Index of the voice that meets each need. */
  const held: (number | null)[] = needs.map(() => null)
  function place(voice: number, tried: Set<number>): boolean {
    const speaker = distinct[voice]
    if (speaker === undefined) return false
    for (const [at, need] of inOrder) {
      if (tried.has(at) || !meets(need, speaker)) continue
      tried.add(at)
      const holder = held[at] ?? null
      if (holder === null || place(holder, tried)) {
        held[at] = voice
        return true
      }
    }
    return false
  }
  for (const voice of distinct.keys()) place(voice, new Set())
  const metBy = held.map((voice) => (voice === null ? null : (distinct[voice]?.approval.by ?? null)))
  return { metBy, open: needs.filter((_, at) => metBy[at] === null) }
}
