// What no section of a bundle can see alone: addresses shared by two assets, services outside the scope that a plant in
// it leans on, scope rules that disagree, types behind no gate, exceptions renewed too often. Calendars have their own
// checks in duty.ts, conduits in crossings.ts.

import { quote } from '../ids.ts'
import type { AccessRules, Asset, Exception, Scope, ScopeRule, SharedService, Zone } from '../model.ts'
import { portsOf } from '../model.ts'
import { scopeStatuses } from './lookups.ts'
import { suggestion } from './problem.ts'
import type { Reading } from './reading.ts'

/** Two assets with one address would be one target with two names, and two sets of rules. */
export function checkAddresses(assets: readonly Asset[], reading: Reading): void {
  const taken = new Map<string, Asset>()
  for (const asset of assets) {
    const places = asset.endpoints.flatMap((each) => portsOf(each).map((port) => ({ host: each.host, port })))
    for (const { host, port } of places) {
      const address = `${host.toLowerCase()} port ${port}`
      const other = taken.get(address)
      if (other === undefined) taken.set(address, asset)
      else if (other.id !== asset.id) {
        const where = reading.at(other, 'endpoints')
        const first = where.line === null ? where.file : `${where.file}:${where.line}`
        reading.problems.report(
          reading.at(asset, 'endpoints'),
          `${quote(address)} is the address of asset \`${other.id}\` already, at ${first}: expected another host or port, or one asset`,
        )
      }
    }
  }
}

/** Findings about many assets are one warning, which names the first and counts the rest. */
class Grouped<Key> {
  readonly #groups = new Map<Key, { readonly first: Asset; more: number }>()

  add(key: Key, asset: Asset): void {
    const group = this.#groups.get(key)
    if (group === undefined) this.#groups.set(key, { first: asset, more: 0 })
    else group.more += 1
  }

  each(report: (key: Key, first: Asset, assets: string) => void): void {
    for (const [key, { first, more }] of this.#groups) {
      report(key, first, `asset \`${first.id}\`${more === 0 ? '' : ` and ${more} more`}`)
    }
  }
}

/** Rules that say two things of one asset, and rules that name what no asset has. */
export function checkScope(scope: Scope, zones: readonly Zone[], assets: readonly Asset[], reading: Reading): void {
  const { warnings } = reading
  const pairs = new Map<string, { readonly exclude: ScopeRule; readonly include: ScopeRule }>()
  const disagreeing = new Grouped<string>()
  const statuses = scopeStatuses(scope, zones, assets, (asset, exclude, include) => {
    const pair = `${exclude.id}\n${include.id}`
    pairs.set(pair, { exclude, include })
    disagreeing.add(pair, asset)
  })
  disagreeing.each((pair, _, named) => {
    const rules = pairs.get(pair)
    if (rules === undefined) return
    warnings.report(
      reading.at(rules.exclude, 'id'),
      `${named}: \`${rules.include.id}\` includes and \`${rules.exclude.id}\` excludes: the exclusion holds: narrow one of the two, or leave it so`,
    )
  })
  checkWords(scope, assets, reading)
  for (const service of scope.sharedServices) {
    const said = service.asset === null ? undefined : statuses.get(service.asset)
    if (said === undefined || (said.kind === 'in') === service.inScope) continue
    const rule =
      said.kind === 'undetermined' ? 'no scope rule matches' : `scope rule \`${said.rule}\` says \`${said.kind}\` of`
    warnings.report(
      reading.at(service, 'inScope'),
      `shared service \`${service.id}\` says \`inScope: ${service.inScope}\`, and ${rule} its asset \`${service.asset}\`: make the two agree`,
    )
  }
}

/** A misspelt type or label would silently leave out what it was meant to match. */
function checkWords(scope: Scope, assets: readonly Asset[], reading: Reading): void {
  const types = new Set(assets.map((asset) => asset.type))
  const labels = new Set(assets.flatMap((asset) => asset.labels))
  const check = (what: string, word: string, known: ReadonlySet<string>, value: object, key: string): void => {
    if (known.has(word)) return
    const hint = suggestion(word, known) || ': it matches nothing yet'
    reading.warnings.report(reading.at(value, key), `no asset has the ${what} ${quote(word)}${hint}`)
  }
  for (const rule of [...scope.include, ...scope.exclude]) {
    for (const type of rule.types ?? []) check('type', type, types, rule, 'types')
    for (const label of rule.labels ?? []) check('label', label, labels, rule, 'labels')
  }
  for (const phase of scope.phases) {
    for (const type of phase.types) check('type', type, types, phase, 'types')
  }
  for (const controlled of scope.controlledLabels) check('label', controlled.label, labels, controlled, 'label')
}

/** A type that no phase names is behind a gate that nobody can open. */
export function checkPhases(scope: Scope, assets: readonly Asset[], reading: Reading): void {
  const gated = new Set(scope.phases.flatMap((phase) => phase.types))
  const ungated = new Grouped<string>()
  for (const asset of assets) if (!gated.has(asset.type)) ungated.add(asset.type, asset)
  ungated.each((type, first, named) => {
    reading.warnings.report(
      reading.at(first, 'type'),
      `${named}: type ${quote(type)} is in no phase of scope.yaml: it is closed: add it to the types of a phase`,
    )
  })
}

/** ISO/IEC 27001:2022 clause 4.3 c: what a plant in scope leans on outside it is a risk somebody has to bear. */
export function checkServices(scope: Scope, reading: Reading): void {
  const included = new Set(scope.include.map((rule) => rule.plant))
  const missing = (service: SharedService): string => {
    const parts = [
      ...(service.risk === null ? ['`risk`'] : []),
      ...(service.compensating.length === 0 ? ['`compensating`'] : []),
    ]
    return parts.join(' and ')
  }
  for (const service of scope.sharedServices) {
    const plant = service.plants.find((each) => included.has(each))
    if (service.inScope || plant === undefined || missing(service) === '') continue
    reading.problems.report(
      reading.at(service, 'inScope'),
      `plant \`${plant}\` is in scope and uses \`${service.id}\`, which is not: expected ${missing(service)}: say which risk that is and which controls stand in`,
    )
  }
}

export function checkExceptions(
  exceptions: readonly Exception[],
  { maxRenewals }: AccessRules,
  reading: Reading,
): void {
  for (const exception of exceptions) {
    if (exception.renewals <= maxRenewals) continue
    reading.problems.report(
      reading.at(exception, 'renewals'),
      `exception \`${exception.id}\`: expected at most ${maxRenewals} renewals, as access.yaml has it, got ${exception.renewals}: end it and treat the risk`,
    )
  }
}
