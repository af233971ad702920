// files.yaml: which files may cross to and from which assets, and how their content does. The file may be missing; then
// none crosses, whatever an endpoint is open for. What its rules come to on the assets there are is files-checks.ts's.

import { faultOfPattern } from '../file-paths.ts'
import {
  fileCrossings,
  fileSwitches,
  roles,
  withoutVerdict,
  type FileCrossing,
  type FileRule,
  type FileSwitch,
  type FileTerms,
  type Role,
} from '../model.ts'
import type { Place } from './document.ts'
import {
  list,
  readBoolean,
  readChoice,
  readInteger,
  readList,
  readMap,
  readOptional,
  readText,
  shape,
  whole,
  type Fields,
} from './fields.ts'
import { readAssets, readPlants, readSuppliers } from './named-lists.ts'
import type { Problems } from './problem.ts'
import type { Reading } from './reading.ts'

export const filesShape = shape(['rules'])
export const fileRuleShape = shape(
  ['id', 'text', 'paths'],
  [
    'plants',
    'assets',
    'types',
    'labels',
    'suppliers',
    'allow',
    'deny',
    'upload',
    'download',
    'withoutVerdict',
    'releasedBy',
    'declaredOnly',
    'largestMegabytes',
    'retention',
  ],
)
export const fileTermsShape = shape(['allow', 'paths'])

/** Each is asked about each file. */
export const mostFileRules = 200
export const mostPaths = 50
/** A tebibyte. */
export const mostMegabytes = 1_048_576
export const standardMegabytes = 1_024
/** Who lets go what waits for a person, where a rule names nobody. Those who bring files are none of them. */
export const releasers: readonly Role[] = roles.filter((role) => role !== 'vendor')
const standardReleasers: readonly Role[] = ['approver']

const megabyte = 1_048_576

export function parseFiles(document: Place, reading: Reading): readonly FileRule[] | null {
  const { problems } = reading
  const fields = readMap(problems, document, filesShape)
  const at = fields?.get('rules') ?? null
  const rules = readList(problems, at, (item) => parseRule(item, reading))
  if (rules === null || at === null || rules.length <= mostFileRules) return rules
  problems.report(at, `expected at most ${mostFileRules} rules, got ${rules.length}`)
  return null
}

function parseRule(place: Place, reading: Reading): FileRule | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, fileRuleShape)
  if (fields === null) return null
  const id = readText(problems, fields.get('id'), 60)
  if (id !== null) references.declare('file rule', id, fields.at('id'))
  // An empty list would match nothing and look as if it matched all; one entry is the least.
  const words = (name: 'types' | 'labels') =>
    readList(problems, fields.get(name), (item) => readText(problems, item, 60), { atLeast: 1 })
  const plants = readPlants(fields.get('plants'), reading)
  const assets = readAssets(fields.get('assets'), reading)
  const suppliers = readSuppliers(fields.get('suppliers'), reading)
  const [types, labels] = [words('types'), words('labels')]
  const allow = readOptional(fields.get('allow'), [], (at) => readSwitches(at, problems))
  const deny = readOptional(fields.get('deny'), [], (at) => readSwitches(at, problems))
  if (allow.length + deny.length === 0)
    problems.report(place, 'expected at least one entry in `allow` or `deny`, got none: a rule says something')
  const retention = readOptional(fields.get('retention'), null, (at) => readText(problems, at, 60))
  if (retention !== null) references.refer('retention class', retention, fields.at('retention'))
  const rule = whole<FileRule>({
    id,
    text: readText(problems, fields.get('text')),
    paths: readPaths(fields.get('paths'), problems),
    allow,
    deny,
    upload: readCrossing(fields, 'upload', 'write', allow, problems),
    download: readCrossing(fields, 'download', 'read', allow, problems),
    withoutVerdict: readOptional(fields.get('withoutVerdict'), 'hold', (at) =>
      readChoice(problems, at, withoutVerdict),
    ),
    releasedBy: readOptional(fields.get('releasedBy'), standardReleasers, (at) =>
      readList<Role>(problems, at, (item) => readChoice(problems, item, releasers), { atLeast: 1 }),
    ),
    declaredOnly: readOptional(fields.get('declaredOnly'), false, (at) => readBoolean(problems, at)),
    largest:
      megabyte *
      readOptional(fields.get('largestMegabytes'), standardMegabytes, (at) =>
        readInteger(problems, at, 1, mostMegabytes),
      ),
    retention: '',
  })
  if (rule === null) return null
  const about = {
    ...(plants && { plants }),
    ...(assets && { assets }),
    ...(types && { types }),
    ...(labels && { labels }),
    ...(suppliers && { suppliers }),
  }
  return reading.keep({ ...rule, ...about, retention }, place)
}

/** How content crosses is said by who lets it cross, and never guessed; where none does, nothing is said. */
function readCrossing(
  fields: Fields<'upload' | 'download'>,
  name: 'upload' | 'download',
  needed: FileSwitch,
  allow: readonly FileSwitch[],
  problems: Problems,
): FileCrossing | null {
  const at = fields.get(name)
  if (!allow.includes(needed)) {
    if (at !== null)
      problems.report(
        at,
        `\`${name}\` in a rule that does not allow \`${needed}\`: leave it out, or allow \`${needed}\``,
      )
    return 'release'
  }
  if (at !== null) return readChoice(problems, at, fileCrossings)
  const choices = list(fileCrossings, 'or')
  problems.report(fields.place, `allows \`${needed}\` without \`${name}\`: expected how content crosses, ${choices}`)
  return null
}

/** What a grant or a machine account may do with files: `allow` and `paths`. */
export function readFileTerms(place: Place, problems: Problems): FileTerms | null {
  const fields = readMap(problems, place, fileTermsShape)
  if (fields === null) return null
  const at = fields.get('allow')
  const allow = at === null ? null : readSwitches(at, problems)
  if (at !== null && allow?.length === 0)
    problems.report(at, `expected at least one of ${list(fileSwitches)}, got none: without files, leave it out`)
  return whole<FileTerms>({ allow, paths: readPaths(fields.get('paths'), problems) })
}

function readSwitches(place: Place, problems: Problems): readonly FileSwitch[] | null {
  const seen = new Set<FileSwitch>()
  return readList<FileSwitch>(problems, place, (item) => {
    const each = readChoice(problems, item, fileSwitches)
    if (each !== null && seen.has(each)) problems.report(item, `duplicate \`${each}\`: expected each once`)
    if (each !== null) seen.add(each)
    return each
  })
}

function readPaths(place: Place | null, problems: Problems): readonly string[] | null {
  const paths = readList(
    problems,
    place,
    (item) => {
      const path = readText(problems, item)
      const fault = path === null ? null : faultOfPattern(path)
      if (fault === null) return path
      problems.report(item, fault)
      return null
    },
    { atLeast: 1 },
  )
  if (paths === null || place === null || paths.length <= mostPaths) return paths
  problems.report(place, `expected at most ${mostPaths} paths, got ${paths.length}`)
  return null
}
