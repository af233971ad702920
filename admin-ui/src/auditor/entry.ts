// An evidence entry's data as lines a person can read. Pure; what it means is the ledger's and the register's to say.

export interface EntryLine {
  readonly name: string
  readonly value: string
}

const write = (value: unknown): string =>
  typeof value === 'string' ? value : value === null ? 'none' : JSON.stringify(value)

/** Every value of the entry, one line each, with the path of nested ones: `window.from`. Lists stay in one line. */
export function linesOf(data: Readonly<Record<string, unknown>>, path = ''): readonly EntryLine[] {
  return Object.entries(data).flatMap(([key, value]): readonly EntryLine[] => {
    const name = `${path}${key}`
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return linesOf(value as Readonly<Record<string, unknown>>, `${name}.`)
    }
    if (Array.isArray(value)) return [{ name, value: value.length === 0 ? 'none' : value.map(write).join(', ') }]
    return [{ name, value: write(value) }]
  })
}

const telling = [
  'outcome',
  'reason',
  'status',
  'action',
  'asset',
  'rules',
  'person',
  'session',
  'request',
  'grant',
  'credential',
  'version',
  'scopeVersion',
]

export type Meaning = Readonly<Record<string, string>>

/** The few values that tell entries of one type apart, for a list; a name in place of an id where it is still kept. */
export function gistOf(data: Readonly<Record<string, unknown>>, meaning: Meaning): string {
  const lines = linesOf(data)
  return telling
    .flatMap((name) => lines.filter((line) => line.name === name && line.value !== 'none'))
    .map(({ name, value }) => ({ name, value: meaning[value] ?? value }))
    .filter(({ value }) => !isCommitment(value))
    .slice(0, 3)
    .map((line) => `${line.name} ${line.value}`)
    .join(' · ')
}

/** A value that stands for personal data kept elsewhere. */
export const isCommitment = (value: string): boolean => /^sha256:[0-9a-f]{64}$/.test(value)
