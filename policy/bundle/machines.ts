// What machine accounts may run: the `machines` of access.yaml. That such an account exists, who owns it and where it comes
// from is the gateway's to keep; the bundle, which two people bring into force, says what it may do.

import { parseLogin, type Login } from '../ids.ts'
import type { MachineRules } from '../model.ts'
import type { Place } from './document.ts'
import { readObserved } from './endpoints.ts'
import { readBoolean, readId, readList, readMap, readOptional, readText, shape, whole } from './fields.ts'
import { readFileTerms } from './files-rules.ts'
import type { Problems } from './problem.ts'

export const machineShape = shape(['login', 'text', 'commands'], ['keyAlone', 'files'])

export function parseMachines(place: Place, problems: Problems): readonly MachineRules[] | null {
  const seen = new Set<Login>()
  return readList(problems, place, (item) => {
    const fields = readMap(problems, item, machineShape)
    if (fields === null) return null
    const login = readId(problems, fields.get('login'), parseLogin)
    if (login !== null && seen.has(login))
      problems.report(fields.at('login'), `login \`${login}\` is listed twice: put its commands into one list`)
    if (login !== null) seen.add(login)
    const at = fields.get('commands')
    const commands = at === null ? null : readObserved(at, problems)
    if (at !== null && commands?.length === 0)
      problems.report(at, 'expected at least one command line, got none: a machine that may run nothing is not listed')
    const files = readOptional(fields.get('files'), null, (given) => readFileTerms(given, problems))
    const rules = whole<MachineRules>({
      login,
      text: readText(problems, fields.get('text')),
      keyAlone: readOptional(fields.get('keyAlone'), false, (flag) => readBoolean(problems, flag)),
      commands,
    })
    return rules && { ...rules, ...(files && { files }) }
  })
}
