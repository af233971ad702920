// The tables, as kysely sees them, by theme in `schema`. Instants are integers (ms since the epoch), documents are JSON
// text, bytes are blobs, yes/no is 0/1: the same columns serve SQLite and PostgreSQL.

import type { Kysely, Transaction } from 'kysely'
import type { AccessTables } from './schema/access.ts'
import type { BundleTables } from './schema/bundles.ts'
import type { EvidenceTables } from './schema/evidence.ts'
import type { IncidentTables } from './schema/incidents.ts'
import type { OperatingTables } from './schema/operating.ts'
import type { PeopleTables } from './schema/people.ts'
import type { SessionTables } from './schema/sessions.ts'

export interface Schema
  extends PeopleTables, AccessTables, BundleTables, SessionTables, EvidenceTables, IncidentTables, OperatingTables {}

export type Db = Kysely<Schema> | Transaction<Schema>
