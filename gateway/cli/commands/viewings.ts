// Viewings of recordings that a second person has to agree to: asking, agreeing, refusing, and what was asked.

import type { Command } from 'commander'
import type { ViewingView } from '../../contract/views.ts'
import { addCommand, addGroup, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { shown } from '../plain.ts'
import { limitOption, remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { tableText } from '../table.ts'

interface AskOptions extends RemoteOptions {
  readonly purpose: string
}
interface RefuseOptions extends RemoteOptions {
  readonly reason: string
}

const example = 'vie_01hzy8x5r2k3m4n5p6q7r8s9t0'

export function addViewingCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'viewing', 'ask for, and agree to, looking at a recording with a second person')
  addCommand<RemoteOptions & { readonly limit: number }>(group, invocation, {
    name: 'list',
    summary: 'list viewings one asked for, may answer or answered',
    about: 'Lists viewings that want a second person, newest first. Who reads everything sees all of them.',
    examples: ['viewing list'],
    options: (command) => limitOption(remoteOptions(command)),
    run: async (context, options) => {
      const items = await withGateway(context, options, (gateway) => gateway.list('viewings', {}, options.limit))
      await context.output.answer({ items }, () =>
        tableText(
          ['VIEWING', 'STATE', 'YOURS TO ANSWER', 'VIEWER', 'SESSION', 'ASSET', 'UNTIL', 'PURPOSE'],
          items.map(({ id, state, mayAnswer, viewer, session, asset, answerBy, viewUntil, purpose }) => [
            id,
            state,
            mayAnswer ? 'yes' : '-',
            viewer.login,
            session,
            asset,
            state === 'asked' || state === 'confirmed' ? showInstant(viewUntil ?? answerBy) : '-',
            purpose,
          ]),
          'No viewing',
        ),
      )
    },
  })
  addCommand<AskOptions>(group, invocation, {
    name: 'ask <session>',
    summary: 'ask for a second person',
    about:
      'Asks those who may look at this recording, and took no part in the session, to agree that you look at it. They\n' +
      'are told by mail and have four hours; after a yes you may replay it for half an hour.',
    examples: ['viewing ask ses_01hzy8x5r2k3m4n5p6q7r8s9t0 --purpose "incident 17"'],
    options: (command) =>
      remoteOptions(command).requiredOption('--purpose <text>', 'why it is viewed; kept as evidence'),
    run: async (context, options, [id = '']) => {
      const body = { purpose: options.purpose }
      const view = await withGateway(context, options, (gateway) => gateway.call('askViewing', { id, body }))
      await context.output.answer(
        view,
        () =>
          shown`Asked: ${view.id}, until ${showInstant(view.answerBy)}: another person answers with viewing confirm`,
      )
    },
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'confirm <viewing>',
    summary: 'agree, as the second person',
    about: 'Agrees that somebody else looks at a recording, for half an hour from now.',
    examples: [`viewing confirm ${example}`],
    options: remoteOptions,
    run: async (context, options, [id = '']) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('confirmViewing', { id }))
      await context.output.answer(view, () => confirmedText(view))
    },
  })
  addCommand<RefuseOptions>(group, invocation, {
    name: 'refuse <viewing>',
    summary: 'do not agree',
    about: 'Does not agree that somebody looks at a recording. They are told, and may ask again.',
    examples: [`viewing refuse ${example} --reason "the incident is closed"`],
    options: (command) => remoteOptions(command).requiredOption('--reason <text>', 'why, for the evidence'),
    run: async (context, options, [id = '']) => {
      const body = { reason: options.reason }
      const view = await withGateway(context, options, (gateway) => gateway.call('refuseViewing', { id, body }))
      await context.output.answer(view, () => shown`Refused: ${view.viewer.login} may not look at ${view.session}`)
    },
  })
}

function confirmedText({ viewer, session, viewUntil }: ViewingView): string {
  const until = viewUntil === null ? '' : `, until ${showInstant(viewUntil)}`
  return shown`Agreed: ${viewer.login} may look at ${session}${until}`
}
