// Verifying a ledger that is published as static files: in a folder, behind an address, or at the gateway one is logged in to.

import { readFile } from 'node:fs/promises'
import type { EarlierCheckpoint, LogPolicy, LogReport, ReadPublished, Trust } from '../../recorder/index.ts'
import type { Context } from './command.ts'
import { type ExitCode, exitCodes, Failure, messageOf } from './failure.ts'
import { plain } from './plain.ts'
import { withGateway, type RemoteOptions } from './remote.ts'
import { formatUnknownEntries, UnknownEntryCounter } from './unknown-entries.ts'

const patienceMs = 60_000

/** @param where a folder, an address of static files, or `gateway`. */
export async function verifyPublished(
  context: Context,
  where: string,
  {
    trust,
    policy,
    ca,
    earlier,
  }: {
    readonly trust: Trust
    readonly policy: LogPolicy | null
    readonly ca: string | undefined
    readonly earlier: readonly EarlierCheckpoint[]
  },
): Promise<ExitCode> {
  const [{ formatLogReport, publishedIn, verifyLog }, { checkEvent }] = await Promise.all([
    import('../../recorder/index.ts'),
    import('../../policy/index.ts'),
  ])
  const remote: RemoteOptions = ca === undefined ? {} : { ca }
  const counter = new UnknownEntryCounter(checkEvent)
  const verify = (read: ReadPublished): Promise<LogReport> => verifyLog(read, trust, policy, counter.visit, earlier)
  const report =
    where === 'gateway'
      ? await withGateway(context, remote, (gateway) => verify((path) => gateway.ledgerFile(path)))
      : await verify(/^https?:/.test(where) ? await behind(where, ca) : publishedIn(where))
  const unknown = counter.found()
  await context.output.answer({ ...report, unknown }, () =>
    [...formatUnknownEntries(unknown), ...formatLogReport(report)].map(plain).join('\n'),
  )
  return report.holds ? exitCodes.ok : exitCodes.failed
}

/** Static files of a web server, which asks nobody who they are. */
async function behind(address: string, caFile: string | undefined): Promise<ReadPublished> {
  if (!URL.canParse(address)) throw new Failure(`log \`${address}\`: expected an address or a folder`)
  const base = new URL(address.endsWith('/') ? address : `${address}/`)
  const ca = caFile === undefined ? null : [await readCa(caFile)]
  const [{ exchange }, { RecorderError }] = await Promise.all([
    import('../outbound.ts'),
    import('../../recorder/index.ts'),
  ])
  return async (path, limit) => {
    const answer = await exchange({
      method: 'GET',
      url: new URL(path, base),
      headers: { accept: '*/*' },
      body: null,
      encoding: 'latin1',
      timeoutMs: patienceMs,
      maxBytes: limit,
      ca,
    })
    if (answer.kind === 'unreachable') throw new RecorderError('unreadable', `cannot be had: ${answer.reason}`)
    if (answer.status === 404 || answer.status === 403) return null
    if (answer.status !== 200) throw new RecorderError('unreadable', `answered with status ${answer.status}`)
    if (!answer.complete) throw new RecorderError('unreadable', `expected at most ${limit} bytes`)
    return Buffer.from(answer.body, 'latin1')
  }
}

async function readCa(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new Failure(`CA file \`${file}\`: ${messageOf(error)}`, { cause: error })
  })
}
