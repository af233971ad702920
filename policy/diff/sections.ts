// A bundle as sections of named things, so that two bundles can be laid side by side. A new kind of declaration is one
// more line here.

import type { Bundle } from '../bundle/bundle.ts'

export const sectionNames = [
  'scope',
  'plants',
  'include',
  'exclude',
  'phases',
  'shared services',
  'controlled labels',
  'places',
  'zones',
  'boundaries',
  'conduits',
  'assets',
  'suppliers',
  'expectations',
  'maintenance',
  'holidays',
  'rosters',
  'access',
  'trainings',
  'standard changes',
  'machines',
  'retention',
  'handling',
  'controls',
  'risks',
  'exceptions',
  'rules',
] as const
export type SectionName = (typeof sectionNames)[number]

/** Things by name. Iterated once for each of two bundles: an asset list is not copied. */
export type Section = ReadonlyMap<string, object>

export function sectionOf(name: SectionName, bundle: Bundle): Section {
  const { scope, calendars, access, handling, register } = bundle
  switch (name) {
    case 'scope': {
      const { version, statement, justification, regimes, confirmEveryDays, completeDossier } = scope
      return new Map([['scope', { version, statement, justification, regimes, confirmEveryDays, completeDossier }]])
    }
    case 'plants':
      return bundle.plants
    case 'include':
      return by(scope.include, ({ id }) => id)
    case 'exclude':
      return by(scope.exclude, ({ id }) => id)
    case 'phases':
      return by(scope.phases, ({ phase }) => `phase ${phase}`)
    case 'shared services':
      return by(scope.sharedServices, ({ id }) => id)
    case 'controlled labels':
      return by(scope.controlledLabels, ({ label }) => label)
    case 'places':
      return by(scope.places, ({ id }) => id)
    case 'zones':
      return bundle.zones
    case 'boundaries':
      return by(bundle.boundaries, ({ plant, profile }) => `${plant} ${profile}`)
    case 'conduits':
      return bundle.conduits
    case 'assets':
      return bundle.assets
    case 'suppliers':
      return bundle.suppliers
    case 'expectations':
      return by(bundle.expectations, ({ id }) => id)
    case 'maintenance':
      return by(calendars.maintenance, ({ id }) => id)
    case 'holidays':
      return by(calendars.holidays, ({ plant, day }) => `${plant} ${day}`)
    case 'rosters':
      return by(calendars.rosters, ({ id }) => id)
    case 'access': {
      const { tiers, standardChanges: _, trainings: __, machines: ___, ...rest } = access
      return new Map<string, object>([
        ['access', rest],
        ...Object.entries(tiers).map(([tier, rules]) => [`tier ${tier}`, rules] as const),
      ])
    }
    case 'trainings':
      return by(access.trainings, ({ id }) => id)
    case 'standard changes':
      return by(access.standardChanges, ({ id }) => id)
    case 'retention':
      return by(
        handling.classes.map((each) => ({ ...each, default: each.id === handling.default.id })),
        ({ id }) => id,
      )
    case 'handling':
      return by(handling.rules, ({ id }) => id)
    case 'machines':
      return by(access.machines, ({ login }) => login)
    case 'controls':
      return by(register.controls, ({ control }) => control)
    case 'risks':
      return by(register.risks, ({ id }) => id)
    case 'exceptions':
      return by(register.exceptions, ({ id }) => id)
    case 'rules':
      // Where a rule stands in its file says nothing about what it does.
      return new Map(
        [...bundle.policies].map(([id, { effect, text, controls, enforceFrom, obligations, source }]) => [
          id,
          { effect, text, controls, enforceFrom, obligations, source },
        ]),
      )
  }
}

function by<T extends object>(items: readonly T[], key: (item: T) => string): Section {
  return new Map(items.map((item) => [key(item), item]))
}
