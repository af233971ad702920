// `incident`: opening one, seeing it through, closing it. Evidence that is asked of others is evidence-requests.ts's.

import { Option, type Command } from 'commander'
import type { IncidentBody } from '../../contract/incident-bodies.ts'
import { addCommand, addGroup, asInstant, asWords, type Context, type Invocation } from '../command.ts'
import type { IncidentView } from '../../contract/views.ts'
import { misused } from '../failure.ts'
import { custodyText, incidentRows, incidentText } from '../incident-text.ts'
import { limitOption, remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { addEvidenceRequestCommands } from './evidence-requests.ts'

const severities = ['low', 'medium', 'high', 'very-high'] as const
type Severity = IncidentBody['severity']

interface Touching {
  readonly plant?: readonly string[]
  readonly asset?: readonly string[]
  readonly session?: readonly string[]
  readonly supplier?: readonly string[]
}

const touchOptions = (command: Command): Command =>
  command
    .option('--plant <ids>', 'plants it touches, with commas', asWords)
    .option('--asset <ids>', 'assets it touches, with commas', asWords)
    .option('--session <ids>', 'sessions it touches, with commas', asWords)
    .option('--supplier <ids>', 'suppliers it touches, with commas', asWords)

function touchesOf({ plant, asset, session, supplier }: Touching): NonNullable<IncidentBody['touches']> {
  return {
    ...(plant === undefined ? {} : { plants: [...plant] }),
    ...(asset === undefined ? {} : { assets: [...asset] }),
    ...(session === undefined ? {} : { sessions: [...session] }),
    ...(supplier === undefined ? {} : { suppliers: [...supplier] }),
  }
}

const severityOption = (flag: string): Option => new Option(flag, 'how grave it is').choices(severities)

const answer = (context: Context, view: IncidentView): Promise<void> =>
  context.output.answer(view, () => incidentText(view))

export function addIncidentCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'incident', 'open incidents, see them through and close them')
  addOpening(group, invocation)
  addSteps(group, invocation)
  addClosing(group, invocation)
  addEvidenceRequestCommands(group, invocation)
}

function addOpening(group: Command, invocation: Invocation): void {
  addCommand<
    RemoteOptions & Touching & { readonly what: string; readonly severity: Severity; readonly concern?: string }
  >(group, invocation, {
    name: 'open <title>',
    summary: 'open an incident',
    about:
      'Opens an incident: by anybody of the plant, on what happened, a session or a concern. Whom the law or a contract\n' +
      'wants told of it follows from its severity and its plants, as register.yaml has it, and the clocks start now.',
    examples: [
      'incident open "Unknown writes to plc-7" --what "setpoints moved twice" --severity high --session ses_01hzy8x5r2k3m4n5p6q7r8s9t0',
      'incident open "Stolen laptop" --what "of a service engineer" --severity medium --supplier robot-cell-service',
    ],
    options: (command) =>
      touchOptions(
        remoteOptions(command)
          .requiredOption('--what <text>', 'what is known of it')
          .addOption(severityOption('--severity <level>').makeOptionMandatory())
          .option('--concern <id>', 'the concern it was first told of'),
      ),
    run: async (context, options, [title = '']) => {
      const { what, severity, concern } = options
      const body = {
        title,
        words: what,
        severity,
        touches: touchesOf(options),
        ...(concern === undefined ? {} : { concern }),
      }
      await answer(context, await withGateway(context, options, (gateway) => gateway.call('raiseIncident', { body })))
    },
  })
  addCommand<RemoteOptions & { readonly all?: true; readonly limit: number }>(group, invocation, {
    name: 'list',
    summary: 'list incidents',
    about:
      'Lists the incidents you have to do with, newest first: open and contained ones, with --all closed ones too.',
    examples: ['incident list', 'incident list --all'],
    options: (command) => limitOption(remoteOptions(command)).option('--all', 'also closed ones'),
    run: async (context, options) => {
      const query = { state: options.all === true ? 'all' : 'open' }
      const items = await withGateway(context, options, (gateway) => gateway.list('incidents', query, options.limit))
      await context.output.answer({ items }, () => incidentRows(items))
    },
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'show <incident>',
    summary: 'show one, with all that happened',
    about: 'Shows an incident: what it touches, what is owed, and what happened, each with its ledger entry.',
    examples: ['incident show inc_01hzy8x5r2k3m4n5p6q7r8s9t0'],
    options: remoteOptions,
    run: async (context, options, [id = '']) =>
      answer(context, await withGateway(context, options, (gateway) => gateway.call('incident', { id }))),
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'custody <incident>',
    summary: 'the chain of custody of its evidence',
    about:
      'Shows who held, handed over, copied, looked at and took out which evidence of an incident, and when: pieces that\n' +
      'came from outside, and the recordings of its sessions. Each step names its ledger entry; exports carry them.',
    examples: ['incident custody inc_01hzy8x5r2k3m4n5p6q7r8s9t0'],
    options: remoteOptions,
    run: async (context, options, [id = '']) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('incidentCustody', { id }))
      await context.output.answer(view, () => custodyText(view))
    },
  })
}

function addSteps(group: Command, invocation: Invocation): void {
  addCommand<RemoteOptions & Touching>(group, invocation, {
    name: 'touch <incident>',
    summary: 'say what else it touches',
    about: 'Adds plants, assets, sessions or suppliers that are found to be touched.',
    examples: ['incident touch inc_01hzy8x5r2k3m4n5p6q7r8s9t0 --asset plc-7,hmi-2'],
    options: (command) => touchOptions(remoteOptions(command)),
    run: async (context, options, [id = '']) => {
      const body = touchesOf(options)
      if (Object.keys(body).length === 0) throw misused('name something: --plant, --asset, --session or --supplier')
      await answer(
        context,
        await withGateway(context, options, (gateway) => gateway.call('touchIncident', { id, body })),
      )
    },
  })
  addCommand<RemoteOptions & { readonly severity: Severity; readonly reason: string }>(group, invocation, {
    name: 'rate <incident>',
    summary: 'say how grave it is',
    about: 'Rates an incident anew. What is owed to others because of it starts from when it was opened.',
    examples: ['incident rate inc_01hzy8x5r2k3m4n5p6q7r8s9t0 --severity high --reason "a second line is touched"'],
    options: (command) =>
      remoteOptions(command)
        .addOption(severityOption('--severity <level>').makeOptionMandatory())
        .requiredOption('--reason <text>', 'why, for the evidence'),
    run: async (context, options, [id = '']) => {
      const body = { severity: options.severity, reason: options.reason }
      await answer(
        context,
        await withGateway(context, options, (gateway) => gateway.call('rateIncident', { id, body })),
      )
    },
  })
  addCommand<RemoteOptions & { readonly to: string }>(group, invocation, {
    name: 'assign <incident>',
    summary: 'say who sees it through',
    about: 'Assigns an incident to somebody of the plant, who may then write to it, and does not close it.',
    examples: ['incident assign inc_01hzy8x5r2k3m4n5p6q7r8s9t0 --to approver'],
    options: (command) => remoteOptions(command).requiredOption('--to <login>', 'whom'),
    run: async (context, options, [id = '']) => {
      const body = { to: options.to }
      await answer(
        context,
        await withGateway(context, options, (gateway) => gateway.call('assignIncident', { id, body })),
      )
    },
  })
  for (const [name, route, summary, about] of [
    ['note', 'noteIncident', 'note what was found', 'Writes a note into the timeline of an incident.'],
    [
      'contain',
      'containIncident',
      'say that it does not go on',
      'Says how it was brought to an end. Its time is measured.',
    ],
    [
      'action-works',
      'closeIncidentAction',
      'say that the corrective action works',
      'Closes the corrective action of an incident, by another person than its owner, with what it was found to change.',
    ],
  ] as const)
    addCommand<RemoteOptions>(group, invocation, {
      name: `${name} <incident> <words>`,
      summary,
      about,
      examples: [`incident ${name} inc_01hzy8x5r2k3m4n5p6q7r8s9t0 "the account was closed and the laptop is off"`],
      options: remoteOptions,
      run: async (context, options, [id = '', words = '']) =>
        answer(context, await withGateway(context, options, (gateway) => gateway.call(route, { id, body: { words } }))),
    })
  addCommand<RemoteOptions & { readonly reason: string }>(group, invocation, {
    name: 'hold <incident>',
    summary: 'put all it touches on legal hold',
    about:
      'Sets legal holds on the sessions, assets and suppliers it touches, or on its plants where it touches nothing else.',
    examples: ['incident hold inc_01hzy8x5r2k3m4n5p6q7r8s9t0 --reason "until the cause is known"'],
    options: (command) => remoteOptions(command).requiredOption('--reason <text>', 'why, for the evidence'),
    run: async (context, options, [id = '']) => {
      const body = { reason: options.reason }
      await answer(
        context,
        await withGateway(context, options, (gateway) => gateway.call('holdIncident', { id, body })),
      )
    },
  })
  addCommand<RemoteOptions & { readonly suspension: string }>(group, invocation, {
    name: 'link <incident>',
    summary: 'link a suspension that was made because of it',
    about: 'Links a suspension to an incident. Suspend first: `sallyport suspend`.',
    examples: ['incident link inc_01hzy8x5r2k3m4n5p6q7r8s9t0 --suspension sus_01hzy8x5r2k3m4n5p6q7r8s9t0'],
    options: (command) => remoteOptions(command).requiredOption('--suspension <id>', 'which'),
    run: async (context, options, [id = '']) => {
      const body = { suspension: options.suspension }
      await answer(
        context,
        await withGateway(context, options, (gateway) => gateway.call('linkIncident', { id, body })),
      )
    },
  })
  addCommand<RemoteOptions & { readonly reference: string }>(group, invocation, {
    name: 'reported <incident> <report>',
    summary: 'say that somebody outside was told',
    about:
      'Says that a report that is owed was made, with the reference it was received under. `incident show` lists them.',
    examples: ['incident reported inc_01hzy8x5r2k3m4n5p6q7r8s9t0 early-warning --reference "CSIRT 2026-4711"'],
    options: (command) => remoteOptions(command).requiredOption('--reference <text>', 'under which it was received'),
    run: async (context, options, [id = '', report = '']) => {
      const body = { report, reference: options.reference }
      await answer(
        context,
        await withGateway(context, options, (gateway) => gateway.call('reportIncident', { id, body })),
      )
    },
  })
}

interface CloseOptions extends RemoteOptions {
  readonly cause: string
  readonly learned: string
  readonly decision?: string
  readonly action?: string
  readonly owner?: string
  readonly due?: number
}

function addClosing(group: Command, invocation: Invocation): void {
  addCommand<RemoteOptions & { readonly kind: 'safety' | 'production' }>(group, invocation, {
    name: 'assess <incident> <words>',
    summary: 'say what it meant for people, or for production',
    about:
      'Assesses what an incident meant for the safety of people or for production. None is closed without both; where it\n' +
      'touches what is safety-related, a safety engineer says the first.',
    examples: ['incident assess inc_01hzy8x5r2k3m4n5p6q7r8s9t0 "nobody was near the cell" --kind safety'],
    options: (command) =>
      remoteOptions(command).addOption(
        new Option('--kind <kind>', 'which').choices(['safety', 'production']).makeOptionMandatory(),
      ),
    run: async (context, options, [id = '', words = '']) => {
      const body = { kind: options.kind, words }
      await answer(
        context,
        await withGateway(context, options, (gateway) => gateway.call('assessIncident', { id, body })),
      )
    },
  })
  addCommand<CloseOptions>(group, invocation, {
    name: 'close <incident>',
    summary: 'close it, with its root cause and what was learned',
    about:
      'Closes an incident, by another person than who opened it and who saw it through. Where the register asks for it, with\n' +
      "the reference of the committee's decision, and with a corrective action, its owner and its day.",
    examples: [
      'incident close inc_01hzy8x5r2k3m4n5p6q7r8s9t0 --cause "shared password" --learned "keys only"',
      'incident close inc_01hzy8x5r2k3m4n5p6q7r8s9t0 --cause "shared password" --learned "keys only" --decision RC-2026-07 --action "keys for all suppliers" --owner approver --due 2026-12-31T00:00Z',
    ],
    options: (command) =>
      remoteOptions(command)
        .requiredOption('--cause <text>', 'the root cause')
        .requiredOption('--learned <text>', 'what was learned, and what changes')
        .option('--decision <reference>', "the committee's decision")
        .option('--action <text>', 'what is done so that it does not happen again')
        .option('--owner <login>', 'who does it')
        .option('--due <instant>', 'until when', asInstant),
    run: async (context, options, [id = '']) => {
      const { cause, learned, decision, action: what, owner, due: dueAt } = options
      const isWhole = what !== undefined && owner !== undefined && dueAt !== undefined
      if (!isWhole && (what !== undefined || owner !== undefined || dueAt !== undefined))
        throw misused('--action, --owner and --due: give all of them, or none')
      const body = {
        cause,
        lessons: learned,
        ...(decision === undefined ? {} : { decision }),
        ...(isWhole ? { action: { what, owner, dueAt } } : {}),
      }
      await answer(
        context,
        await withGateway(context, options, (gateway) => gateway.call('closeIncident', { id, body })),
      )
    },
  })
}
