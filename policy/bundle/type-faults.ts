// What Cedar's type checker says of a policy, in few words. It checks a policy once for each action it may apply to, and
// would say of one misspelt word four times that it is not known.

import type { CedarFault } from '../cedar/engine.ts'
import { quote } from '../ids.ts'
import { suggestion } from './problem.ts'

export interface TypeFault extends CedarFault {
  readonly policy: string
}

/** The checker's own words: attribute, action and what it takes for the word that was meant. */
const unknownInContext =
  /^attribute `(?<name>[^`]+)` in context for Action::"(?<action>[^"]+)" not found(?:: did you mean `(?<meant>[^`]+)`\?)?$/

/** The same faults with those of one attribute in one place said once. The order of what stays is kept. */
export function mergeFaults(faults: readonly TypeFault[]): readonly TypeFault[] {
  const groups = new Map<string, { fault: TypeFault; name: string; actions: string[]; meant: string[] }>()
  const kept = faults.flatMap((fault): (string | TypeFault)[] => {
    const found = unknownInContext.exec(fault.message)?.groups
    const [name, action] = [found?.['name'], found?.['action']]
    if (name === undefined || action === undefined) return [fault]
    const meant = found?.['meant'] === undefined ? [] : [found['meant']]
    const key = `${fault.policy}\n${fault.offset}\n${name}`
    const known = groups.get(key)
    if (known === undefined) {
      groups.set(key, { fault, name, actions: [action], meant })
      return [key]
    }
    known.actions.push(action)
    known.meant.push(...meant)
    return []
  })
  return kept.flatMap((each) => {
    if (typeof each !== 'string') return [each]
    const group = groups.get(each)
    return group === undefined ? [] : [{ ...group.fault, message: sayUnknown(group) }]
  })
}

function sayUnknown({
  name,
  actions,
  meant,
}: {
  name: string
  actions: readonly string[]
  meant: readonly string[]
}): string {
  const about = [...new Set(actions)].toSorted().map((action) => quote(action))
  const said = about.length === 1 ? about.join('') : `${about.slice(0, -1).join(', ')} or ${about.at(-1)}`
  // The checker always finds some word that is like it; only a slip of the pen is worth saying.
  const hint = suggestion(name, meant)
  const otherwise = `: if other actions know it, name them in the head, or ask \`context has ${name}\` first`
  return `attribute ${quote(name)} is not in the context of the action ${said}${hint || otherwise}`
}
