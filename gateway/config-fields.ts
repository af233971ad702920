// The configuration is the manual: every field has its meaning, default and unit here, and docs/configuration.md is
// printed from it. Reading a configuration is config.ts's, saying what is wrong with a value config-words.ts's.

import { Type, type Static, type TObject, type TSchema } from 'typebox'

const closed = { additionalProperties: false } as const
const Text = (description: string, value?: string) =>
  Type.String({ description, minLength: 1, ...(value === undefined ? {} : { default: value }) })
const Whole = (description: string, value: number, minimum: number, maximum: number) =>
  Type.Integer({ description, default: value, minimum, maximum })
const Path = (description: string, value?: string) =>
  Type.String({ description, minLength: 1, format: 'path', ...(value === undefined ? {} : { default: value }) })
const Port = (description: string, value: number) => Whole(description, value, 0, 65_535)

const UserAuthority = Type.Object(
  {
    name: Type.String({
      description: 'Name in evidence and logs.',
      pattern: '^[a-z0-9][a-z0-9-]{0,31}$',
      expected: '1 to 32 of a-z, 0-9 and `-`, the first a letter or digit',
    }),
    key: Path('Public key file of the authority.'),
    suppliers: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description: 'Suppliers whose people it may speak for, by id.',
    }),
    plant: Type.Boolean({ default: false, description: 'May it speak for people of the plant?' }),
    secondFactor: Type.Boolean({
      default: false,
      description: 'Does it see a second factor before it signs?',
    }),
  },
  closed,
)

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
    maxConnections: Whole('Connections in all, logged in or not.', 2000, 1, 100_000),
    maxConnectionsPerSource: Whole(
      'Connections from one address, of IPv6 from one network of 64 bits, logged in or not.',
      200,
      1,
      100_000,
    ),
    proxyFrom: Type.Array(
      Type.String({
        pattern: '^[0-9a-fA-F.:]+/[0-9]{1,3}$',
        expected: 'a network such as `192.0.2.0/28`',
      }),
      {
        default: [],
        description:
          'Networks of balancers that must say, by the PROXY protocol version 2, where a connection comes from. From elsewhere it is never believed.',
      },
    ),
    userAuthorities: Type.Array(UserAuthority, {
      default: [],
      description:
        'Authorities whose OpenSSH user certificates are believed, each with `name`, `key` (public key file), `suppliers` and `plant` (whose people it speaks for) and `secondFactor` (true: it has seen one, so the certificate alone is a login): see [certificates](ssh-login.md).',
    }),
    revokedKeys: Type.Optional(
      Path(
        'File of revoked keys and certificates: an OpenSSH key revocation list, or public keys one a line. Read again when it changes; while it cannot be read, nobody logs in with a key.',
      ),
    ),
    maxChannels: Whole('Channels one connection may have open.', 10, 1, 100),
    dialTimeoutSeconds: Whole('Seconds a target may take to answer and log us in.', 15, 1, 120),
    keepaliveSeconds: Whole('Seconds between signs of life to a target.', 15, 1, 600),
    workers: Type.Optional(
      Type.Integer({
        description:
          "How many processes carry SSH sessions; 0: the gateway's own. If not given, one for each core, at most 8.",
        minimum: 0,
        maximum: 64,
      }),
    ),
    workerMemoryMebibytes: Whole('Memory one of them may take before it is replaced, in MiB.', 1024, 256, 65_536),
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
    refreshHours: Whole(
      'Hours after which a person logs in again, however often the page was used meanwhile.',
      12,
      1,
      168,
    ),
  },
  closed,
)

const TimeStamping = Type.Object(
  {
    name: Type.String({
      description: 'Name in exports, lists and logs.',
      pattern: '^[a-z0-9][a-z0-9-]{0,31}$',
      expected: '1 to 32 of a-z, 0-9 and `-`, the first a letter or digit',
    }),
    url: Text('Address of the authority, http or https.'),
    ca: Path('PEM file of the certificates its tokens must lead to.'),
    everyHours: Whole('Hours between timestamps.', 24, 1, 720),
  },
  closed,
)

const Evidence = Type.Object(
  {
    origin: Type.String({
      description:
        'Name of the ledger (C2SP checkpoint origin), without a scheme. Never changes once entries are signed.',
      pattern: '^[a-z0-9][a-z0-9./-]{2,120}$',
      expected: '3 to 121 of a-z, 0-9, `.`, `/` and `-`, the first a letter or digit',
    }),
    key: Path('Evidence-signing key: Ed25519 private key, PKCS#8 PEM.'),
    formerKeys: Type.Array(Type.String({ minLength: 1, format: 'path' }), {
      default: [],
      description:
        'Keys that signed before and sign checkpoints along until they are retired: see [the signing key](ledger-keys.md).',
    }),
    recipients: Type.Array(Type.String({ pattern: '^age1[0-9a-z]{10,}$', expected: 'an age recipient, `age1…`' }), {
      minItems: 1,
      description: 'age recipients every recording key is wrapped to: the replay service and the offline escrow.',
    }),
    replayIdentity: Path(
      'age identity file the gateway replays recordings with; the recipient of its first identity must be in `recipients`, further ones open older recordings.',
    ),
    failingHours: Whole(
      'Hours after which what cannot be brought out of the gateway (checkpoint copies, the published ledger, cosignatures, timestamps, copies of recordings, messages) is told.',
      4,
      1,
      168,
    ),
    checkpointSeconds: Whole('Seconds between signed checkpoints while entries come in.', 300, 1, 300),
    storage: Type.Object(
      {
        warnPercent: Whole(
          'Percent of the disk of the recordings below which is warned that space runs out.',
          15,
          0,
          90,
        ),
        refusePercent: Whole(
          'Percent of that disk below which no new session begins; those that run go on into the rest.',
          5,
          0,
          90,
        ),
      },
      closed,
    ),
    search: Type.Union([Type.Literal('on'), Type.Literal('off')], {
      default: 'on',
      description: 'Are recordings indexed for search? `off` also removes the index there is: see [search](search.md).',
    }),
    publish: Type.Optional(Path("File the newest checkpoint is copied to, best on another machine's mount.")),
    publishFolder: Type.Optional(
      Path(
        'Folder the ledger is published to as static files (C2SP tlog-tiles), for a web server to serve: see [the published ledger](published-ledger.md).',
      ),
    ),
    timestamps: Type.Array(TimeStamping, {
      default: [],
      description:
        'Authorities that time-stamp checkpoints (RFC 3161), each with `name`, `url`, `ca` (PEM file) and `everyHours` (24): see [timestamps](timestamps.md).',
    }),
    witnessPolicy: Type.Optional(
      Path('Trust policy whose witnesses are asked to cosign each checkpoint: see [witnesses](witnesses.md).'),
    ),
  },
  closed,
)

const S3 = Type.Object(
  {
    endpoint: Type.Optional(
      Text(
        'Address of the object store, as `https://s3.example`: see [recordings elsewhere](operating.md#recordings-in-an-object-store).',
      ),
    ),
    region: Text('Region that requests are signed for.', 'us-east-1'),
    bucket: Type.Optional(Text('Bucket that recordings go to; it has to be there.')),
    prefix: Type.String({ description: 'Before every name in the bucket; empty, or ending in `/`.', default: '' }),
    credentialsFile: Type.Optional(
      Path('File with `aws_access_key_id = …` and `aws_secret_access_key = …`, as the tools of S3 use it.'),
    ),
    objectLock: Type.Union([Type.Literal('none'), Type.Literal('governance'), Type.Literal('compliance')], {
      default: 'none',
      description:
        'Whether the store is told to let nobody remove a copy: `governance` but for who may bypass it, `compliance` nobody at all.',
    }),
    objectLockDays: Type.Optional(
      Type.Integer({
        description: 'Days a copy is locked; left out, as long as its retention class keeps the recording.',
        minimum: 1,
        maximum: 36_500,
      }),
    ),
    keepLocalDays: Whole('Days the streams stay on the local disk too, once the copy was read back.', 30, 0, 36_500),
    partMebibytes: Whole('Size of a part in MiB; a larger file goes up in parts.', 8, 5, 512),
    parallel: Whole('Parts of a file under way at a time.', 3, 1, 16),
    cacheMebibytes: Whole(
      'What fetched recordings may take on the local disk, in MiB; a larger one is fetched all the same.',
      4_096,
      16,
      16_777_216,
    ),
    quietSeconds: Whole('Seconds the store may say nothing before a try is given up.', 60, 1, 600),
  },
  closed,
)

const Recordings = Type.Object(
  {
    store: Type.Union([Type.Literal('disk'), Type.Literal('s3')], {
      default: 'disk',
      description: 'Where sealed recordings are kept: on the local `disk`, or in an object store that speaks `s3`.',
    }),
    s3: S3,
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
    name: Type.String({
      description: 'Name in lists and logs.',
      pattern: nameForm,
      expected: '1 to 32 of a-z, 0-9 and `-`, letters or digits first and last',
    }),
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

const Airlock = Type.Object(
  {
    clamd: Type.Optional(
      Text(
        'Where clamd gives verdicts on files: the path of its socket, or `host:port`. None: there is no verdict on any file. See [the airlock](airlock.md).',
      ),
    ),
    timeoutSeconds: Whole('Seconds clamd may give no sign of life.', 120, 1, 3_600),
    signaturesHours: Whole('Hours after which signatures are too old for a verdict.', 24, 1, 720),
    scanMebibytes: Whole(
      'What clamd looks at whole, in MiB: its `MaxFileSize` and `MaxScanSize`. A larger file has no verdict.',
      100,
      1,
      2_047,
    ),
    waitSeconds: Whole('Seconds a client waits for a person to let its file go.', 600, 0, 86_400),
    waitingPerPerson: Whole(
      'Files of one person that may wait for somebody to let them go; more are refused.',
      100,
      1,
      10_000,
    ),
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
    stage: Type.Union([Type.Literal('production'), Type.Literal('pre-production')], {
      description:
        'What the gateway stands in front of: the plant, or a copy of it to try rules, releases and people on. Every page says the latter.',
      default: 'production',
    }),
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
    recordings: Recordings,
    login: Login,
    outboundCa: Type.Optional(
      Path('PEM file of certificates trusted for mail relay, webhooks and change system, besides the usual ones.'),
    ),
    notify: Notify,
    tickets: Tickets,
    airlock: Airlock,
  },
  closed,
)
export type Config = Static<typeof ConfigSchema>

/** One field that can be set: in the file under its path, in the environment by its variable. */
export interface Field {
  readonly path: readonly string[]
  readonly schema: TSchema & { readonly description?: string; readonly default?: unknown; readonly format?: string }
}

export function fieldsOf(schema: TObject, path: readonly string[] = []): Field[] {
  return Object.entries(schema.properties).flatMap(([name, child]): Field[] => {
    const here = [...path, name]
    return 'properties' in child ? fieldsOf(child as TObject, here) : [{ path: here, schema: child }]
  })
}

/** `ssh.maxChannels` is set by `SALLYPORT_SSH_MAX_CHANNELS`. */
export function variableOf(path: readonly string[]): string {
  return `SALLYPORT_${path.map((part) => part.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase()).join('_')}`
}

/** Fields that may be left out and have no default. */
export const optionalFields: ReadonlySet<string> = new Set([
  'ssh.revokedKeys',
  'ssh.workers',
  'evidence.publish',
  'evidence.publishFolder',
  'recordings.s3.endpoint',
  'recordings.s3.bucket',
  'recordings.s3.credentialsFile',
  'recordings.s3.objectLockDays',
  'evidence.witnessPolicy',
  'outboundCa',
  'notify.smtp.host',
  'notify.smtp.user',
  'notify.smtp.passwordFile',
  'notify.smtp.from',
  'airlock.clamd',
  'tickets.url',
  'tickets.tokenFile',
])

/** The reference of every field, as Markdown. */
export function configReference(): string {
  const rows = fieldsOf(ConfigSchema).map(({ path, schema }) => {
    const value = schema.default === undefined ? '**required**' : `\`${JSON.stringify(schema.default)}\``
    const needed = optionalFields.has(path.join('.')) ? 'none' : value
    return `| \`${path.join('.')}\` | \`${variableOf(path)}\` | ${needed} | ${schema.description ?? ''} |`
  })
  return ['| field | environment variable | default | meaning |', '| --- | --- | --- | --- |', ...rows, ''].join('\n')
}
