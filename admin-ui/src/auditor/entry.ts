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

/** The path of a value, and the word for it. What says most comes first. */
const telling: readonly (readonly [path: string, word: string])[] = [
  ['outcome', 'outcome'],
  ['verdict', 'verdict'],
  ['step', 'step'],
  ['target.id', 'target'],
  ['title', 'title'],
  ['reason', 'reason'],
  ['because', 'because'],
  ['status', 'status'],
  ['action', 'action'],
  ['asset', 'asset'],
  ['rules', 'rules'],
  ['person', 'person'],
  ['to', 'to'],
  ['supplier', 'supplier'],
  ['zone', 'zone'],
  ['label', 'label'],
  ['session', 'session'],
  ['request', 'request'],
  ['grant', 'grant'],
  ['credential', 'credential'],
  ['version', 'version'],
  ['scopeVersion', 'scope version'],
  ['by', 'by'],
]

export type Meaning = Readonly<Record<string, string>>

/** The few values that tell entries of one type apart, for a list; a name in place of an id where it is still kept. */
export function gistOf(data: Readonly<Record<string, unknown>>, meaning: Meaning): string {
  const lines = linesOf(data)
  return telling
    .flatMap(([path, word]) =>
      lines
        .filter(({ name, value }) => name === path && value !== 'none')
        .map(({ value }) => ({ word, value: meaning[value] ?? value })),
    )
    .filter(({ value }) => !isCommitment(value))
    .slice(0, 3)
    .map(({ word, value }) => `${word} ${value}`)
    .join(' · ')
}

const namesAnInstant = /(?:^|\.)(?:at|from|until)$|(?:At|From|Until)$/

/** What a line's milliseconds since the epoch are as a time (UTC); undefined where it holds none. */
export function timeOf({ name, value }: EntryLine): string | undefined {
  if (!namesAnInstant.test(name) || !/^\d{12,13}$/.test(value)) return undefined
  return new Date(Number(value)).toISOString().replace('T', ' ').replace('Z', ' UTC')
}

/** A value that stands for personal data kept elsewhere. */
export const isCommitment = (value: string): boolean => /^sha256:[0-9a-f]{64}$/.test(value)
