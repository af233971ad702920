// What an SSH endpoint is open for beside its account: features, and the environment that may be set.

import { quote } from '../ids.ts'
import { sshFeatures, type SshFeature } from '../model.ts'
import type { Place } from './document.ts'
import { list, readChoice, readList, readText } from './fields.ts'
import type { Problems } from './problem.ts'

/** Variables one endpoint may name. */
export const mostVariables = 32

// IEEE 1003.1 section 8.1, in either case, with a star at the end for all that begin so. A star alone would let in what
// makes programs load code (LD_PRELOAD).
export const variableForm = /^[A-Za-z_][A-Za-z0-9_]{0,62}\*?$/
/** What tells programs which code to load or run: whoever sets it runs what they like. */
const dangerous = [
  'LD_PRELOAD',
  'LD_LIBRARY_PATH',
  'LD_AUDIT',
  'BASH_ENV',
  'ENV',
  'PATH',
  'IFS',
  'SHELLOPTS',
  'PYTHONPATH',
]

/** Each once; at least one. */
export function readFeatures(place: Place, problems: Problems): readonly SshFeature[] | null {
  const seen = new Set<SshFeature>()
  const features = readList<SshFeature>(
    problems,
    place,
    (item) => {
      const feature = readChoice(problems, item, sshFeatures)
      if (feature !== null && seen.has(feature)) problems.report(item, `duplicate \`${feature}\`: expected each once`)
      if (feature !== null) seen.add(feature)
      return feature
    },
    { atLeast: 1 },
  )
  return features
}

/** Names of variables; an empty list lets none be set. */
export function readEnvironment(place: Place, problems: Problems): readonly string[] | null {
  const names = readList(problems, place, (item) => {
    const name = readText(problems, item, 64)
    if (name === null) return null
    if (!variableForm.test(name)) {
      problems.report(item, `expected the name of a variable, with \`*\` at its end only, got ${quote(name)}`)
      return null
    }
    const reached = dangerous.filter((each) =>
      name.endsWith('*') ? each.startsWith(name.slice(0, -1)) : each === name,
    )
    if (reached.length === 0) return name
    problems.report(item, `${quote(name)} lets in ${list(reached)}, which runs code on the target: leave it out`)
    return null
  })
  if (names === null || names.length <= mostVariables) return names
  problems.report(place, `expected at most ${mostVariables} variables, got ${names.length}`)
  return null
}
