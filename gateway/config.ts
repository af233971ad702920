// Reads the configuration: a file, the environment over it, defaults under it. Its form is checked here, the files it
// names in material.ts, all before a port opens; what trust depends on is never guessed. What fields there are is
// config-fields.ts's, how a wrong value is put into words config-words.ts's.

import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { TObject, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { parse as parseYaml, YAMLParseError } from 'yaml'
import { quote, suggestion } from '../policy/index.ts'
import { parseClamdAddress } from './clamd-address.ts'
import { ConfigSchema, fieldsOf, optionalFields, variableOf, type Config, type Field } from './config-fields.ts'
import { faultsIn, isRecord, meaningOf, noSuchField } from './config-words.ts'
import { parseAddress } from './mail-address.ts'
import { outboundFault } from './outbound.ts'
import { systemCode } from './start-problem.ts'
import { webhookTypes } from './told-events.ts'

export { configReference, variableOf, type Config } from './config-fields.ts'

export type LoadedConfig =
  | { readonly kind: 'ok'; readonly config: Config }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }

/** Keys that are no field, in the mappings that fields stand in; those inside of a field are found with its value. */
function unknownFields(schema: TObject, value: unknown, path: readonly string[] = []): string[] {
  // A section whose fields are all commented out.
  if (value === null || value === undefined) return []
  if (!isRecord(value))
    return [`${path.join('.')}: expected a mapping of fields, got ${Array.isArray(value) ? 'a list' : quote(value)}`]
  return Object.entries(value).flatMap(([key, child]) => {
    const known = schema.properties[key]
    const here = [...path, key]
    if (known === undefined) return [noSuchField(here.join('.'), key, schema.properties)]
    return 'properties' in known ? unknownFields(known as TObject, child, here) : []
  })
}

function get(root: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[part] : undefined),
    root,
  )
}

function set(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = root
  for (const part of path.slice(0, -1)) {
    const next = at[part]
    at = (typeof next === 'object' && next !== null ? next : (at[part] = {})) as Record<string, unknown>
  }
  at[path.at(-1) ?? ''] = value
}

function fromText(text: string, schema: Field['schema']): unknown {
  const { type } = schema as { type?: string }
  if (type === 'integer') return /^-?[0-9]+$/.test(text) ? Number(text) : text
  if (type === 'array')
    return text.trimStart().startsWith('[') ? fromJson(text) : text.split(',').map((part) => part.trim())
  return text
}

/** A list of mappings in a variable is JSON; what is none is left as it is, and found wrong with the field's own words. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}

/**
 * Parses a configuration document with environment variables laid over it and defaults under it.
 * @param base folder that relative paths are taken from.
 */
export function parseConfig(
  document: unknown,
  env: Readonly<Record<string, string | undefined>>,
  base: string,
): LoadedConfig {
  if (document !== null && document !== undefined && (typeof document !== 'object' || Array.isArray(document)))
    return { kind: 'invalid', problems: ['expected a mapping of fields at the top of the configuration'] }
  const root = structuredClone(document ?? {}) as Record<string, unknown>
  const fields = fieldsOf(ConfigSchema)
  // Before defaults are put under it: they would take the place of a section that is no mapping.
  const problems = unknownFields(ConfigSchema, document)
  for (const { path, schema } of fields) {
    const text = env[variableOf(path)]
    if (text !== undefined) set(root, path, fromText(text, schema))
    else if (get(root, path) === undefined && schema.default !== undefined) set(root, path, schema.default)
    // The entries of a list have defaults of their own.
    const value = get(root, path)
    if (Array.isArray(value)) set(root, path, Value.Default(schema, structuredClone(value)))
  }
  for (const { path, schema } of fields) {
    const value = get(root, path)
    const name = path.join('.')
    const about = meaningOf(schema)
    if (value === undefined) {
      if (!optionalFields.has(name)) problems.push(`${name}: is missing${about}`)
      continue
    }
    if (holdsKey(value)) {
      problems.push(`${name}: holds a private key, which belongs in a file of its own${about}`)
      continue
    }
    problems.push(...faultsIn(schema, value, name))
  }
  const known = new Set(fields.map(({ path }) => variableOf(path)))
  const own = [
    'SALLYPORT_CONFIG',
    'SALLYPORT_URL',
    'SALLYPORT_CA',
    'SALLYPORT_PASSWORD',
    'SALLYPORT_CODE',
    'SALLYPORT_USER',
  ]
  for (const name of Object.keys(env))
    if (name.startsWith('SALLYPORT_') && !known.has(name) && !own.includes(name))
      problems.push(
        `environment variable ${name}: sets no field${suggestion(name, known) || ': see `sallyport config reference`'}`,
      )
  if (problems.length > 0) return { kind: 'invalid', problems: [...new Set(problems)] }
  for (const { path, schema } of fields) {
    const value = get(root, path)
    if (schema.format === 'path' && typeof value === 'string') set(root, path, resolve(base, value))
    if (Array.isArray(value)) set(root, path, resolveItems(schema, value, base))
  }
  const config = root as unknown as Config
  const clashes = [
    ...clashProblems(config),
    ...storageProblems(config),
    ...outgoingProblems(config),
    ...airlockProblems(config),
  ]
  return clashes.length > 0 ? { kind: 'invalid', problems: clashes } : { kind: 'ok', config }
}

/** Two listeners cannot share an address. */
function clashProblems({ ssh, https }: Config): string[] {
  const every = ['0.0.0.0', '::']
  const meet = ssh.host === https.host || every.includes(ssh.host) || every.includes(https.host)
  if (!meet || ssh.port !== https.port || ssh.port === 0) return []
  return [`https.port: ${https.port} is ssh.port too: give each a port of its own`]
}

/** It is warned before it is refused. */
function storageProblems({ evidence: { storage } }: Config): string[] {
  if (storage.warnPercent > storage.refusePercent) return []
  const { warnPercent, refusePercent } = storage
  return warnPercent === 0 && refusePercent === 0
    ? []
    : [`evidence.storage.warnPercent: ${warnPercent} is not above evidence.storage.refusePercent, ${refusePercent}`]
}

function airlockProblems({ airlock: { clamd } }: Config): string[] {
  if (clamd === undefined || parseClamdAddress(clamd) !== null) return []
  return [`airlock.clamd: expected the path of a socket, \`host:port\` or \`[address]:port\`, got ${quote(clamd)}`]
}

/** The entries of a list with the paths in them made whole. */
function resolveItems(schema: TSchema, entries: readonly unknown[], base: string): unknown[] {
  const { items } = schema as {
    items?: TSchema & { format?: string; properties?: Record<string, { format?: string }> }
  }
  if (items?.format === 'path') return entries.map((entry) => resolve(base, String(entry)))
  const paths = Object.entries(items?.properties ?? {}).filter(([, { format }]) => format === 'path')
  return entries.map((entry) => {
    const whole = { ...(entry as Record<string, unknown>) }
    for (const [name] of paths) if (typeof whole[name] === 'string') whole[name] = resolve(base, whole[name])
    return paths.length === 0 ? entry : whole
  })
}

/** What belongs together for messages that leave the gateway, and where they may go. */
function outgoingProblems({ notify: { smtp, webhooks }, tickets }: Config): string[] {
  const problems: string[] = []
  if (smtp.host !== undefined && smtp.from === undefined)
    problems.push('notify.smtp.from: is missing: the relay needs an address that messages come from')
  if (smtp.from !== undefined) {
    const from = parseAddress(smtp.from)
    if (from.kind === 'malformed') problems.push(`notify.smtp.from: ${from.reason}`)
  }
  if ((smtp.user === undefined) !== (smtp.passwordFile === undefined))
    problems.push('notify.smtp.user: goes with notify.smtp.passwordFile: give both or none')
  if (smtp.user !== undefined && smtp.security === 'none')
    problems.push('notify.smtp.security: `none` would show the password to the network: use `starttls` or `tls`')
  const names = webhooks.map(({ name }) => name)
  for (const [at, { name, url, events }] of webhooks.entries()) {
    const here = `notify.webhooks[${at}]`
    if (names.indexOf(name) !== at) problems.push(`${here}.name: \`${name}\` is there twice`)
    const fault = outboundFault(url)
    if (fault !== null) problems.push(`${here}.url: ${fault}`)
    for (const type of events)
      if (!webhookTypes.includes(type))
        problems.push(`${here}.events: \`${type}\` is told to nobody: see docs/notifications.md`)
  }
  const fault = tickets.url === undefined ? null : outboundFault(tickets.url)
  if (fault !== null) problems.push(`tickets.url: ${fault}`)
  if (tickets.url !== undefined && URL.canParse(tickets.url) && new URL(tickets.url).search !== '')
    problems.push('tickets.url: expected no `?` in the address: the reference is put behind it')
  return problems
}

/** A key pasted where its file's name belongs. What holds one is never shown. */
const holdsKey = (value: unknown): boolean => /AGE-SECRET-KEY|PRIVATE KEY/i.test(JSON.stringify(value))

/** Reads and parses a configuration file (YAML); null takes everything from the environment. */
export async function loadConfig(
  file: string | null,
  env: Readonly<Record<string, string | undefined>>,
): Promise<LoadedConfig> {
  if (file === null) return parseConfig({}, env, process.cwd())
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const code = systemCode(error)
    const found = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`
    return { kind: 'invalid', problems: [`${file}: ${found}: name a file that the gateway\u2019s user may read`] }
  }
  let document: unknown
  try {
    // Without an excerpt of the text: it may hold what was pasted by mistake.
    document = parseYaml(text, { prettyErrors: false })
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const line = error instanceof YAMLParseError ? ` in line ${text.slice(0, error.pos[0]).split('\n').length}` : ''
    return { kind: 'invalid', problems: [`${file}: not YAML${line}: ${error.message}`] }
  }
  const parsed = parseConfig(document, env, dirname(resolve(file)))
  return parsed.kind === 'ok'
    ? parsed
    : { kind: 'invalid', problems: parsed.problems.map((text) => `${file}: ${text}`) }
}
