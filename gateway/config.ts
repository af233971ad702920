// The configuration is the manual: every field has its meaning, default and unit here, and docs/configuration.md is
// printed from it. Its form is checked here, the files it names in material.ts, all before a port opens; what trust
// depends on is never guessed.

import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Type, type Static, type TObject, type TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { parse as parseYaml, YAMLParseError } from 'yaml'
import { parseAddress } from './mail-address.ts'
import { outboundFault } from './outbound.ts'
import { systemCode } from './start-problem.ts'
import { webhookTypes } from './told-events.ts'

const closed = { additionalProperties: false } as const
const Text = (description: string, value?: string) =>
  Type.String({ description, minLength: 1, ...(value === undefined ? {} : { default: value }) })
const Whole = (description: string, value: number, minimum: number, maximum: number) =>
  Type.Integer({ description, default: value, minimum, maximum })
const Path = (description: string, value?: string) =>
  Type.String({ description, minLength: 1, format: 'path', ...(value === undefined ? {} : { default: value }) })
const Port = (description: string, value: number) => Whole(description, value, 0, 65_535)

const Ssh = Type.Object(
  {
    host: Text('Address the SSH listener binds.', '0.0.0.0'),
    port: Port('TCP port of the SSH listener; 0 takes a free one.', 2222),
    hostKeys: Type.Array(Path('Private host key file, OpenSSH form.'), {
      minItems: 1,
      description: 'Host keys the gateway shows to its users.',
    }),
    banner: Type.String({
      description: 'Shown before login. Say that sessions are recorded; empty shows nothing.',
      default: 'Access through this gateway is by approval only. Sessions are recorded and may be watched.',
    }),
    loginGraceSeconds: Whole('Seconds a connection may take to log in.', 60, 5, 600),
    maxUnauthenticated: Whole('Connections not logged in yet, in all.', 100, 1, 10_000),
    maxUnauthenticatedPerSource: Whole('Connections not logged in yet, from one address.', 10, 1, 10_000),
    maxChannels: Whole('Channels one connection may have open.', 10, 1, 100),
    dialTimeoutSeconds: Whole('Seconds a target may take to answer and log us in.', 15, 1, 120),
    keepaliveSeconds: Whole('Seconds between signs of life to a target.', 15, 1, 600),
  },
  closed,
)

const Https = Type.Object(
  {
    host: Text('Address the HTTPS listener binds.', '0.0.0.0'),
    port: Port('TCP port of the HTTPS listener; 0 takes a free one.', 8443),
    certificate: Path('TLS certificate chain, PEM.'),
    key: Path('TLS private key, PEM.'),
    requestsPerMinute: Whole(
      'Requests one address may make in a minute; people behind one address translator share it.',
      3000,
      10,
      100_000,
    ),
    loginsPerMinute: Whole('Logins one address may try in a minute.', 20, 1, 10_000),
    accessMinutes: Whole('Minutes a web login lasts before it is renewed by itself.', 5, 1, 60),
    refreshHours: Whole('Hours after which a person logs in again.', 12, 1, 168),
  },
  closed,
)

const Evidence = Type.Object(
  {
    origin: Type.String({
      description:
        'Name of the ledger (C2SP checkpoint origin), without a scheme. Never changes once entries are signed.',
      pattern: '^[a-z0-9][a-z0-9./-]{2,120}$',
    }),
    key: Path('Evidence-signing key: Ed25519 private key, PKCS#8 PEM.'),
    recipients: Type.Array(Type.String({ pattern: '^age1[0-9a-z]{10,}$' }), {
      minItems: 1,
      description: 'age recipients every recording key is wrapped to: the replay service and the offline escrow.',
    }),
    replayIdentity: Path(
      'age identity file the gateway replays recordings with; its recipient must be in `recipients`.',
    ),
    checkpointSeconds: Whole('Seconds between signed checkpoints while entries come in.', 300, 1, 300),
    publish: Type.Optional(Path("File the newest checkpoint is copied to, best on another machine's mount.")),
  },
  closed,
)

const Login = Type.Object(
  {
    lockoutAfter: Whole('Wrong tries in a row that lock a person out.', 5, 2, 10),
    lockoutMinutes: Whole('Minutes a lockout lasts.', 5, 1, 1440),
    passwordCost: Type.Union([Type.Literal('full'), Type.Literal('light')], {
      default: 'full',
      description: 'argon2id cost: `full` is 64 MiB and three passes; `light` is for tests and the demo.',
    }),
    passwordParallel: Whole('Password hashes computed at the same time.', 2, 1, 64),
    passwordQueue: Whole('Password checks that may wait; one more is refused.', 64, 1, 10_000),
  },
  closed,
)

/** A name that stands in lists and logs. */
const nameForm = '^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$'

const Webhook = Type.Object(
  {
    name: Type.String({ description: 'Name in lists and logs.', pattern: nameForm }),
    url: Text('Receiver: https, or http on this machine.'),
    secretFile: Path('File of the signing secret: `whsec_` and base64; two lines while one replaces the other.'),
    events: Type.Array(Text('Type of an event.'), { default: [] }),
  },
  closed,
)

const Smtp = Type.Object(
  {
    host: Type.Optional(Text('Mail relay; without one, no mail is sent.')),
    port: Whole('TCP port of the relay.', 587, 1, 65_535),
    security: Type.Union([Type.Literal('starttls'), Type.Literal('tls'), Type.Literal('none')], {
      default: 'starttls',
      description:
        'How the relay is spoken to: `starttls` (refused where it is not offered), `tls` from the first byte, or `none`.',
    }),
    user: Type.Optional(Text('Login at the relay, with `passwordFile`.')),
    passwordFile: Type.Optional(Path('File whose first line is the password at the relay.')),
    from: Type.Optional(Text('Address messages come from, as `sallyport@plant.example`.')),
  },
  closed,
)

const Notify = Type.Object(
  {
    smtp: Smtp,
    webhooks: Type.Array(Webhook, {
      default: [],
      description:
        'Receivers of events, each with `name`, `url`, `secretFile` and `events` (types; left out, all): see [notifications](notifications.md).',
    }),
    retryDays: Whole('Days a message that is not taken is tried again.', 3, 1, 30),
    keepDays: Whole('Days a message that was sent or given up stays in the list.', 30, 1, 365),
    linkHours: Whole('Hours an approval link is good for.', 24, 1, 168),
  },
  closed,
)

const Tickets = Type.Object(
  {
    url: Type.Optional(
      Text(
        'Change system asked about tickets, as `https://change.example/api`: see [tickets](tickets.md). None: not asked.',
      ),
    ),
    tokenFile: Type.Optional(Path('File whose first line is the bearer token shown to it.')),
    timeoutSeconds: Whole('Seconds it may take to answer.', 5, 1, 60),
  },
  closed,
)

export const ConfigSchema = Type.Object(
  {
    publicHost: Text('Host name people reach the gateway by; shown in the ssh command.', 'localhost'),
    dataFolder: Path('Folder of the store and the recordings.', './data'),
    bundleFolder: Path('Folder of the policy bundle.', './bundle'),
    logLevel: Type.Union(
      ['fatal', 'error', 'warn', 'info', 'debug', 'silent'].map((level) => Type.Literal(level)),
      { default: 'info', description: 'What is logged, to standard error as JSON lines.' },
    ),
    maxSessionsPerPerson: Whole('Sessions one person may have open.', 10, 1, 1000),
    escortWaitMinutes: Whole('Minutes a session waits for somebody of the plant to come along.', 10, 1, 240),
    ssh: Ssh,
    https: Https,
    evidence: Evidence,
    login: Login,
    outboundCa: Type.Optional(
      Path('PEM file of certificates trusted for mail relay, webhooks and change system, besides the usual ones.'),
    ),
    notify: Notify,
    tickets: Tickets,
  },
  closed,
)
export type Config = Static<typeof ConfigSchema>

export type LoadedConfig =
  | { readonly kind: 'ok'; readonly config: Config }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }

interface Field {
  readonly path: readonly string[]
  readonly schema: TSchema & { readonly description?: string; readonly default?: unknown; readonly format?: string }
}

function fieldsOf(schema: TObject, path: readonly string[] = []): Field[] {
  return Object.entries(schema.properties).flatMap(([name, child]): Field[] => {
    const here = [...path, name]
    return 'properties' in child ? fieldsOf(child as TObject, here) : [{ path: here, schema: child }]
  })
}

/** `ssh.maxChannels` is set by `SALLYPORT_SSH_MAX_CHANNELS`. */
export function variableOf(path: readonly string[]): string {
  return `SALLYPORT_${path.map((part) => part.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase()).join('_')}`
}

const optional: ReadonlySet<string> = new Set([
  'evidence.publish',
  'outboundCa',
  'notify.smtp.host',
  'notify.smtp.user',
  'notify.smtp.passwordFile',
  'notify.smtp.from',
  'tickets.url',
  'tickets.tokenFile',
])

/** Keys that are no field: a misspelt limit would otherwise be no limit. */
function unknownFields(schema: TObject, value: unknown, path: readonly string[] = []): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [`${path.join('.')}: expected a mapping of fields`]
  return Object.entries(value).flatMap(([key, child]) => {
    const known = schema.properties[key]
    const here = [...path, key]
    if (known === undefined) return [`${here.join('.')}: no such field: see \`sallyport config reference\``]
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
  for (const { path, schema } of fields) {
    const text = env[variableOf(path)]
    if (text !== undefined) set(root, path, fromText(text, schema))
    else if (get(root, path) === undefined && schema.default !== undefined) set(root, path, schema.default)
    // The entries of a list have defaults of their own.
    const value = get(root, path)
    if (Array.isArray(value)) set(root, path, Value.Default(schema, structuredClone(value)))
  }
  const problems = unknownFields(ConfigSchema, root)
  for (const { path, schema } of fields) {
    const value = get(root, path)
    const name = path.join('.')
    const about = schema.description?.replace(/\.$/, '') ?? ''
    if (value === undefined) {
      if (!optional.has(name)) problems.push(`${name}: is missing: ${about}`)
      continue
    }
    if (holdsKey(value)) {
      problems.push(`${name}: holds a private key, which belongs in a file of its own: ${about}`)
      continue
    }
    for (const error of Value.Errors(schema, value))
      problems.push(`${name}${error.instancePath}: ${error.message}, got \`${JSON.stringify(value)}\`: ${about}`)
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
      problems.push(`environment variable ${name}: sets no field: see \`sallyport config reference\``)
  if (problems.length > 0) return { kind: 'invalid', problems: [...new Set(problems)] }
  for (const { path, schema } of fields) {
    const value = get(root, path)
    if (schema.format === 'path' && typeof value === 'string') set(root, path, resolve(base, value))
    if (Array.isArray(value)) set(root, path, resolveItems(schema, value, base))
  }
  const config = root as unknown as Config
  const clashes = [...clashProblems(config), ...outgoingProblems(config)]
  return clashes.length > 0 ? { kind: 'invalid', problems: clashes } : { kind: 'ok', config }
}

/** Two listeners cannot share an address. */
function clashProblems({ ssh, https }: Config): string[] {
  const every = ['0.0.0.0', '::']
  const meet = ssh.host === https.host || every.includes(ssh.host) || every.includes(https.host)
  if (!meet || ssh.port !== https.port || ssh.port === 0) return []
  return [`https.port: ${https.port} is ssh.port too: give each a port of its own`]
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
    const here = `notify.webhooks/${at}`
    if (names.indexOf(name) !== at) problems.push(`${here}/name: \`${name}\` is there twice`)
    const fault = outboundFault(url)
    if (fault !== null) problems.push(`${here}/url: ${fault}`)
    for (const type of events)
      if (!webhookTypes.includes(type))
        problems.push(`${here}/events: \`${type}\` is told to nobody: see docs/notifications.md`)
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

/** The reference of every field, as Markdown. */
export function configReference(): string {
  const rows = fieldsOf(ConfigSchema).map(({ path, schema }) => {
    const value = schema.default === undefined ? '**required**' : `\`${JSON.stringify(schema.default)}\``
    const needed = optional.has(path.join('.')) ? 'none' : value
    return `| \`${path.join('.')}\` | \`${variableOf(path)}\` | ${needed} | ${schema.description ?? ''} |`
  })
  return ['| field | environment variable | default | meaning |', '| --- | --- | --- | --- |', ...rows, ''].join('\n')
}
