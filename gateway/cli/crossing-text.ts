// Interfaces and information as lines of a report.

import type { InformationView, InterfaceView } from '../contract/views.ts'
import { shown } from './plain.ts'

const endText = ({ kind, id, name, inScope }: InterfaceView['from']): string =>
  kind === 'outside' ? `${name} (outside)` : `${kind} ${id}${inScope === true ? '' : ' (not in scope)'}`

/** Nothing where there is none. */
export function interfaceLines(interfaces: readonly InterfaceView[]): readonly string[] {
  if (interfaces.length === 0) return []
  return [
    'interfaces, in scope or not:',
    ...interfaces.flatMap(({ id, type, from, to, direction, payloads, owner, state, reviewBy, change, faults }) => [
      shown`- ${id} (${type}): ${endText(from)} ${direction === 'both' ? '<->' : '->'} ${endText(to)}; carries ${payloads.join(', ') || 'nothing named'}; ${state}; of ${owner ?? 'nobody'}, review by ${reviewBy}, change ${change}`,
      ...faults.map((fault) => shown`  overdue: ${fault}`),
    ]),
  ]
}

/** Nothing where there is none. */
export function informationLines(information: readonly InformationView[]): readonly string[] {
  if (information.length === 0) return []
  return [
    'information:',
    ...information.map(
      ({ id, name, class: kind, labels, owner, criticality, heldBy }) =>
        shown`- ${id} (${name}): ${kind}, ${criticality}, of ${owner}; labels ${labels.join(', ') || 'none'}; held by ${heldBy.map(({ asset, scope }) => (scope === 'in' ? asset : `${asset} (${scope === 'out' ? 'out of scope' : scope})`)).join(', ')}`,
    ),
  ]
}
