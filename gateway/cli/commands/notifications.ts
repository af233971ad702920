// Notifications, on the gateway's own machine: a message to try the ways out, and the list of what is sent, waits or was
// given up.

import type { Command } from 'commander'
import type { Channel, Outgoing, SendOutcome } from '../../outbox/channel.ts'
import type { StoredDelivery } from '../../store/outbox.ts'
import { addCommand, addGroup, type Context, type Invocation } from '../command.ts'
import { exitCodes, Failure, misused, type ExitCode } from '../failure.ts'
import { configOption, needConfig, startRefusal, withStore, type ConfigOptions } from '../local.ts'
import { plain, shown } from '../plain.ts'
import { tableText } from '../table.ts'

interface TestOptions extends ConfigOptions {
  readonly to?: string
}

interface ListOptions extends ConfigOptions {
  readonly failed?: true
}

interface RetryOptions extends ConfigOptions {
  readonly all?: true
}

/** The newest rows; who looks for an older one narrows the list to failures. */
const mostRows = 200

export function addNotificationCommands(program: Command, invocation: Invocation): void {
  const notify = addGroup(program, 'notify', 'try the ways out for messages')
  addCommand<TestOptions>(notify, invocation, {
    name: 'test',
    summary: 'send a test message by mail and to every webhook',
    about:
      'Sends one message to the address given, through the relay of the configuration, and one signed event of type\n' +
      '`notify.test` to every webhook. Says for each how it went. Nothing is kept, and nothing is tried twice.',
    examples: ['notify test --to shiftlead@plant.example', 'notify test --json'],
    exits: ['0  each was taken', '1  one was not', '2  the command line is wrong'],
    options: (command) => configOption(command).option('--to <address>', 'mail address; without one, only webhooks'),
    run: test,
  })
  const outbox = addGroup(program, 'outbox', 'list messages, and send again what was given up')
  addCommand<ListOptions>(outbox, invocation, {
    name: 'list',
    summary: 'list messages, newest first',
    about: `Lists the newest ${mostRows} messages with their state: waiting, delivered, moot (overtaken) or failed.`,
    examples: ['outbox list', 'outbox list --failed --json'],
    options: (command) => configOption(command).option('--failed', 'only those that were given up'),
    run: list,
  })
  addCommand<RetryOptions>(outbox, invocation, {
    name: 'retry [id]',
    summary: 'send again what was given up',
    about: 'Lets one message that was given up, or with --all every one, wait again. The running gateway sends it.',
    examples: ['outbox retry msg_01j9z3k6m8q4r2s5t7v9w0x1y2', 'outbox retry --all'],
    options: (command) => configOption(command).option('--all', 'every message that was given up'),
    run: (context, options, [id]) => retry(context, options, id),
  })
}

async function test(context: Context, options: TestOptions): Promise<ExitCode> {
  const { config } = await needConfig(context, options)
  const [{ readOutgoing }, { addressOf, openChannels }, { parseAddress }, { mint, systemClock }] = await Promise.all([
    import('../../outbox/material.ts'),
    import('../../outbox/channels.ts'),
    import('../../mail-address.ts'),
    import('../../clock.ts'),
  ])
  const read = await readOutgoing(config)
  if (read.kind === 'invalid') throw startRefusal(read.problems, 'notifications')
  const base = (): string => addressOf(config)
  const { publicHost } = config
  const channels = openChannels(read.outgoing, { clock: systemClock, publicHost, base })
  const to = options.to
  const address = to === undefined ? null : parseAddress(to)
  if (address?.kind === 'malformed') throw misused(`--to: ${address.reason}`)
  if (to !== undefined && read.outgoing.smtp === null)
    throw new Failure('mail: no relay is configured: set notify.smtp.host, or leave --to out')
  const chosen = channels.filter(({ destination }) => destination !== 'mail' || to !== undefined)
  if (chosen.length === 0)
    throw new Failure('notifications: nowhere to send: configure a relay and give --to, or configure a webhook')
  const results = await Promise.all(
    chosen.map(async (channel) => ({
      destination: channel.destination,
      ...(await send(channel, testMessage(mint.message(Date.now()), to ?? ''))),
    })),
  )
  await context.output.answer({ results }, () =>
    results
      .map(
        ({ destination, kind, problem }) => shown`${destination}: ${problem === null ? kind : `${kind}: ${problem}`}`,
      )
      .join('\n'),
  )
  return results.every(({ kind }) => kind === 'delivered') ? exitCodes.ok : exitCodes.failed
}

async function send(
  channel: Channel,
  message: Outgoing,
): Promise<{ readonly kind: SendOutcome['kind']; readonly problem: string | null }> {
  const outcome = await channel.send(message, new AbortController().signal)
  return { kind: outcome.kind, problem: outcome.kind === 'delivered' ? null : outcome.problem }
}

function testMessage(id: string, to: string): Outgoing {
  const lines = ['This is a test. Messages from this gateway reach you.']
  const letter = { subject: 'nothing to do: a test message', lines, open: null }
  return { id, type: 'notify.test', at: Date.now(), mail: { to, letter }, facts: { test: true } }
}

async function list(context: Context, options: ListOptions): Promise<void> {
  const { items, counts } = await withStore(context, options, async ({ store }) => ({
    items: await store.outbox.list({ failed: options.failed === true, limit: mostRows }),
    counts: await store.outbox.counts(),
  }))
  await context.output.answer({ items, counts }, () =>
    [
      tableText(
        ['ID', 'TYPE', 'TO', 'STATE', 'TRIES', 'NEXT', 'PROBLEM'],
        items.map(rowOf),
        options.failed === true ? 'Nothing was given up' : 'No messages',
      ),
      `${counts.waiting} waiting, ${counts.delivered} delivered, ${counts.moot} moot, ${counts.failed} failed`,
    ].join('\n'),
  )
}

function rowOf({ id, type, destination, person, state, attempts, nextAt, problem }: StoredDelivery): string[] {
  const next = state === 'waiting' ? new Date(nextAt).toISOString().replace(/\.\d+Z$/, 'Z') : '-'
  return [id, type, person ?? destination, state, String(attempts), next, problem ?? '-']
}

async function retry(context: Context, options: RetryOptions, id: string | undefined): Promise<void> {
  if ((id === undefined) === (options.all === undefined)) throw misused('outbox retry: give an id or --all')
  const count = await withStore(context, options, ({ store }) => store.outbox.retry(id ?? null, Date.now()))
  if (id !== undefined && count === 0)
    throw new Failure(`message \`${plain(id)}\`: was not given up, or is not there: see \`sallyport outbox list\``)
  await context.output.answer({ count }, () =>
    count === 1 ? 'One message waits again' : `${count} messages wait again`,
  )
}
