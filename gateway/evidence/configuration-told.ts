// How the configuration is told in the evidence: one text for each field that is set. What is not known to be harmless is
// told by a keyed fingerprint only, so that another value shows and the value does not. Writing it is configuration.ts's.

import { hash } from 'node:crypto'
import type { TSchema } from 'typebox'
import { canonicalBytes } from '../../recorder/index.ts'
import { ConfigSchema, fieldsOf, type Config } from '../config-fields.ts'

/** By field, as `ssh.port` or `notify.webhooks[siem].url`: its value, or `keyed:…` and 32 hex digits in its place. */
export type ToldConfiguration = Readonly<Record<string, string>>

/** What anybody who reads evidence may know. Every other one is withheld: a new field has to be put here. */
const openTexts: ReadonlySet<string> = new Set([
  'publicHost',
  'ssh.host',
  'ssh.banner',
  'ssh.userAuthorities.name',
  'ssh.userAuthorities.suppliers',
  'ssh.userAuthorities.plant',
  'ssh.userAuthorities.secondFactor',
  'https.host',
  'evidence.origin',
  'evidence.recipients',
  'evidence.timestamps.name',
  'recordings.s3.endpoint',
  'recordings.s3.region',
  'recordings.s3.bucket',
  'recordings.s3.prefix',
  'notify.smtp.host',
  'notify.webhooks.name',
  'notify.webhooks.events',
])

/** Files whose contents are told by a plain SHA-256, which an operator can compare with `sha256sum`. */
const publicFiles: ReadonlySet<string> = new Set([
  'https.certificate',
  'ssh.userAuthorities.key',
  'ssh.revokedKeys',
  'evidence.witnessPolicy',
  'evidence.timestamps.ca',
  'outboundCa',
])

/** Paths that the gateway writes to, or that other evidence is about. */
const unread: ReadonlySet<string> = new Set([
  'dataFolder',
  'bundleFolder',
  'evidence.publish',
  'evidence.publishFolder',
])

interface Form {
  readonly type?: string
  readonly format?: string
  readonly items?: TSchema
  readonly anyOf?: readonly TSchema[]
  readonly properties?: Readonly<Record<string, TSchema>>
}

export interface TellingTools {
  /** A fingerprint that only the gateway can compute, so that nobody finds the value by trying. */
  keyed(field: string, value: string | Uint8Array): string
  /** The contents of a file; null where it cannot be read. */
  read(path: string): Promise<Uint8Array | null>
}

/** Every field that is set, and the contents of every file named, each told as openly as it may be. */
export async function tellConfiguration(config: Config, tools: TellingTools): Promise<ToldConfiguration> {
  const told: [string, string][] = []

  /** @param kind the field's path without the entries of lists, which the tables above go by. */
  async function tell(kind: string, at: string, schema: TSchema, value: unknown): Promise<void> {
    if (value === undefined) return
    const form: Form = schema
    if (Array.isArray(value)) {
      const { items } = form
      if (items !== undefined && (items as Form).properties !== undefined) {
        for (const [index, entry] of value.entries()) await tellEntry(kind, at, index, items as Form, entry)
        return
      }
      if (items !== undefined && (items as Form).format === 'path') {
        for (const [index, path] of value.entries()) await tell(kind, `${at}[${index}]`, items, path)
        return
      }
    }
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    const isPath = form.format === 'path'
    const isOpen = isPath || openTexts.has(kind) || form.type === 'integer' || form.anyOf !== undefined
    told.push([at, isOpen ? text : tools.keyed(at, text)])
    if (!isPath || unread.has(kind)) return
    const contents = await tools.read(text)
    told.push([`${at} (contents)`, contentsOf(kind, at, contents)])
  }

  async function tellEntry(kind: string, at: string, index: number, form: Form, entry: unknown): Promise<void> {
    const fields = entry as Readonly<Record<string, unknown>>
    const name = typeof fields['name'] === 'string' ? fields['name'] : String(index)
    for (const [field, schema] of Object.entries(form.properties ?? {}))
      await tell(`${kind}.${field}`, `${at}[${name}].${field}`, schema, fields[field])
  }

  function contentsOf(kind: string, at: string, contents: Uint8Array | null): string {
    if (contents === null) return 'not readable'
    return publicFiles.has(kind) ? `sha256:${hash('sha256', contents)}` : tools.keyed(`${at} (contents)`, contents)
  }

  for (const { path, schema } of fieldsOf(ConfigSchema)) {
    const value = path.reduce<unknown>((from, part) => (from as Record<string, unknown> | undefined)?.[part], config)
    const name = path.join('.')
    await tell(name, name, schema, value)
  }
  return Object.fromEntries(told)
}

/** SHA-256 over the canonical JSON (RFC 8785) of what is told: whoever reads the entry can compute it again. */
export function digestOfTold(told: ToldConfiguration): string {
  return `sha256:${hash('sha256', canonicalBytes(told))}`
}

const isWithheld = (text: string): boolean => text.startsWith('keyed:')
const isContents = (field: string): boolean => field.endsWith(' (contents)')

/** What became another, in words, by field; empty where nothing did. */
export function differencesTold(before: ToldConfiguration, now: ToldConfiguration): readonly string[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(now)])].toSorted()
  return fields.flatMap((field): string[] => {
    const [was, is] = [before[field], now[field]]
    if (was === is) return []
    if (isContents(field)) {
      // A file that is named for the first time, or no more, is told by its path.
      if (was === undefined || is === undefined) return []
      return [`${field.slice(0, -' (contents)'.length)}: the file holds something else than before`]
    }
    const shown = (text: string): string => (isWithheld(text) ? 'a value that is not shown' : `\`${text}\``)
    if (was === undefined) return [`${field}: is set, to ${shown(is ?? '')}`]
    if (is === undefined) return [`${field}: is not set any more, was ${shown(was)}`]
    return [
      isWithheld(is) && isWithheld(was)
        ? `${field}: another value, not shown`
        : `${field}: ${shown(is)}, was ${shown(was)}`,
    ]
  })
}
