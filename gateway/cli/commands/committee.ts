// `report committee`: what the risk committee gets to read, as Markdown or JSON.

import type { Command } from 'commander'
import { addCommand, addGroup, asInstant, type Invocation } from '../command.ts'
import { committeeMarkdown } from '../incident-text.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'

export function addReportCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'report', 'what others get to read, as the risk committee')
  addCommand<RemoteOptions & { readonly since: number; readonly until?: number }>(group, invocation, {
    name: 'committee',
    summary: 'what the risk committee reads',
    about:
      'Writes what a risk committee reads at its meeting, as Markdown: incidents, risks that are borne, exceptions, changes,\n' +
      'nonconformities, concerns and drills since the last one, each with the decision it rests on and its ledger entry,\n' +
      'and what is overdue now. With --json the same as data.',
    examples: ['report committee --since 2026-07-01T00:00Z', 'report committee --since 2026-07-01T00:00Z --json'],
    options: (command) =>
      remoteOptions(command)
        .requiredOption('--since <instant>', 'from when', asInstant)
        .option('--until <instant>', 'to when; now when not given', asInstant),
    run: async (context, options) => {
      const query = {
        since: String(options.since),
        ...(options.until === undefined ? {} : { until: String(options.until) }),
      }
      const view = await withGateway(context, options, (gateway) => gateway.call('committeePack', { query }))
      await context.output.answer(view, () => committeeMarkdown(view))
    },
  })
}
