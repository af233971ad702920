// What there is: the gateway's own state, and the assets one may know of.

import type { Command } from 'commander'
import { addCommand, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { limitOption, remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { fieldsText, tableText } from '../table.ts'

export function addAssetCommands(program: Command, invocation: Invocation): void {
  addCommand<RemoteOptions>(program, invocation, {
    name: 'status',
    about:
      'Shows the version of the gateway, the policy in force, how to reach its SSH side, and the state of its ledger.',
    examples: ['status', 'status --json'],
    options: remoteOptions,
    run: async (context, options) => {
      const { me, status } = await withGateway(context, options, async (gateway) => ({
        me: await gateway.call('me'),
        status: await gateway.call('status'),
      }))
      const { ssh, ledger } = status
      await context.output.answer({ person: me.person, ...status }, () =>
        fieldsText([
          ['you', `${me.person.displayName} (${me.person.login}), ${me.person.roles.join(', ')}`],
          ['version', status.version],
          ['ssh', `${ssh.host} port ${ssh.port}, host key ${ssh.fingerprint}`],
          ['policy', `bundle ${status.bundle}, scope version ${status.scopeVersion}`],
          ['ledger', `${ledger.origin}, ${ledger.size} entries`],
          ['checkpoint', ledger.checkpointAt === null ? 'none yet' : showInstant(ledger.checkpointAt)],
          ['time', showInstant(status.now)],
        ]),
      )
    },
  })
  addCommand<RemoteOptions & { readonly limit: number }>(program, invocation, {
    name: 'assets',
    about:
      'Lists the assets you may know of. Where you hold a grant that is in its window now, the command that opens a\n' +
      'session stands beside the asset.',
    examples: ['assets', 'assets --json'],
    options: (command) => limitOption(remoteOptions(command)),
    run: async (context, options) => {
      const items = await withGateway(context, options, (gateway) => gateway.list('assets', {}, options.limit))
      await context.output.answer({ items }, () =>
        tableText(
          ['ASSET', 'NAME', 'PLANT', 'ZONE', 'LEVEL', 'TYPE', 'SAFETY', 'SCOPE', 'CONNECT'],
          items.map((asset) => [
            asset.id,
            asset.name,
            asset.plant,
            asset.zone,
            String(asset.level),
            asset.type,
            asset.safety,
            asset.scope,
            asset.connect ?? '-',
          ]),
          'No asset is visible to you: your supplier\u2019s labels or your plants decide that',
        ),
      )
    },
  })
}
