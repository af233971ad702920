// calendars.yaml: when lines stand still, holidays, and who is on duty when. The file may be missing, and so may its
// parts: then nothing is declared. Days and times are the plant's own; what they mean at an instant is reckoned elsewhere.

import { parseLogin, parsePlantId, type Login, type PlantId } from '../ids.ts'
import type { Calendars, MaintenanceWindow, Roster, Shift } from '../model.ts'
import type { Place } from './document.ts'
import { readBoolean, readId, readList, readMap, readOptional, readText, shape, whole } from './fields.ts'
import type { Problems } from './problem.ts'
import type { Reading } from './reading.ts'
import { readDateTime, readDay, readDays, readRecurrence, readTime } from './times.ts'

export const calendarsShape = shape([], ['maintenance', 'holidays', 'rosters'])
export const maintenanceShape = shape(['id', 'plant', 'lines'], ['weekly', 'once', 'notOnHolidays'])
export const onceShape = shape(['from', 'until'])
export const holidaysShape = shape(['plant', 'days'])
export const holidayShape = shape(['day', 'name'])
export const rosterShape = shape(['id', 'plant', 'duty', 'shifts', 'escalateTo'])
export const shiftShape = shape(['days', 'from', 'until', 'people'])

export const noCalendars: Calendars = { maintenance: [], holidays: [], rosters: [] }

export function parseCalendars(document: Place, reading: Reading): Calendars | null {
  const { problems } = reading
  const fields = readMap(problems, document, calendarsShape)
  if (fields === null) return null
  const all = <T>(name: 'maintenance' | 'holidays' | 'rosters', read: (place: Place, reading: Reading) => T | null) =>
    readOptional(fields.get(name), [], (at) => readList(problems, at, (item) => read(item, reading)))
  return {
    maintenance: all('maintenance', parseMaintenance),
    holidays: all('holidays', parseHolidays).flat(),
    rosters: all('rosters', parseRoster),
  }
}

function readPlant(place: Place | null, { problems, references }: Reading): PlantId | null {
  const plant = readId(problems, place, parsePlantId)
  if (plant !== null && place !== null) references.refer('plant', plant, place)
  return plant
}

function parseMaintenance(place: Place, reading: Reading): MaintenanceWindow | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, maintenanceShape)
  if (fields === null) return null
  const id = readText(problems, fields.get('id'), 60)
  if (id !== null) references.declare('maintenance window', id, fields.at('id'))
  const weekly = fields.get('weekly')
  const once = fields.get('once')
  if ((weekly === null) === (once === null)) {
    const got = weekly === null ? 'neither' : 'both'
    problems.report(
      place,
      `expected \`weekly\` or \`once\`, got ${got}: say when the lines stand still in one of the two ways`,
    )
  }
  const maintenance = whole<MaintenanceWindow>({
    id,
    plant: readPlant(fields.get('plant'), reading),
    lines: readList(problems, fields.get('lines'), (item) => readText(problems, item, 60), { atLeast: 1 }),
    when: once === null ? readWeekly(weekly, problems) : readOnce(once, problems),
    notOnHolidays: readOptional(fields.get('notOnHolidays'), false, (at) => readBoolean(problems, at)),
  })
  return maintenance && reading.keep(maintenance, place)
}

function readWeekly(place: Place | null, problems: Problems): MaintenanceWindow['when'] | null {
  const recurrence = readRecurrence(problems, place)
  return recurrence && { kind: 'weekly', recurrence }
}

function readOnce(place: Place, problems: Problems): MaintenanceWindow['when'] | null {
  const fields = readMap(problems, place, onceShape)
  if (fields === null) return null
  const from = readDateTime(problems, fields.get('from'))
  const until = readDateTime(problems, fields.get('until'))
  if (from === null || until === null) return null
  // Both have one form, in which the later text is the later time.
  if (from < until) return { kind: 'once', from, until }
  problems.report(fields.at('until'), `expected a time after \`${from}\`, got \`${until}\``)
  return null
}

function parseHolidays(place: Place, reading: Reading): Calendars['holidays'] | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, holidaysShape)
  if (fields === null) return null
  const plant = readPlant(fields.get('plant'), reading)
  const days = readList(problems, fields.get('days'), (item) => {
    const inner = readMap(problems, item, holidayShape)
    if (inner === null) return null
    const day = readDay(problems, inner.get('day'))
    if (day !== null && plant !== null) references.declare('holiday', `${day} of ${plant}`, inner.at('day'))
    const name = readText(problems, inner.get('name'))
    return day === null || name === null ? null : { day, name }
  })
  return plant && days && days.map((each) => ({ plant, ...each }))
}

function parseRoster(place: Place, reading: Reading): Roster | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, rosterShape)
  if (fields === null) return null
  const id = readText(problems, fields.get('id'), 60)
  if (id !== null) references.declare('roster', id, fields.at('id'))
  const roster = whole<Roster>({
    id,
    plant: readPlant(fields.get('plant'), reading),
    duty: readText(problems, fields.get('duty'), 60),
    shifts: readList(problems, fields.get('shifts'), (item) => parseShift(item, reading), { atLeast: 1 }),
    // Somebody has to hear of a request that waits for nobody.
    escalateTo: readLogins(fields.get('escalateTo'), problems),
  })
  return roster && reading.keep(roster, place)
}

function parseShift(place: Place, reading: Reading): Shift | null {
  const { problems } = reading
  const fields = readMap(problems, place, shiftShape)
  if (fields === null) return null
  const recurrence = whole<Shift['recurrence']>({
    days: readDays(problems, fields.get('days')),
    from: readTime(problems, fields.get('from')),
    until: readTime(problems, fields.get('until')),
  })
  const people = readLogins(fields.get('people'), problems)
  return recurrence && people && reading.keep({ recurrence, people }, place)
}

function readLogins(place: Place | null, problems: Problems): readonly Login[] | null {
  const seen = new Set<Login>()
  return readList(
    problems,
    place,
    (item) => {
      const login = readId(problems, item, parseLogin)
      if (login !== null && seen.has(login)) problems.report(item, `login \`${login}\` is listed twice: leave one out`)
      if (login !== null) seen.add(login)
      return login
    },
    { atLeast: 1 },
  )
}
