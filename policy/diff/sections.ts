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
  'dependencies',
  'controlled labels',
  'places',
  'zones',
  'boundaries',
  'conduits',
  'physical sources',
  'interfaces',
  'assets',
  'information',
  'information rules',
  'suppliers',
  'expectations',
  'maintenance',
  'holidays',
  'rosters',
  'access',
  'trainings',
  'standard changes',
  'machines',
  'separation',
  'role mapping',
  'people feeds',
  'retention',
  'handling',
  'agreements',
  'files',
  'controls',
  'risks',
  'exceptions',
  'drills',
  'committee',
  'incidents',
  'rules',
] as const
export type SectionName = (typeof sectionNames)[number]

/** Things by name. Iterated once for each of two bundles: an asset list is not copied. */
export type Section = ReadonlyMap<string, object>

export function sectionOf(name: SectionName, bundle: Bundle): Section {
  const { scope, calendars, access, handling, register } = bundle
  switch (name) {
    case 'scope': {
      const { version, statement, justification, regimes, confirmEveryDays, completeDossier, testedFirst } = scope
      const own = { version, statement, justification, regimes, confirmEveryDays, completeDossier, testedFirst }
      return new Map([['scope', own]])
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
    case 'dependencies':
      return by(scope.dependencies, ({ id }) => id)
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
    case 'physical sources':
      return bundle.physicalSources
    case 'assets':
      return bundle.assets
    case 'interfaces':
      return bundle.interfaces
    case 'information':
      return bundle.information
    case 'information rules':
      return new Map<string, object>([
        ['payloads', { requirePayloads: bundle.informationRules.requirePayloads }],
        ...bundle.informationRules.classes.map((each) => [`class ${each.id}`, each] as const),
      ])
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
      const { tiers, standardChanges: _, trainings: __, machines: ___, ...others } = access
      const { separation: ____, roleMapping: _____, peopleFeeds: ______, ...rest } = others
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
    case 'agreements':
      return by(handling.agreements ?? [], ({ id }) => id)
    case 'files':
      return by(bundle.files, ({ id }) => id)
    case 'machines':
      return by(access.machines, ({ login }) => login)
    case 'separation':
      return by(access.separation, ({ id }) => id)
    case 'role mapping':
      // Attributes as lists of words, which a difference can be told of.
      return by(
        access.roleMapping.map(({ when, ...each }) => ({
          ...each,
          when: when.flatMap(({ attribute, values }) => values.map((value) => `${attribute} = ${value}`)),
        })),
        ({ id }) => id,
      )
    case 'people feeds':
      return by(access.peopleFeeds, ({ id }) => id)
    case 'controls':
      return by(register.controls, ({ control }) => control)
    case 'risks':
      return by(register.risks, ({ id }) => id)
    case 'exceptions':
      return by(register.exceptions, ({ id }) => id)
    case 'drills':
      return by(register.drills, ({ name }) => name)
    case 'committee':
      return new Map(register.committee === null ? [] : [['committee', register.committee]])
    case 'incidents': {
      const { reports, ...rest } = register.incidents
      return new Map<string, object>([
        ['incidents', rest],
        ...reports.map((duty) => [`report ${duty.id}`, duty] as const),
      ])
    }
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
