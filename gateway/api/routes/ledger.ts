// The ledger as static files (C2SP tlog-tiles), made of the store as they are asked for: for monitors and auditors who follow it.
// Hashes and sizes are for the plant's people; entries are for those who may read evidence.

import { parseTilePath, tileOf } from '../../../recorder/index.ts'
import { prefix, routes } from '../../contract/routes.ts'
import { GatewayError } from '../../errors.ts'
import { needRole, type Logins } from '../logins.ts'
import type { ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'

const readers = ['auditor', 'isms-manager', 'admin'] as const
const followers = [...readers, 'approver', 'escort', 'safety-engineer'] as const

/** What stands under the path of a tile never changes: a cache of the reader's own may keep it. */
const forever = 'private, max-age=31536000, immutable'

export function ledgerRoutes(app: ApiScope, { checkpoints, store }: Services, logins: Logins): void {
  app.route({
    ...routes.ledgerCheckpoint,
    url: routes.ledgerCheckpoint.path,
    handler: async (request, reply) => {
      needRole(await logins.actor(request), ...followers)
      const newest = await checkpoints.latest()
      if (newest === null) throw new GatewayError('not-found', 'nothing is signed yet')
      return reply.type('text/plain; charset=utf-8').send(newest.note)
    },
  })
  app.route({
    ...routes.ledgerTile,
    url: routes.ledgerTile.path,
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      needRole(actor, ...followers)
      // Without a schema of its own: typebox takes the `*` of such a parameter for a pattern. The path is read strictly instead.
      const [path = ''] = request.url.slice(`${prefix}/ledger/`.length).split('?')
      const tile = parseTilePath(path)
      if (tile === null) throw new GatewayError('not-found', 'expected the path of a tile, as `tile/0/x001/234`')
      if (tile.level === 'entries') needRole(actor, ...readers)
      const { level, index, width } = tile
      // No further than what was signed: a tile that no checkpoint covers could not be verified.
      const size = (await checkpoints.latest())?.size ?? 0
      const under = level === 'entries' ? 1 : 256 ** level
      if (index * 256 + width > Math.floor(size / under))
        throw new GatewayError('not-found', `the newest checkpoint is of ${size} entries, and has no such tile`)
      const { evidence } = store
      const source = {
        hashes: (at: number, first: number, count: number) => evidence.hashes(at, first, count),
        entries: (first: number, until: number) => evidence.someEntries(first, until),
      }
      const { content } = await tileOf(source, level, index, width)
      return reply.type('application/octet-stream').header('cache-control', forever).send(content)
    },
  })
}
