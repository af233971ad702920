// Files of feeds of people: CSV and JSON that say what they hold, and what is wrong with those that do not.

import { describe, expect, it } from 'vitest'
import { parseFeed } from '../../policy/people-feed-file.ts'

const head = 'id,login,name,email,status,plants,department,job'
const anna = '1,anna,Anna,anna@plant.example,active,north|south,Maintenance,Technician'
const end = (count: number): string => `#end,${count},2026-11-21T04:00:00Z`
const csv = (...lines: readonly string[]): string => `${[head, ...lines].join('\n')}\n`
const refusal = (text: string): readonly unknown[] => {
  const parsed = parseFeed(text)
  return parsed.kind === 'refused' ? [parsed.code, parsed.reasons.join('; ')] : ['taken']
}

describe('a feed of people as CSV', () => {
  it('is read with its plants and attributes, in the state it tells of', () => {
    const parsed = parseFeed(csv(anna, end(1)))
    expect(parsed).toMatchObject({
      kind: 'ok',
      file: {
        asOf: Date.parse('2026-11-21T04:00:00Z'),
        problems: [],
        rows: [{ line: 2, id: '1', login: 'anna', plants: ['north', 'south'], hasLeft: false }],
      },
    })
    if (parsed.kind !== 'ok') throw new Error('refused')
    expect([...(parsed.file.rows[0]?.attributes ?? [])]).toEqual([
      ['department', 'Maintenance'],
      ['job', 'Technician'],
    ])
  })

  it('may be written with semicolons, quotes and a byte order mark', () => {
    const text = `\uFEFF${head.replaceAll(',', ';')}\n1;anna;"Berg; Anna";;;"north, south";;\n#end;1;2026-11-21T04:00:00Z\n`
    const parsed = parseFeed(text)
    if (parsed.kind !== 'ok') throw new Error(parsed.reasons.join())
    expect(parsed.file.rows).toMatchObject([{ name: 'Berg; Anna', plants: ['north', 'south'] }])
  })

  it.each([
    ['without its last row', csv(anna), 'truncated', 'no last row'],
    ['with a row less than it says', csv(anna, end(2)), 'truncated', 'expected 2 people'],
    ['with nobody', csv(end(0)), 'empty', 'nobody'],
    ['of nothing', ' \n', 'empty', 'empty'],
    ['without a login column', `id,name\n1,Anna\n${end(1)}`, 'malformed', 'the column `login` is missing'],
    ['with a column twice', `${head},job\n`, 'malformed', '`job` is there twice'],
    ['with a cell too few', csv('1,anna', end(1)), 'malformed', 'expected 8 cells, got 2'],
    ['with an id twice', csv(anna, anna, end(2)), 'malformed', 'id `1` stands in line 2 too'],
    ['with no id', csv(anna.replace('1', ''), end(1)), 'malformed', 'the id is missing'],
    ['with a quote left open', csv('1,"anna', end(1)), 'malformed', 'not CSV'],
    ['in another encoding', csv(anna.replace('Anna', 'J\uFFFDrg'), end(1)), 'malformed', 'not UTF-8'],
    ['with an id nobody can tell from another', csv(anna.replace('1', '1\u200B'), end(1)), 'malformed', 'nobody sees'],
    ['with an id without end', csv(anna.replace('1', '1'.repeat(201)), end(1)), 'malformed', 'at most 200'],
    [
      'with columns without end',
      `${head},${Array.from({ length: 200_000 }, (_, at) => `c${at}`).join()}\n`,
      'malformed',
      'at most 100 columns',
    ],
    ['with no instant', csv(anna, '#end,1,yesterday'), 'malformed', 'as an instant'],
  ])('is refused %s', (_what, text, code, reason) => {
    expect(refusal(text)).toEqual([code, expect.stringContaining(reason)])
  })

  it('says a name or login with what nobody sees, and reads letters alike however they are written', () => {
    const rows = [anna.replace('Anna', 'An\u202Ena'), anna.replace('1', '2').replace('anna', 'be\u00ADrt')]
    const parsed = parseFeed(csv(...rows, anna.replace('1', '3').replace('Maintenance', 'Pru\u0308fung'), end(3)))
    if (parsed.kind !== 'ok') throw new Error(parsed.reasons.join())
    expect(parsed.file.problems.map(({ id, text }) => `${id} ${text}`)).toEqual([
      '1 login or name has a character that nobody sees',
      '2 login or name has a character that nobody sees',
    ])
    expect(parsed.file.rows[0]?.attributes.get('department')).toBe('Pr\u00FCfung')
  })

  it('is taken without a last row where the caller says what it holds', () => {
    const asOf = Date.parse('2026-11-20T00:00:00Z')
    expect(parseFeed(csv(anna), { asOf, count: 1 })).toMatchObject({ kind: 'ok', file: { asOf } })
    expect(parseFeed(csv(anna), { asOf, count: 3 })).toMatchObject({ kind: 'refused', code: 'truncated' })
  })

  it('says every row that is wrong, and takes the others', () => {
    const long = 'x'.repeat(501)
    const parsed = parseFeed(csv(anna, '2,,Bo,,,,,', '3,cy,Cy,,gone,,,', `4,di,${long},,,,,`, end(4)))
    if (parsed.kind !== 'ok') throw new Error(parsed.reasons.join())
    expect(parsed.file.rows.map(({ id }) => id)).toEqual(['1'])
    expect(parsed.file.problems.map(({ line, id, text }) => `${line} ${id}: ${text}`)).toEqual([
      '3 2: the login is missing',
      '4 3: status `gone`: expected active or left',
      '5 4: column `name`: expected at most 500 characters',
    ])
  })
})

describe('a feed of people as JSON', () => {
  const json = (change: object): string =>
    JSON.stringify({
      format: 'sallyport-people-feed/v1',
      asOf: '2026-11-21T04:00:00Z',
      count: 1,
      people: [{ id: '1', login: 'anna', name: 'Anna', plants: ['north'], attributes: { department: 'Maintenance' } }],
      ...change,
    })

  it('is read as the CSV is', () => {
    const parsed = parseFeed(json({}))
    if (parsed.kind !== 'ok') throw new Error(parsed.reasons.join())
    expect(parsed.file.rows).toMatchObject([{ id: '1', login: 'anna', plants: ['north'] }])
    expect(parsed.file.rows[0]?.attributes.get('department')).toBe('Maintenance')
  })

  it.each([
    ['of another format', json({ format: 'x' }), 'malformed', '`format`'],
    ['with another count', json({ count: 2 }), 'truncated', 'expected 2 people'],
    ['without a count', json({ count: '1' }), 'malformed', '`count`'],
    ['cut off', json({}).slice(0, -4), 'malformed', 'not JSON'],
    ['with a number for a name', json({ people: [{ id: 1 }] }), 'malformed', '`id`: expected a text'],
    ['with plants that are no list', json({ people: [{ id: '1', plants: 'north' }] }), 'malformed', '`plants`'],
  ])('is refused %s', (_what, text, code, reason) => {
    expect(refusal(text)).toEqual([code, expect.stringContaining(reason)])
  })
})
