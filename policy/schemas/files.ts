// The schemas for editors, by the file each is about. Published beside this file as JSON; a test says when they are
// behind, and writes them anew (`npx vitest run --config test/vitest.config.ts --update=all test/policy/schemas`).
//
// A schema knows one file. What only the whole bundle shows (names declared elsewhere, days that exist, host keys that
// are keys) is the parser's alone: a file that its schema takes may still be refused, never the other way round.

import { accessSchema, calendarsSchema } from './handling.ts'
import { filesSchema } from './crossing.ts'
import { handlingSchema } from './recordings.ts'
import { registerSchema } from './register.ts'
import { assetsSchema, mappingSchema } from './inventory.ts'
import { informationSchema } from './information.ts'
import { scopeSchema, suppliersSchema, zonesSchema } from './plant.ts'
import type { Schema } from './schema.ts'

const draft = 'http://json-schema.org/draft-07/schema#'

const schemas: Readonly<Record<string, Schema>> = {
  'scope.yaml': scopeSchema,
  'zones.yaml': zonesSchema,
  'assets.yaml': assetsSchema,
  'assets.mapping.yaml': mappingSchema,
  'information.yaml': informationSchema,
  'suppliers.yaml': suppliersSchema,
  'calendars.yaml': calendarsSchema,
  'access.yaml': accessSchema,
  'handling.yaml': handlingSchema,
  'files.yaml': filesSchema,
  'register.yaml': registerSchema,
}

/** JSON Schema (draft-07) of each YAML file of a bundle. */
export const bundleSchemas: ReadonlyMap<string, Schema> = new Map(
  Object.entries(schemas).map(([file, schema]) => [file, { $schema: draft, title: `Sallyport: ${file}`, ...schema }]),
)

/** The name a schema is published under: `scope.schema.json` for `scope.yaml`. */
export function schemaFileOf(file: string): string {
  return file.replace(/\.yaml$/, '.schema.json')
}
