// The parts of access.yaml about what people are: `separation`, `roleMapping` and `peopleFeeds`.

import { parseSupplierId, quote } from '../ids.ts'
import {
  roles,
  type Calendars,
  type PeopleFeed,
  type Role,
  type RoleMapping,
  type SeparationRule,
  type Supplier,
} from '../model.ts'
import type { Place } from './document.ts'
import {
  readChoice,
  readId,
  readInteger,
  readList,
  readMap,
  readOptional,
  readText,
  shape,
  whatIs,
  whole,
} from './fields.ts'
import { suggestion, type Problems } from './problem.ts'
import type { Reading } from './reading.ts'
import { readDay } from './times.ts'

export const separationShape = shape(['id', 'text', 'from'], ['roles', 'duties'])
export const roleMappingShape = shape(['id', 'text', 'when', 'roles'])
export const peopleFeedShape = shape(['id', 'text', 'owner'], ['mostLeaversPercent', 'supplier'])

/** A feed that closes more of its accounts at once is taken for a mistake. */
export const usualLeaversPercent = 10

/** What a row of a feed says of the account itself: no attribute a mapping could go by. */
const ownColumns: ReadonlySet<string> = new Set(['id', 'login', 'name', 'email', 'status'])
/** Roles that no mapping gives. */
export const handGiven: ReadonlySet<Role> = new Set(['admin', 'isms-manager'])
export const attributeName = /^[a-z][a-z0-9-]{0,39}$/

export function parseSeparation(place: Place, reading: Reading): readonly SeparationRule[] | null {
  const { problems } = reading
  return readNamed(problems, place, 'rule', separationShape, (fields, id, item) => {
    const named = {
      roles: readOptional(fields.get('roles'), [], (at) => readRoles(at, problems)),
      duties: readOptional(fields.get('duties'), [], (at) =>
        readList(problems, at, (duty) => readText(problems, duty, 60), { atLeast: 1 }),
      ),
    }
    if (new Set(named.roles).size + new Set(named.duties).size < 2)
      problems.report(item, 'expected at least two different `roles` or `duties` that nobody holds together')
    const rule = whole<SeparationRule>({
      id,
      text: readText(problems, fields.get('text')),
      ...named,
      from: readDay(problems, fields.get('from')),
    })
    return rule === null ? null : reading.keep(rule, item)
  })
}

export function parseRoleMapping(place: Place, problems: Problems): readonly RoleMapping[] | null {
  return readNamed(problems, place, 'mapping', roleMappingShape, (fields, id) =>
    whole<RoleMapping>({
      id,
      text: readText(problems, fields.get('text')),
      when: readWhen(fields.get('when'), problems),
      roles: readMappedRoles(fields.get('roles'), problems),
    }),
  )
}

/** Whoever runs the gateway or brings its rules into force is made so by a hand: else who feeds it would rule it. */
function readMappedRoles(place: Place | null, problems: Problems): readonly Role[] | null {
  return readList<Role>(
    problems,
    place,
    (item) => {
      const role = readChoice(problems, item, roles)
      if (role !== null && handGiven.has(role))
        problems.report(item, `role ${quote(role)} comes from no feed: give it by hand with \`sallyport people roles\``)
      return role
    },
    { atLeast: 1 },
  )
}

export function parsePeopleFeeds(place: Place, reading: Reading): readonly PeopleFeed[] | null {
  const { problems } = reading
  return readNamed(problems, place, 'feed', peopleFeedShape, (fields, id, item) => {
    if (id !== null && !attributeName.test(id))
      problems.report(fields.at('id'), `feed ${quote(id)}: expected lower-case letters, digits and \`-\`, at most 40`)
    const supplier = readOptional(fields.get('supplier'), null, (at) => readId(problems, at, parseSupplierId))
    const feed = whole<PeopleFeed>({
      id,
      text: readText(problems, fields.get('text')),
      owner: readText(problems, fields.get('owner')),
      mostLeaversPercent: readOptional(fields.get('mostLeaversPercent'), usualLeaversPercent, (at) =>
        readInteger(problems, at, 1, 100),
      ),
    })
    return feed === null ? null : reading.keep(supplier === null ? feed : { ...feed, supplier }, item)
  })
}

/** A rule about a duty that no roster knows keeps nobody apart. */
export function checkSeparation(
  rules: readonly SeparationRule[],
  { rosters }: Calendars,
  {
    problems,
    at,
  }: Pick<Reading, 'problems'> & { readonly at: (rule: SeparationRule) => Parameters<Problems['report']>[0] },
): void {
  const known = new Set(rosters.map(({ duty }) => duty))
  for (const rule of rules)
    for (const duty of rule.duties)
      if (!known.has(duty)) {
        const hint = suggestion(duty, known) || ': declare it in calendars.yaml, or name a duty of a roster'
        problems.report(at(rule), `rule \`${rule.id}\`: unknown duty ${quote(duty)}${hint}`)
      }
}

/** A feed of a supplier that nobody knows would bring people no contract covers. */
export function checkPeopleFeeds(
  feeds: readonly PeopleFeed[],
  suppliers: readonly Pick<Supplier, 'id'>[],
  reading: Reading,
): void {
  const known = new Set(suppliers.map(({ id }) => id))
  for (const feed of feeds)
    if (feed.supplier !== undefined && !known.has(feed.supplier)) {
      const hint = suggestion(feed.supplier, known) || ': declare it in suppliers.yaml'
      reading.problems.report(
        reading.at(feed, 'supplier'),
        `feed \`${feed.id}\`: unknown supplier ${quote(feed.supplier)}${hint}`,
      )
    }
}

/** A list of things with an id, each id once. */
function readNamed<T, Required extends string, Optional extends string>(
  problems: Problems,
  place: Place,
  what: string,
  keys: ReturnType<typeof shape<Required | 'id', Optional>>,
  read: (
    fields: NonNullable<ReturnType<typeof readMap<Required | 'id', Optional>>>,
    id: string | null,
    item: Place,
  ) => T | null,
): readonly T[] | null {
  const seen = new Set<string>()
  return readList(problems, place, (item) => {
    const fields = readMap(problems, item, keys)
    if (fields === null) return null
    const id = readText(problems, fields.get('id'), 60)
    if (id !== null && seen.has(id))
      problems.report(fields.at('id'), `duplicate ${what} ${quote(id)}: give it another id`)
    if (id !== null) seen.add(id)
    return read(fields, id, item)
  })
}

function readRoles(place: Place | null, problems: Problems): readonly Role[] | null {
  return readList<Role>(problems, place, (item) => readChoice(problems, item, roles), { atLeast: 1 })
}

function readWhen(place: Place | null, problems: Problems): RoleMapping['when'] | null {
  if (place === null || place.value.kind === 'broken') return null
  if (place.value.kind !== 'map' || place.value.entries.size === 0) {
    problems.report(
      place,
      `expected attributes with their values, as \`department: [Maintenance]\`, got ${whatIs(place)}`,
    )
    return null
  }
  const when: RoleMapping['when'][number][] = []
  let isWhole = true
  for (const [name, at] of place.value.entries) {
    if (!attributeName.test(name) || ownColumns.has(name))
      problems.report(
        at,
        `attribute ${quote(name)}: expected the name of a column of the feed, as \`department\` or \`job\``,
      )
    const values = readList(problems, at, (value) => readText(problems, value, 200), { atLeast: 1 })
    if (values === null) isWhole = false
    else when.push({ attribute: name, values })
  }
  return isWhole ? when : null
}
