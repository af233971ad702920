// What conduits and interfaces say they carry, held against what the plant knows: words that name no information, and
// interfaces that carry more than the conduits they run over.

import { quote } from '../ids.ts'
import { informationClasses, type Conduit, type Information, type PlantInterface } from '../model.ts'
import { list } from './fields.ts'
import { suggestion } from './problem.ts'
import type { Reading } from './reading.ts'
import type { Zones } from './zones.ts'

export function checkPayloads({ conduits, interfaces }: Zones, information: Information, reading: Reading): void {
  const known = new Set([
    ...informationClasses,
    ...information.classes.map(({ id }) => id),
    ...information.items.flatMap(({ labels }) => labels),
  ])
  const check = (of: Conduit | PlantInterface): void => {
    for (const word of of.payloads ?? []) {
      if (known.has(word)) continue
      const hint = suggestion(word, known) || ': name a class, or a label of an information asset of information.yaml'
      reading.problems.report(reading.at(of, 'payloads'), `unknown payload ${quote(word)}${hint}`)
    }
  }
  const declared = new Map(conduits.map((conduit) => [conduit.id, conduit]))
  conduits.forEach(check)
  for (const each of interfaces) {
    check(each)
    for (const id of each.conduits) {
      const named = declared.get(id)?.payloads ?? null
      const more = named === null ? [] : each.payloads.filter((word) => !named.includes(word))
      if (more.length === 0) continue
      reading.problems.report(
        reading.at(each, 'payloads'),
        `carries ${list(more)}, and conduit \`${id}\` does not name ${more.length === 1 ? 'it' : 'them'} among its payloads: name it there, or leave it out here`,
      )
    }
  }
}
