// The risks of the register, the graver first.

import type { Command } from 'commander'
import type { RiskView } from '../../contract/views.ts'
import { addCommand, type Invocation } from '../command.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { tableText } from '../table.ts'

export function addRiskCommands(program: Command, invocation: Invocation): void {
  addCommand<RemoteOptions & { readonly accepted?: true }>(program, invocation, {
    name: 'risks',
    summary: 'list the risks of the register, the graver first',
    about:
      'Lists the risks of the register: what could happen to people comes first, then the level on the plant\u2019s own\n' +
      'scale of hours and cost. `open` is what no control treats and nobody bears, or bears any longer.',
    examples: ['risks', 'risks --accepted', 'risks --json'],
    options: (command) => remoteOptions(command).option('--accepted', 'only what is, or was, borne as it is'),
    run: async (context, options) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('risks'))
      const items = options.accepted === true ? view.items.filter(({ acceptance }) => acceptance !== null) : view.items
      await context.output.answer({ ...view, items }, () =>
        tableText(
          ['RISK', 'SAFETY', 'SIL', 'LEVEL', 'IMPACT', 'STATE', 'UNTIL', 'DECISION', 'OWNER', 'TITLE'],
          items.map(rowOf),
          'No risk',
        ),
      )
    },
  })
}

function rowOf({ id, safety, sil, level, impact, state, acceptance, owner, title }: RiskView): readonly string[] {
  return [
    id,
    safety,
    sil === null ? '-' : String(sil),
    level ?? 'not rated',
    impact === null ? '-' : `${impact.hours} h, ${impact.cost.toLocaleString('en-GB')} ${impact.currency}`,
    state === 'accepted' && acceptance?.state === 'expiring' ? 'accepted, ends soon' : state,
    acceptance === null ? '-' : acceptance.until,
    acceptance?.decision ?? '-',
    owner,
    title,
  ]
}
