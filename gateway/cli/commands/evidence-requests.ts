// `incident ask-evidence` and what follows: who outside was asked for evidence, what came, and whose hands it went through.
// Files are read here for their digest and sent nowhere: they stay where the plant keeps evidence.

import { Option, type Command } from 'commander'
import type { CustodyBody, EndAskingBody } from '../../contract/incident-bodies.ts'
import { addCommand, asDuration, asList, type Invocation } from '../command.ts'
import { misused } from '../failure.ts'
import { digestOf } from '../file-digest.ts'
import { incidentText } from '../incident-text.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'

interface AskOptions extends RemoteOptions {
  readonly party: string
  readonly what: string
  readonly why: string
  readonly for: number
}

interface ReceiveOptions extends RemoteOptions {
  readonly file: readonly string[]
  readonly holder: string
  readonly place: string
}

export function addEvidenceRequestCommands(group: Command, invocation: Invocation): void {
  addCommand<AskOptions>(group, invocation, {
    name: 'ask-evidence <incident>',
    summary: 'ask somebody outside for evidence',
    about:
      'Keeps that somebody outside was asked for evidence: who, for what, why, and until when. It is called out when late.',
    examples: [
      'incident ask-evidence inc_01hzy8x5r2k3m4n5p6q7r8s9t0 --party "Robot Cell Service" --what "VPN log of 3 March" --why "contract 4.2" --for 5d',
    ],
    options: (command) =>
      remoteOptions(command)
        .requiredOption('--party <name>', 'who is asked')
        .requiredOption('--what <text>', 'what is asked for')
        .requiredOption('--why <text>', 'why, and on what ground')
        .requiredOption('--for <duration>', 'how long they have', asDuration),
    run: async (context, options, [id = '']) => {
      const { party, what, why } = options
      const body = { party, what, why, dueAt: Date.now() + options.for }
      const view = await withGateway(context, options, (gateway) => gateway.call('askEvidence', { id, body }))
      await context.output.answer(view, () => incidentText(view))
    },
  })
  addCommand<ReceiveOptions>(group, invocation, {
    name: 'receive-evidence <request>',
    summary: 'say what came, by its digest',
    about:
      'Keeps name, size and SHA-256 of each file that came, who holds it and where. The files are read here and sent\n' +
      'nowhere. Another digest later means that it is not the same file any more.',
    examples: [
      'incident receive-evidence evr_01hzy8x5r2k3m4n5p6q7r8s9t0 --file vpn.log --holder "ISMS manager" --place "safe, shelf 2"',
    ],
    options: (command) =>
      remoteOptions(command)
        .option('--file <path>', 'a file that came; may be given again', asList, [])
        .requiredOption('--holder <name>', 'who has it now')
        .requiredOption('--place <text>', 'where it is kept'),
    run: async (context, options, [id = '']) => {
      if (options.file.length === 0) throw misused('--file: expected at least one')
      const files = []
      for (const path of options.file) files.push(await digestOf(path))
      const body = { files, holder: options.holder, place: options.place }
      const view = await withGateway(context, options, (gateway) => gateway.call('receiveEvidence', { id, body }))
      await context.output.answer(view, () => incidentText(view))
    },
  })
  addCommand<RemoteOptions & EndAskingBody>(group, invocation, {
    name: 'end-evidence <request>',
    summary: 'say that nothing more is to come',
    about: 'Ends a request for evidence: everything came, it was refused (with their reason), or it is taken back.',
    examples: ['incident end-evidence evr_01hzy8x5r2k3m4n5p6q7r8s9t0 --outcome refused --reason "kept 30 days only"'],
    options: (command) =>
      remoteOptions(command)
        .addOption(
          new Option('--outcome <outcome>', 'how it ended')
            .choices(['complete', 'refused', 'withdrawn'])
            .makeOptionMandatory(),
        )
        .requiredOption('--reason <text>', 'why'),
    run: async (context, options, [id = '']) => {
      const body = { outcome: options.outcome, reason: options.reason }
      const view = await withGateway(context, options, (gateway) => gateway.call('endAsking', { id, body }))
      await context.output.answer(view, () => incidentText(view))
    },
  })
  addCommand<RemoteOptions & CustodyBody>(group, invocation, {
    name: 'move-evidence <exhibit>',
    summary: 'say that a piece of evidence changes hands',
    about:
      'Keeps a step of the chain of custody: handed over, copied, returned or destroyed, by whom, to whom and what for.',
    examples: [
      'incident move-evidence exh_01hzy8x5r2k3m4n5p6q7r8s9t0 --kind handed-over --to "forensic laboratory" --place "their vault" --purpose analysis',
    ],
    options: (command) =>
      remoteOptions(command)
        .addOption(
          new Option('--kind <kind>', 'what is done')
            .choices(['handed-over', 'copied', 'returned', 'destroyed'])
            .makeOptionMandatory(),
        )
        .requiredOption('--to <name>', 'who gets it, or the copy; who destroyed it')
        .requiredOption('--place <text>', 'where it is then')
        .requiredOption('--purpose <text>', 'what for'),
    run: async (context, options, [id = '']) => {
      const { kind, to, place, purpose } = options
      const body = { kind, to, place, purpose }
      const view = await withGateway(context, options, (gateway) => gateway.call('moveExhibit', { id, body }))
      await context.output.answer(view, () => incidentText(view))
    },
  })
}
