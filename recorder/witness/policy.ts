// Trust policies (C2SP tlog-policy): which ledgers and which witnesses are known, and how many of the witnesses must have
// cosigned a checkpoint before it counts. What the file says is here; who obtained it, and how, decides what it is worth.

import type { Parsed } from '../canonical.ts'
import { type Checkpoint, isOrigin, verifyCheckpoint } from '../checkpoint.ts'
import { quote } from '../errors.ts'
import { parseNote, parseVerifierKey, type Verifier } from '../note.ts'
import { type Cosignature, type Cosigner, cosignaturesOn, parseCosignerKey } from './cosignature.ts'

/** Who must have cosigned: nobody, one witness, or at least `atLeast` of the members. */
export type Quorum =
  | { readonly kind: 'none' }
  | { readonly kind: 'witness'; readonly name: string; readonly cosigner: Cosigner; readonly url: string | null }
  | { readonly kind: 'group'; readonly name: string; readonly atLeast: number; readonly members: readonly Quorum[] }
export type Witness = Extract<Quorum, { readonly kind: 'witness' }>

export interface LogPolicy {
  /** The name of a key is the origin of its ledger. Empty: which ledger is meant is known from elsewhere. */
  readonly logs: readonly { readonly verifier: Verifier; readonly url: string | null }[]
  readonly witnesses: readonly Witness[]
  readonly quorum: Quorum
}

export type ParsedLogPolicy =
  | { readonly kind: 'ok'; readonly policy: LogPolicy }
  /** Every line that is wrong, each with its number. */
  | { readonly kind: 'malformed'; readonly problems: readonly string[] }

export type WitnessedVerdict =
  | {
      readonly kind: 'trusted'
      readonly checkpoint: Checkpoint
      readonly by: readonly string[]
      readonly cosignatures: readonly Cosignature[]
    }
  | { readonly kind: 'untrusted'; readonly checkpoint: Checkpoint; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string }

/** Witnesses, groups and logs a file may define: far more than anybody has. */
const maxDefinitions = 1000
const maxPolicyBytes = 1 << 20

/** Reads a policy file strictly, with every problem found. */
export function parseLogPolicy(bytes: Uint8Array): ParsedLogPolicy {
  if (bytes.length > maxPolicyBytes)
    return { kind: 'malformed', problems: [`policy: expected at most ${maxPolicyBytes} bytes`] }
  // The file is octets: names that differ in one octet are different names, whatever they look like.
  const text = Buffer.from(bytes).toString('latin1')
  const reader = new PolicyReader()
  for (const [i, line] of text.split('\n').entries()) reader.line(i + 1, line)
  return reader.end()
}

/** Whether these witnesses, by name, are enough. */
export function meetsQuorum(quorum: Quorum, cosigned: ReadonlySet<string>): boolean {
  switch (quorum.kind) {
    case 'none':
      return true
    case 'witness':
      return cosigned.has(quorum.name)
    case 'group':
      return quorum.members.filter((member) => meetsQuorum(member, cosigned)).length >= quorum.atLeast
  }
}

/** Judges a checkpoint: signed by a log of the policy, whose name is its origin, and cosigned by a quorum. */
export function judgeCheckpoint(bytes: Uint8Array, policy: LogPolicy): WitnessedVerdict {
  const signed = verifyCheckpoint(
    bytes,
    policy.logs.map(({ verifier }) => verifier),
  )
  if (signed.kind !== 'trusted') return signed
  const { checkpoint } = signed
  const untrusted = (reason: string): WitnessedVerdict => ({ kind: 'untrusted', checkpoint, reason })
  const own = policy.logs.filter(({ verifier }) => verifier.name === checkpoint.origin)
  if (!own.some(({ verifier }) => signed.by.includes(verifier.vkey)))
    return untrusted(`origin ${quote(checkpoint.origin)}: no signature by a key of that name`)
  const note = parseNote(bytes)
  if (note.kind === 'malformed') return note
  const { held, broken } = cosignaturesOn(
    note.value,
    policy.witnesses.map(({ cosigner }) => cosigner),
  )
  const names = policy.witnesses.filter(({ cosigner }) => held.some((one) => one.cosigner.vkey === cosigner.vkey))
  if (meetsQuorum(policy.quorum, new Set(names.map(({ name }) => name))))
    return { kind: 'trusted', checkpoint, by: signed.by, cosignatures: held }
  const beside = broken.length === 0 ? '' : `; ${broken.join('; ')}`
  return untrusted(`cosigned by ${held.length} of the known witnesses, which is no quorum${beside}`)
}

class PolicyReader {
  readonly #problems: string[] = []
  readonly #logs: { readonly verifier: Verifier; readonly url: string | null; readonly material: string }[] = []
  readonly #named = new Map<string, Quorum>()
  readonly #witnesses: Witness[] = []
  readonly #grouped = new Set<string>()
  #quorum: Quorum | null = null
  #definitions = 0

  line(number: number, text: string): void {
    if (/[^\t\x20-\x7e\x80-\xff]/.test(text)) return this.#bad(number, 'has a control character')
    const words = text.split(/[\t ]+/).filter((word) => word !== '')
    const [keyword, ...rest] = words
    if (keyword === undefined || keyword.startsWith('#')) return
    if (++this.#definitions > maxDefinitions) {
      if (this.#definitions === maxDefinitions + 1) this.#bad(number, `expected at most ${maxDefinitions} definitions`)
      return
    }
    if (keyword === 'log') this.#log(number, rest)
    else if (keyword === 'witness') this.#witness(number, rest)
    else if (keyword === 'group') this.#group(number, rest)
    else if (keyword === 'quorum') this.#setQuorum(number, rest)
    else this.#bad(number, `${quote(keyword)}: expected \`log\`, \`witness\`, \`group\` or \`quorum\``)
  }

  end(): ParsedLogPolicy {
    if (this.#quorum === null && this.#problems.length === 0)
      this.#problems.push('policy: expected one `quorum` line; `quorum none` asks for no witness')
    if (this.#quorum === null || this.#problems.length > 0) return { kind: 'malformed', problems: this.#problems }
    const logs = this.#logs.map(({ verifier, url }) => ({ verifier, url }))
    return { kind: 'ok', policy: { logs, witnesses: this.#witnesses, quorum: this.#quorum } }
  }

  #log(number: number, [encoded, url, ...more]: readonly string[]): void {
    if (encoded === undefined || more.length > 0) return this.#bad(number, 'expected `log <vkey> [<url>]`')
    const parsed = parseVerifierKey(utf8(encoded))
    if (parsed.kind === 'malformed') return this.#bad(number, parsed.reason)
    const verifier = parsed.value
    if (!isOrigin(verifier.name))
      return this.#bad(number, `log ${quote(verifier.name)}: expected the origin of a ledger`)
    const material = encoded.slice(encoded.lastIndexOf('+'))
    if (this.#logs.some((log) => log.material === material))
      return this.#bad(number, `log ${quote(verifier.name)}: its key stands twice`)
    this.#logs.push({ verifier, url: url ?? null, material })
  }

  #witness(number: number, [name, encoded, url, ...more]: readonly string[]): void {
    if (name === undefined || encoded === undefined || more.length > 0)
      return this.#bad(number, 'expected `witness <name> <vkey> [<url>]`')
    if (!this.#isFree(number, name)) return
    const parsed: Parsed<Cosigner> = parseCosignerKey(utf8(encoded))
    if (parsed.kind === 'malformed') return this.#bad(number, parsed.reason)
    const cosigner = parsed.value
    if (this.#witnesses.some((other) => other.cosigner.material.equals(cosigner.material)))
      return this.#bad(number, `witness ${quote(name)}: its key stands twice`)
    const witness: Witness = { kind: 'witness', name, cosigner, url: url ?? null }
    this.#witnesses.push(witness)
    this.#named.set(name, witness)
  }

  #group(number: number, [name, threshold, ...members]: readonly string[]): void {
    if (name === undefined || threshold === undefined || members.length === 0)
      return this.#bad(number, 'expected `group <name> all|any|<k> <name>...`')
    if (!this.#isFree(number, name)) return
    const known = members.flatMap((member) => this.#member(number, member) ?? [])
    if (known.length < members.length) return
    const atLeast = threshold === 'any' ? 1 : threshold === 'all' ? members.length : Number(threshold)
    if (!/^(?:any|all|[1-9][0-9]{0,8})$/.test(threshold) || atLeast > members.length)
      return this.#bad(number, `${quote(threshold)}: expected \`all\`, \`any\` or a number from 1 to ${members.length}`)
    this.#named.set(name, { kind: 'group', name, atLeast, members: known })
  }

  /** A name that may join a group: defined before, and in no group yet, so that nobody counts twice. */
  #member(number: number, name: string): Quorum | null {
    const member = this.#named.get(name)
    if (member === undefined) this.#bad(number, `${quote(name)}: expected a witness or group of a line before`)
    else if (this.#grouped.has(name)) this.#bad(number, `${quote(name)}: is in a group already`)
    else {
      this.#grouped.add(name)
      return member
    }
    return null
  }

  #setQuorum(number: number, [name, ...more]: readonly string[]): void {
    if (name === undefined || more.length > 0) return this.#bad(number, 'expected `quorum <name>`')
    if (this.#quorum !== null) return this.#bad(number, 'expected one `quorum` line, and here is another')
    const quorum: Quorum | undefined = name === 'none' ? { kind: 'none' } : this.#named.get(name)
    if (quorum === undefined) return this.#bad(number, `${quote(name)}: expected a witness or group of a line before`)
    this.#quorum = quorum
  }

  #isFree(number: number, name: string): boolean {
    if (name === 'none') this.#bad(number, '`none` cannot be defined')
    else if (this.#named.has(name)) this.#bad(number, `${quote(name)}: is defined already`)
    else return true
    return false
  }

  #bad(number: number, what: string): void {
    this.#problems.push(`policy line ${number}: ${what}`)
  }
}

function utf8(octets: string): string {
  return Buffer.from(octets, 'latin1').toString('utf8')
}
