// Migration 27: files by whose they are, so that the list of somebody who reads only their own does not go over everybody's.

import type { Kysely } from 'kysely'

export async function up({ schema }: Kysely<never>): Promise<void> {
  await schema.createIndex('file_transfer_person').on('file_transfer').columns(['person', 'id']).execute()
}
