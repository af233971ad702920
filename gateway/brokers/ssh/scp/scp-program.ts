// scp on a channel, as the sink or the source the client asked for: finds out what its paths really are, starts scp on the
// target with those and nothing of the client's own words, and carries file by file. What crosses is carry.ts's.

import { joinWords } from '../../../guards/commands/words.ts'
import type { ScpCall } from '../../../guards/commands/recognise.ts'
import { formatNo, yes } from '../../../guards/scp/messages.ts'
import { barsOwnName } from '../../../guards/sftp/paths.ts'
import { judgeFile, type FileSwitch, type FileVerdict } from '../../../../policy/index.ts'
import { carry, type Top, type Transfer } from './carry.ts'
import { Broken, openEnds, type Ends } from './ends.ts'
import { startOwn } from './own-commands.ts'
import type { ProgramParts, Ran } from './parts.ts'
import { readAnswer } from './talk.ts'

interface Plan {
  /** Paths for scp on the target: real ones. */
  readonly paths: readonly string[]
  readonly tops: readonly Top[]
  /** What is not there, or may not be looked at: told before anything comes. */
  readonly lacking: readonly string[]
}

type Planned = { readonly kind: 'plan'; readonly plan: Plan } | { readonly kind: 'refused'; readonly text: string }

function judge(session: ProgramParts['session'], op: FileSwitch, path: string): FileVerdict {
  const own = barsOwnName(op, path)
  return own === null ? judgeFile(session.files(), op, path) : { kind: 'refused', rule: null, text: own }
}

const noLinks: ReadonlySet<string> = new Set()
const refused = (text: string): Planned => ({ kind: 'refused', text })

function split(path: string): { readonly folder: string; readonly name: string } {
  const at = path.lastIndexOf('/')
  return { folder: path.slice(0, at) || '/', name: path.slice(at + 1) }
}

/** Everything goes to a folder that is there, under a name that was judged: scp on the target decides nothing itself. */
async function planSink({ paths: [given = '.'], folder }: ScpCall, { find }: ProgramParts): Promise<Planned> {
  const place = await find(given)
  if (place.kind === 'failed') return refused(place.text)
  if (place.kind === 'folder') {
    const top: Top = { path: place.path, links: place.links, expected: null, onTarget: null, told: null }
    return { kind: 'plan', plan: { paths: [place.path], tops: [top], lacking: [] } }
  }
  if (folder || (place.kind === 'file' && given.endsWith('/')))
    return refused(`\`${given}\` is not a folder on the target`)
  const { folder: above, name } = split(place.path)
  const top: Top = { path: above, links: noLinks, expected: null, onTarget: name, told: name }
  return { kind: 'plan', plan: { paths: [above], tops: [top], lacking: [] } }
}

async function planSource(call: ScpCall, { find, session }: ProgramParts): Promise<Planned> {
  const plan = { paths: [] as string[], tops: [] as Top[], lacking: [] as string[] }
  for (const given of call.paths) {
    const place = await find(given)
    if (place.kind === 'failed') {
      plan.lacking.push(place.text)
      continue
    }
    const op = place.kind === 'folder' ? 'list' : 'read'
    const verdict = judge(session, op, place.path)
    if (verdict.kind === 'refused') {
      await session.airlock.stepped({ program: 'scp', step: op, path: place.path, to: null, refused: verdict.text })
      plan.lacking.push(verdict.text)
      continue
    }
    if (place.kind === 'missing') {
      plan.lacking.push(`${given}: No such file or directory`)
      continue
    }
    const { folder, name } = split(place.path)
    // The client knows it by the name it asked for, which may have been that of a link.
    const asked = given.replace(/\/+$/, '').split('/').at(-1) ?? ''
    const told = asked === '' || asked === '.' || asked === '..' ? name : asked
    if (name === '') return refused('the root of the target is not one folder of files: name what is in it')
    plan.paths.push(place.path)
    plan.tops.push({ path: folder, links: noLinks, expected: name, onTarget: name, told })
  }
  return plan.paths.length === 0 ? refused(plan.lacking.join('; ')) : { kind: 'plan', plan }
}

/** Runs to the end of the channel. */
export async function runScp(call: ScpCall, parts: ProgramParts): Promise<Ran> {
  const isSink = call.role === 'sink'
  const planned = await (isSink ? planSink : planSource)(call, parts)
  if (planned.kind === 'refused') return planned
  const { plan } = planned
  const flags = [...(call.recursive ? ['-r'] : []), ...(call.preserves ? ['-p'] : [])]
  const command = joinWords(['scp', ...flags, ...(isSink ? ['-d', '-t'] : ['-f']), ...plan.paths])
  const { channel, target, session, record } = parts
  record.event({ event: 'started', command })
  const started = await startOwn(target, command)
  if (started.kind === 'failed') return { kind: 'refused', text: started.text }
  started.channel.on('error', (err: Error) => parts.log.debug({ err }, 'Target channel failed'))
  const ends = openEnds({
    client: channel,
    target: started.channel,
    exit: started.exit,
    record,
    changes: isSink,
    onRecorderFailure: (err) => parts.log.error({ err, sessionId: session.id }, 'Recording failed; the session ends'),
  })
  parts.relaying(ends.relay)
  const transfer: Transfer = {
    direction: isSink ? 'in' : 'out',
    sender: isSink ? ends.client : ends.target,
    taker: isSink ? ends.target : ends.client,
    recursive: call.recursive,
    preserves: call.preserves,
    airlock: session.airlock,
    judge: (op, path) => judge(session, op, path),
    find: parts.find,
    say: ends.say,
    signal: ends.signal,
  }
  await converse(transfer, plan, ends, parts)
  return { kind: 'ran', relay: ends.relay }
}

async function converse(
  transfer: Transfer,
  { tops, lacking }: Plan,
  ends: Ends,
  { log, session }: ProgramParts,
): Promise<void> {
  try {
    // Who takes files says first that it is ready.
    const ready = await readAnswer(transfer.taker)
    await transfer.sender.send(ready.kind === 'yes' ? yes : formatNo(ready.text, ready.fatal))
    if (ready.kind === 'no') return await ends.finish(1)
    for (const text of lacking) await transfer.taker.send(formatNo(text))
    const failures = await carry(transfer, tops)
    await ends.finish(failures > 0 || lacking.length > 0 ? 1 : 0)
  } catch (error) {
    const isBroken = error instanceof Broken
    if (!isBroken) log.error({ err: error, sessionId: session.id }, 'A file transfer failed inside the gateway')
    const text = isBroken ? error.message : 'the gateway could not go on with it; its operators have the details'
    if (!ends.signal.aborted) ends.say(`scp broke off: ${text}`)
    await ends.finish(1, true)
  }
}
