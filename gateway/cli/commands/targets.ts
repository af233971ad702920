// Targets: which host key each may show, looking at one, and accepting or rejecting it.

import type { Command } from 'commander'
import type { HostKeyView, TargetView } from '../../contract/views.ts'
import { addCommand, addGroup, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { shown } from '../plain.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { tableText } from '../table.ts'

type ListOptions = RemoteOptions & { readonly enrol?: true }
type CommentOptions = RemoteOptions & { readonly comment: string }

/** As many as one answer holds. */
const pageSize = 200

export function addTargetCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'target', 'see and accept the host keys of targets')
  addCommand<ListOptions>(group, invocation, {
    name: 'list',
    summary: 'list targets and the host keys they may show',
    about:
      'Lists the assets that are reached by SSH, and the fingerprint of the host key each may show: pinned in the bundle,\n' +
      'or, where its endpoint says `hostKeys: enrol`, accepted by two people. A target without one is not reachable.',
    examples: ['target list', 'target list --enrol --json'],
    options: (command) => remoteOptions(command).option('--enrol', 'only those whose keys two people accept'),
    run: async (context, options) => {
      const items = await withGateway(context, options, async (gateway) => {
        const all: TargetView[] = []
        for (let cursor: string | null = ''; cursor !== null;) {
          const query: Record<string, string> = { limit: String(pageSize) }
          if (options.enrol) query['keys'] = 'enrol'
          if (cursor !== '') query['cursor'] = cursor
          const page: { items: TargetView[]; next: string | null } = await gateway.call('targets', { query })
          all.push(...page.items)
          cursor = page.next
        }
        return all
      })
      await context.output.answer({ items }, () => listText(items))
    },
  })
  addCommand<CommentOptions>(group, invocation, {
    name: 'enrol <asset>',
    summary: 'look at the host key a target shows, and propose it',
    about:
      'The gateway connects to the target, looks at the host key it shows and has signed with, and keeps it as proposed by\n' +
      'you. No login is begun. Compare the fingerprint with what the device shows on its own screen, or with what its\n' +
      'maker gave; another person accepts it with `target accept`. It is evidence.',
    examples: ['target enrol ews-1 --comment "new controller, CHG-1207"'],
    options: (command) => remoteOptions(command).requiredOption('--comment <text>', 'why; evidence'),
    run: async (context, options, [id = '']) => {
      const body = { comment: options.comment }
      const view = await withGateway(context, options, (gateway) => gateway.call('proposeHostKey', { id, body }))
      const proposed = view.keys.find(({ state }) => state === 'proposed')
      await context.output.answer(view, () =>
        [
          shown`${view.asset} at ${view.address} shows ${proposed?.kind ?? '-'} ${proposed?.fingerprint ?? '-'}`,
          shown`Compare it, then another person runs: sallyport target accept ${view.asset} ${proposed?.fingerprint ?? '-'}`,
        ].join('\n'),
      )
    },
  })
  for (const [name, route, summary, about] of [
    [
      'accept',
      'acceptHostKey',
      'accept a proposed host key: the target may show it and no other',
      'Accepts the host key somebody else proposed. The one accepted before is replaced. It is evidence.',
    ],
    [
      'reject',
      'rejectHostKey',
      'reject a host key',
      'Rejects a host key that was seen, proposed or accepted. Without an accepted one the target is not reachable.\n' +
        'Sessions that live on are not ended by it: see `session kill`. It is evidence.',
    ],
  ] as const)
    addCommand<CommentOptions>(group, invocation, {
      name: `${name} <asset> <fingerprint>`,
      summary,
      about,
      examples: [
        `target ${name} ews-1 SHA256:PmR0nq2gZ0m4yQb0o0s0kY5b7rX1cU8hQ2wJ3vT6xLs --comment "as on its display"`,
      ],
      options: (command) => remoteOptions(command).requiredOption('--comment <text>', 'how it was compared; evidence'),
      run: async (context, options, [id = '', fingerprint = '']) => {
        const body = { fingerprint, comment: options.comment }
        const view = await withGateway(context, options, (gateway) => gateway.call(route, { id, body }))
        await context.output.answer(view, () => shown`${view.asset}: ${knownText(view)}`)
      },
    })
}

function knownText({ known, pinned }: TargetView): string {
  if (known.length === 0) return 'no host key is accepted: it is not reachable'
  return `${known.join(', ')} ${pinned ? 'pinned in the bundle' : 'accepted'}`
}

function waitingText(keys: readonly HostKeyView[]): string {
  const waiting = keys.filter(({ state }) => state === 'seen' || state === 'proposed')
  return (
    waiting.map(({ state, fingerprint, seenAt }) => `${fingerprint} ${state} ${showInstant(seenAt)}`).join(', ') || '-'
  )
}

function legacyText({ legacy }: TargetView): string {
  if (legacy === null) return '-'
  return `${legacy.exception}${legacy.inForce ? '' : ' NOT IN FORCE'}: ${legacy.algorithms.join(', ')}`
}

function listText(items: readonly TargetView[]): string {
  return tableText(
    ['ASSET', 'PLANT', 'ADDRESS', 'ACCOUNT', 'HOST KEY', 'WAITING', 'LEGACY'],
    items.map((view) => [
      view.asset,
      view.plant,
      view.address,
      view.account,
      knownText(view),
      waitingText(view.keys),
      legacyText(view),
    ]),
    'No asset is reached by SSH',
  )
}
