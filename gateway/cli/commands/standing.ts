// Lending a right and being on site. The device that shows presence is enrolled on the gateway's
// own machine: its secret is shown there once.

import { Option, type Command } from 'commander'
import { addCommand, addGroup, asDuration, asInstant, type Context, type Invocation } from '../command.ts'
import { showDuration, showInstant } from '../duration.ts'
import { Failure, misused } from '../failure.ts'
import { configOption, withStore, type ConfigOptions } from '../local.ts'
import { shown } from '../plain.ts'
import { qrCode } from '../qr-code.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { fieldsText, tableText } from '../table.ts'

export function addStandingCommands(program: Command, invocation: Invocation): void {
  addDelegateCommands(program, invocation)
  addPresenceCommands(program, invocation)
}

interface DelegateOptions extends RemoteOptions {
  readonly for: number
  readonly from?: number
  readonly reason: string
}

function addDelegateCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'delegate', 'lend your right to decide to a colleague')
  addCommand<DelegateOptions>(group, invocation, {
    name: 'to <login>',
    summary: 'lend it, for a time',
    about:
      'Lets a colleague of the plant decide for you, for at most 31 days. Never to somebody of a supplier; what you may\n' +
      'not decide yourself (your own requests) they may not decide for you either.',
    examples: ['delegate to shift-lead-2 --for 8h --reason "hand-over of the night shift"'],
    options: (command) =>
      remoteOptions(command)
        .requiredOption('--for <duration>', 'how long, as 8h, 14d', asDuration)
        .option('--from <time>', 'when it begins: now, +30m, or a time with zone (default now)', asInstant)
        .requiredOption('--reason <text>', 'why, for the evidence'),
    run: async (context, options, [to = '']) => {
      const from = options.from ?? Date.now()
      const body = { to, window: { from, until: from + options.for }, reason: options.reason }
      const view = await withGateway(context, options, (gateway) => gateway.call('delegate', { body }))
      await context.output.answer(
        view,
        () => shown`Delegated to ${view.to.displayName} until ${showInstant(view.window.until)} (${view.id})`,
      )
    },
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'list',
    summary: 'list delegations you are part of',
    about: 'Lists delegations you lent or hold; who answers for the whole sees all.',
    examples: ['delegate list'],
    options: remoteOptions,
    run: async (context, options) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('delegations'))
      await context.output.answer(view, () =>
        tableText(
          ['DELEGATION', 'STATE', 'FROM', 'TO', 'BEGINS', 'ENDS', 'REASON'],
          view.items.map(({ id, state, from, to, window, reason }) => [
            id,
            state,
            from.login,
            to.login,
            showInstant(window.from),
            showInstant(window.until),
            reason,
          ]),
          'No delegation',
        ),
      )
    },
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'end <delegation>',
    summary: 'take it back, or give it back',
    about: 'Ends a delegation before its time. Decisions already made stay.',
    examples: ['delegate end del_01hzy8x5r2k3m4n5p6q7r8s9t0'],
    options: remoteOptions,
    run: async (context, options, [id = '']) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('endDelegation', { id }))
      await context.output.answer(view, () => shown`Ended ${view.id}: ${view.from.login} to ${view.to.login}`)
    },
  })
}

function addPresenceCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'presence', 'show that you are on site')
  addCommand<ConfigOptions & { readonly zone: string }>(group, invocation, {
    name: 'enrol',
    summary: 'make the device of a zone, and show its secret once',
    about:
      'Makes the secret of the device that hangs in a zone and shows codes there, and prints it once: put it into a\n' +
      'device that stays in the zone. One enrolled before stops working. On the gateway\u2019s own machine.',
    examples: ['presence enrol --zone north-control'],
    options: (command) => configOption(command).requiredOption('--zone <id>', 'the zone, as in the bundle'),
    run: enrol,
  })
  addCommand<RemoteOptions & { readonly zone: string; readonly code: string; readonly for: number }>(
    group,
    invocation,
    {
      name: 'assert',
      summary: 'show presence with the code of the zone\u2019s device',
      about:
        'Shows that you stand in a zone, with the code its device shows now. Sessions that need somebody on site go on as\n' +
        'long as it holds, at most 8 h. A code works once.',
      examples: ['presence assert --zone north-control --code 123456 --for 2h'],
      options: (command) =>
        remoteOptions(command)
          .requiredOption('--zone <id>', 'where you stand')
          .requiredOption('--code <digits>', 'what the device of the zone shows now')
          .addOption(
            new Option('--for <duration>', 'how long you stay').argParser(asDuration).default(60 * 60_000, '1h'),
          ),
      run: async (context, options) => {
        const minutes = Math.floor(options.for / 60_000)
        if (minutes < 1 || minutes > 480) throw misused('--for: expected 1m to 8h')
        const body = { zone: options.zone, code: options.code, minutes }
        const view = await withGateway(context, options, (gateway) => gateway.call('assertPresence', { body }))
        await context.output.answer(
          view,
          () => shown`On site in ${view.zoneName} for ${showDuration(view.until - view.from)} (${view.id})`,
        )
      },
    },
  )
  addCommand<RemoteOptions>(group, invocation, {
    name: 'list',
    summary: 'list who is on site now',
    about: 'Lists who has shown to be on site in your plants, and until when.',
    examples: ['presence list'],
    options: remoteOptions,
    run: async (context, options) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('presences'))
      await context.output.answer(view, () =>
        tableText(
          ['PRESENCE', 'ZONE', 'PERSON', 'SINCE', 'UNTIL'],
          view.items.map(({ id, zone, person, from, until }) => [
            id,
            zone,
            person.login,
            showInstant(from),
            showInstant(until),
          ]),
          'Nobody has shown to be on site',
        ),
      )
    },
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'end <presence>',
    summary: 'say that you leave',
    about: 'Ends a presence before its time. Sessions that need somebody on site stop being effective at once.',
    examples: ['presence end pre_01hzy8x5r2k3m4n5p6q7r8s9t0'],
    options: remoteOptions,
    run: async (context, options, [id = '']) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('endPresence', { id }))
      await context.output.answer(view, () => shown`Ended ${view.id}: ${view.person.login} in ${view.zone}`)
    },
  })
}

async function enrol(context: Context, options: ConfigOptions & { readonly zone: string }): Promise<void> {
  const { output } = context
  const { parseZoneId } = await import('../../../policy/ids.ts')
  const zone = parseZoneId(options.zone)
  if (zone.kind === 'malformed') throw misused(zone.reason)
  const made = await withStore(context, options, async (local) => {
    const [{ enrolPresence }, { systemClock }, { readBundleInForce }] = await Promise.all([
      import('../../access/presences.ts'),
      import('../../clock.ts'),
      import('../bundle-in-force.ts'),
    ])
    if (!(await readBundleInForce(local)).zones.has(zone.id))
      throw new Failure(`zone \`${zone.id}\`: not in the bundle in force: see \`sallyport bundle check\``)
    return enrolPresence({ store: local.store, vault: local.vault, clock: systemClock }, zone.id)
  })
  const code = output.terminal && !output.json ? await qrCode(made.uri) : ''
  // The only place where these leave their wrapping: they are what the command was asked for.
  const secrets = { totpSecret: made.secret.expose(), totpUri: made.uri.expose() }
  await output.answer({ zone: zone.id, replaced: made.replaced, ...secrets }, () =>
    [
      made.replaced
        ? shown`Enrolled a new device of zone ${zone.id}; the one before stops working`
        : shown`Enrolled the device of zone ${zone.id}`,
      fieldsText([['one-time codes', secrets.totpUri]]),
      ...(code === '' ? [] : [code.trimEnd()]),
      'Shown this once: put the address into a device that stays in the zone.',
    ].join('\n'),
  )
}
