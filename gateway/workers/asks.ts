// The schemas of what a worker may ask and say. What does not fit is a fault of the worker, which is then not believed any
// more. Texts and lists are bounded by what the brokers make of them.

import { Type, type Static, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { fileCrossings, roles, withoutVerdict } from '../../policy/index.ts'
import { brokerReasons } from './broker-reasons.ts'
import type { Parse } from './link.ts'

const most = { text: 4_096, path: 65_536, piece: 1 << 20, seal: 4 << 20, list: 4_096 } as const

const Text = Type.String({ maxLength: most.text })
const Path = Type.String({ maxLength: most.path })
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
const login = { ...connection, login: Text }
/** On a connection, or on one that came through it by a jump. */
const visitor = { ...connection, jump: Type.Boolean() }
const session = { session: Session }
const file = { file: File }

const Direction = object({ cipher: Text, mac: orNull(Text) })
const Negotiated = object({ kex: Text, hostKey: Text, toServer: Direction, toClient: Direction })
const Place = object({ address: Text, port: Count })
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
const offer = { program: Program, direction: Way, path: Path, allowance: Allowance }
const Step = oneOf(['delete', 'rename', 'mkdir', 'rmdir', 'setstat', 'symlink', 'write', 'read', 'list'])

const BrokerReason = oneOf(brokerReasons)

const asks = {
  'auth.password': object({ ...login, password: Path }),
  'auth.knowsKey': object({ ...login, key: Bytes }),
  'auth.publicKey': object({
    ...login,
    key: Bytes,
    data: Bytes,
    signature: Bytes,
    hash: orNull(Text),
  }),
  'auth.knowsCertificate': object({ ...login, algorithm: Text, blob: Bytes }),
  'auth.certificate': object({ ...login, algorithm: Text, blob: Bytes, signed: Bytes, signature: Bytes }),
  'auth.wrongMethod': object(login),
  'auth.totp': object({ ...connection, proof: Count, code: Text }),
  'auth.abandoned': object({ ...connection, proof: Count }),
  admit: object({ ...visitor, named: Text }),
  admitInClear: object({ ...visitor, named: Text }),
  admitTunnel: object({ ...visitor, named: Text, port: Count }),
  destination: object({ ...visitor, named: Text, port: Count }),
  reachable: object(visitor),
  'session.begun': object(session),
  'session.hasCredential': object(session),
  'session.hostKeys': object(session),
  'session.negotiated': object({
    ...session,
    facts: object({ software: Text, hostKey: Path, algorithms: Negotiated }),
    client: orNull(Negotiated),
  }),
  'session.credential': object(session),
  'session.admitChannel': object(session),
  'session.reach': object({ ...session, port: Count }),
  'session.reachedInClear': object({ ...session, client: orNull(Negotiated) }),
  'session.password': object(session),
  'session.unlock': object({ ...session, code: Text }),
  'session.closed': object(session),
  'seal.sign': object({ ...session, text: Seal }),
  'file.takeIn': object({ ...session, offer: object(offer) }),
  'file.crossed': object({ ...session, file: object({ ...offer, bytes: Type.Number(), sha256: orNull(Text) }) }),
  'file.stepped': object({
    ...session,
    step: object({ program: Program, step: Step, path: Path, to: orNull(Path), refused: orNull(Text) }),
  }),
  'file.write': object({ ...file, offset: Count, bytes: Bytes }),
  'file.read': object({ ...file, offset: Count, length: Type.Integer({ minimum: 0, maximum: most.piece }) }),
  'file.truncate': object({ ...file, size: Count }),
  'file.settle': object(file),
  'file.delivered': object({ ...file, text: orNull(Text) }),
  'file.abandon': object({ ...file, text: Text }),
}

const said = {
  ready: Type.Null(),
  pong: Type.Null(),
  log: object({
    level: oneOf(['debug', 'info', 'warn', 'error']),
    fields: Type.Record(Type.String(), Type.Unknown()),
    text: Path,
  }),
  /** Its socket is closed. */
  left: object(connection),
  turnedAway: object({ ...connection, why: Text }),
  /** Its login is complete, as the protocol has it. */
  entered: object(connection),
  refused: object({ ...visitor, feature: Text, detail: orNull(Path) }),
  'session.listen': object(session),
  'session.connected': object({
    ...session,
    leg: orNull(object({ local: Place, remote: Place })),
    number: Count,
  }),
  'session.strangeHostKey': object({ ...session, key: Path }),
  'session.refused': object({ ...session, feature: Text, detail: orNull(Path) }),
  'session.ending': object({ ...session, reason: BrokerReason }),
  'session.withdrawn': object({ ...session, tunnels: List }),
  'recording.grown': object({
    ...session,
    length: Count,
    channels: Count,
    bytesIn: Count,
    bytesOut: Count,
    hasTerminal: Type.Boolean(),
    takesChannels: Type.Boolean(),
    typedAt: Type.Number(),
    movedAt: Type.Number(),
  }),
  'recording.waits': object({ ...session, waits: Type.Boolean() }),
  'recording.failed': object({ ...session, message: Path }),
  'file.abort': object(file),
  /** The longest write and sync of the last second, ms. */
  pace: object({ writeMs: Type.Number(), syncMs: Type.Number() }),
}

type Shapes<T extends Record<string, TSchema>> = { readonly [Name in keyof T]: Static<T[Name]> }
export type Asks = Shapes<typeof asks>
export type Said = Shapes<typeof said>

const validators = new Map(Object.entries({ ...asks, ...said }).map(([name, schema]) => [name, Compile(schema)]))

/** Reads what a worker sent. */
export const parseFromWorker: Parse = (name, body) => {
  const validator = validators.get(name)
  if (validator === undefined) return { fault: 'expected one of the table' }
  if (validator.Check(body)) return { value: body }
  const [first] = validator.Errors(body)
  return { fault: `${first?.instancePath ?? ''}: ${first?.message ?? 'not of its form'}` }
}
