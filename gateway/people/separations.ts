// Breaches of separation over time: that somebody holds together what a rule keeps apart is told when it is noticed, and
// once more on the day from which some of it is of no use. Decisions look for themselves and wait for nothing here.

import { breachesOf, type Breach, type Bundle, type Person } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { SeenBreach } from '../store/separation-breaches.ts'
import type { Store } from '../store/store.ts'

export interface Separations {
  /** Writes what is new, enforced or over since it was looked last. Called every few seconds. */
  sweep(): Promise<void>
}

/** People are read again when the bundle changes, and this often else. */
const readEveryMs = 10_000

const keyOf = (person: string, rule: string): string => `${person} ${rule}`
const sayHeld = ({ roles, duties }: SeenBreach['found']): string =>
  JSON.stringify([roles.toSorted(), duties.toSorted()])

export function openSeparations(deps: {
  readonly store: Store
  readonly clock: Clock
  readonly bundle: () => Bundle
}): Separations {
  const { store, clock, bundle } = deps
  let looked: { readonly at: number; readonly digest: string } | null = null

  async function noteBreach(
    person: Person,
    breach: Breach,
    before: SeenBreach | undefined,
    now: number,
  ): Promise<void> {
    const { rule, roles, duties, enforcedFrom: from, isEnforced, withheld } = breach
    const held = { person: person.id, rule: rule.id, roles, duties }
    const isNews = before === undefined || sayHeld(before.found) !== sayHeld(breach)
    const isDue = isEnforced && (isNews || before.enforcedAt === null)
    if (!isNews && !isDue) return
    await store.change(async (tx) => {
      const seen = { person: person.id, rule: rule.id, found: { roles, duties } }
      const [foundAt, enforcedAt] = [before?.foundAt ?? now, isEnforced ? (before?.enforcedAt ?? now) : null]
      await tx.separationBreaches.put({ ...seen, foundAt, enforcedAt })
      if (isNews) await tx.ledger.append('separation.breached', now, { ...held, from })
      if (isDue) await tx.ledger.append('separation.enforced', now, { ...held, withheld })
    })
  }

  return {
    async sweep() {
      const now = clock.now()
      const { digest, access } = bundle()
      if (looked !== null && looked.digest === digest && now - looked.at < readEveryMs && now >= looked.at) return
      const seen = new Map((await store.separationBreaches.all()).map((one) => [keyOf(one.person, one.rule), one]))
      looked = { at: now, digest }
      if (access.separation.length === 0 && seen.size === 0) return
      const people = await store.people.list()
      for (const person of people.filter(({ disabled }) => !disabled))
        for (const breach of breachesOf(person, bundle(), now)) {
          const key = keyOf(person.id, breach.rule.id)
          await noteBreach(person, breach, seen.get(key), now)
          seen.delete(key)
        }
      for (const { person, rule } of seen.values())
        await store.change(async (tx) => {
          if (!(await tx.separationBreaches.remove(person, rule))) throw new Error(`breach of \`${rule}\` ended twice`)
          await tx.ledger.append('separation.ended', now, { person, rule, bundle: digest })
        })
    },
  }
}
