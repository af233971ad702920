// How many sessions may be open at a time: of one person, on one asset, of one supplier. A place is taken in the same call
// that looks whether one is free, so that many who begin at once do not all find the last one.

import type { Asset, Person, Supplier } from '../../policy/index.ts'
import type { Registry } from './registry.ts'

/** Sessions at a time; null: no limit of its own. */
export interface Most {
  readonly person: number
  readonly asset: number | null
  readonly supplier: number | null
}

export interface Place {
  readonly kind: 'taken'
  readonly most: Most
  /** Gives it back; the session has then ended, or stands in the registry. Safe to call twice. */
  release(): void
}

export interface Full {
  readonly kind: 'full'
  readonly limit: 'person' | 'asset' | 'supplier'
  readonly most: number
  readonly text: string
}

export interface Places {
  take(person: Person, asset: Asset, supplier: Supplier | null): Place | Full
}

interface Rule {
  readonly limit: Full['limit']
  readonly key: string
  readonly most: number
  readonly open: number
  readonly text: string
}

const count = (sessions: number): string => `${sessions} ${sessions === 1 ? 'session' : 'sessions'}`

export function openPlaces(registry: Registry, mostPerPerson: number): Places {
  /** Places of sessions on their way into the registry. */
  const opening = new Map<string, number>()

  function rulesFor(person: Person, asset: Asset, supplier: Supplier | null): Rule[] {
    const all = registry.all()
    const rules: Rule[] = [
      {
        limit: 'person',
        key: `person ${person.id}`,
        most: mostPerPerson,
        open: all.filter(({ facts }) => facts.person === person.id).length,
        text: `you have ${count(mostPerPerson)} open, the most allowed: end one first`,
      },
    ]
    if (asset.maxSessions !== null)
      rules.push({
        limit: 'asset',
        key: `asset ${asset.id}`,
        most: asset.maxSessions,
        open: all.filter(({ facts }) => facts.asset === asset.id).length,
        text: `asset \`${asset.id}\` takes ${count(asset.maxSessions)} at a time: wait until one has ended`,
      })
    if (supplier !== null && supplier.maxSessions !== null)
      rules.push({
        limit: 'supplier',
        key: `supplier ${supplier.id}`,
        most: supplier.maxSessions,
        open: all.filter(({ facts }) => facts.supplier === supplier.id).length,
        text: `people of \`${supplier.id}\` may have ${count(supplier.maxSessions)} at a time: wait until one has ended`,
      })
    return rules
  }

  return {
    take(person, asset, supplier) {
      const rules = rulesFor(person, asset, supplier)
      const full = rules.find(({ key, open, most }) => open + (opening.get(key) ?? 0) >= most)
      if (full) return { kind: 'full', limit: full.limit, most: full.most, text: full.text }
      for (const { key } of rules) opening.set(key, (opening.get(key) ?? 0) + 1)
      let held = true
      return {
        kind: 'taken',
        most: { person: mostPerPerson, asset: asset.maxSessions, supplier: supplier?.maxSessions ?? null },
        release() {
          if (!held) return
          held = false
          for (const { key } of rules) {
            const left = (opening.get(key) ?? 1) - 1
            if (left === 0) opening.delete(key)
            else opening.set(key, left)
          }
        },
      }
    },
  }
}
