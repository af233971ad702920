// The schemas of what a worker may ask and say. What does not fit is a fault of the worker, which is then not believed any
// more. Texts and lists are bounded by what the brokers make of them: what fits in a packet of a client or a target has to
// fit here, or it would be they who have a worker disbelieved, with everybody it carries.

import { Type, type Static, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { fileCrossings, roles, withoutVerdict } from '../../policy/index.ts'
import { brokerReasons } from './broker-reasons.ts'
import type { Parse } from './link.ts'

/** A packet has at most 256 KiB (packet-limit.ts), which base64 makes a third longer. */
const most = { text: 4_096, given: 400_000, piece: 1 << 20, seal: 4 << 20, list: 4_096 } as const

const Text = Type.String({ maxLength: most.text })
/** What a client or a target gave, or was said about it. */
const Given = Type.String({ maxLength: most.given })
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const Bytes = Type.Unsafe<Uint8Array>(
  Type.Refine(Type.Unknown(), (value) => value instanceof Uint8Array && value.length <= most.piece),
)
/** One of these words. */
const oneOf = <const T extends readonly string[]>(words: T) =>
  Type.Unsafe<T[number]>(Type.Union(words.map((word) => Type.Literal(word))))
/** The text of a seal, which names every channel. */
const Seal = Type.Unsafe<Uint8Array>(
  Type.Refine(Type.Unknown(), (value) => value instanceof Uint8Array && value.length <= most.seal),
)
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const object = <T extends Record<string, TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })

const Session = Type.String({ pattern: '^ses_[0-9a-z]{26}$' })
const File = Type.String({ pattern: '^fil_[0-9a-z]{26}$' })
const connection = { connection: Count }
const login = { ...connection, login: Given }
/** On a connection, or on one that came through it by a jump. */
const visitor = { ...connection, jump: Type.Boolean() }
const session = { session: Session }
const file = { file: File }

const Direction = object({ cipher: Given, mac: orNull(Given) })
const Negotiated = object({ kex: Given, hostKey: Given, toServer: Direction, toClient: Direction })
const Place = object({ address: Given, port: Count })
const Program = oneOf(['sftp', 'scp', 'rsync', 'git'])
const Way = oneOf(['in', 'out'])
const List = Type.Array(Text, { maxItems: most.list })
const Allowance = object({
  kind: Type.Literal('allowed'),
  rules: List,
  crossing: oneOf(fileCrossings),
  withoutVerdict: oneOf(withoutVerdict),
  releasedBy: Type.Array(oneOf(roles), { maxItems: most.list }),
  declaredOnly: Type.Boolean(),
  largest: Type.Number(),
  retention: List,
})
const offer = { program: Program, direction: Way, path: Given, allowance: Allowance }
const Step = oneOf(['delete', 'rename', 'mkdir', 'rmdir', 'setstat', 'symlink', 'write', 'read', 'list'])

const BrokerReason = oneOf(brokerReasons)

const asks = {
  'auth.password': object({ ...login, password: Given }),
  'auth.knowsKey': object({ ...login, key: Bytes }),
  'auth.publicKey': object({
    ...login,
    key: Bytes,
    data: Bytes,
    signature: Bytes,
    hash: orNull(Given),
  }),
  'auth.knowsCertificate': object({ ...login, algorithm: Given, blob: Bytes }),
  'auth.certificate': object({ ...login, algorithm: Given, blob: Bytes, signed: Bytes, signature: Bytes }),
  'auth.wrongMethod': object(login),
  'auth.totp': object({ ...connection, proof: Count, code: Given }),
  'auth.abandoned': object({ ...connection, proof: Count }),
  admit: object({ ...visitor, named: Given }),
  admitInClear: object({ ...visitor, named: Given }),
  admitTunnel: object({ ...visitor, named: Given, port: Count }),
  destination: object({ ...visitor, named: Given, port: Count }),
  reachable: object(visitor),
  'session.begun': object(session),
  'session.hasCredential': object(session),
  'session.hostKeys': object(session),
  'session.negotiated': object({
    ...session,
    facts: object({ software: Given, hostKey: Given, algorithms: Negotiated }),
    client: orNull(Negotiated),
  }),
  'session.credential': object(session),
  'session.admitChannel': object(session),
  'session.reach': object({ ...session, port: Count }),
  'session.reachedInClear': object({ ...session, client: orNull(Negotiated) }),
  'session.password': object(session),
  'session.unlock': object({ ...session, code: Given }),
  'session.closed': object(session),
  'seal.sign': object({ ...session, text: Seal }),
  'file.takeIn': object({ ...session, offer: object(offer) }),
  'file.crossed': object({ ...session, file: object({ ...offer, bytes: Type.Number(), sha256: orNull(Text) }) }),
  'file.stepped': object({
    ...session,
    step: object({ program: Program, step: Step, path: Given, to: orNull(Given), refused: orNull(Given) }),
  }),
  'file.write': object({ ...file, offset: Count, bytes: Bytes }),
  'file.read': object({ ...file, offset: Count, length: Type.Integer({ minimum: 0, maximum: most.piece }) }),
  'file.truncate': object({ ...file, size: Count }),
  'file.settle': object(file),
  'file.delivered': object({ ...file, text: orNull(Given) }),
  'file.abandon': object({ ...file, text: Given }),
}

const said = {
  pong: Type.Null(),
  log: object({
    level: oneOf(['debug', 'info', 'warn', 'error']),
    fields: Type.Record(Type.String(), Type.Unknown()),
    text: Given,
  }),
  /** Its socket is closed. */
  left: object(connection),
  turnedAway: object({ ...connection, why: Given }),
  /** Its login is complete, as the protocol has it. */
  entered: object(connection),
  refused: object({ ...visitor, feature: Given, detail: orNull(Given) }),
  'session.listen': object(session),
  'session.connected': object({
    ...session,
    leg: orNull(object({ local: Place, remote: Place })),
    number: Count,
  }),
  'session.strangeHostKey': object({ ...session, key: Given }),
  'session.refused': object({ ...session, feature: Given, detail: orNull(Given) }),
  'session.ending': object({ ...session, reason: BrokerReason }),
  'session.withdrawn': object({ ...session, tunnels: Type.Array(Given, { maxItems: most.list }) }),
  'recording.grown': object({
    ...session,
    length: Count,
    channels: Count,
    bytesIn: Count,
    bytesOut: Count,
    hasTerminal: Type.Boolean(),
    takesChannels: Type.Boolean(),
    typedAt: Count,
    movedAt: Count,
  }),
  'recording.waits': object({ ...session, waits: Type.Boolean() }),
  'recording.failed': object({ ...session, message: Given }),
  'file.abort': object(file),
  /** The longest write and sync of the last second, ms. */
  pace: object({ writeMs: Type.Number(), syncMs: Type.Number() }),
}

const Digest = Type.String({ pattern: '^[0-9a-f]{64}$' })
/** What a worker answers the core. */
const answers = {
  setup: Type.Null(),
  'recording.open': object({ manifestDigest: Digest }),
  'recording.sync': Type.Null(),
  'recording.heads': Type.Array(object({ channel: Count, frames: Count, length: Count, head: Digest }), {
    maxItems: 10_000,
  }),
  'recording.tryAgain': Type.Null(),
  'recording.seal': object({
    sealDigest: Digest,
    status: oneOf(['complete', 'interrupted']),
    channels: Count,
    frames: Count,
  }),
}

type Shapes<T extends Record<string, TSchema>> = { readonly [Name in keyof T]: Static<T[Name]> }
export type Asks = Shapes<typeof asks>
export type Said = Shapes<typeof said>

const reader = (schemas: Record<string, TSchema>): Parse => {
  const validators = new Map(Object.entries(schemas).map(([name, schema]) => [name, Compile(schema)]))
  return (name, body) => {
    const validator = validators.get(name)
    if (validator === undefined) return { fault: 'expected one of the table' }
    if (validator.Check(body)) return { value: body }
    const [first] = validator.Errors(body)
    return { fault: `${first?.instancePath ?? ''}: ${first?.message ?? 'not of its form'}` }
  }
}

/** Reads what a worker sent. */
export const parseFromWorker = reader({ ...asks, ...said })
/** Reads what a worker answers. */
export const parseAnswer = reader(answers)
