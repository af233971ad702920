// People for `explain` on a folder alone: a YAML file, or what the options say of one. Nobody is looked up anywhere.

import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import {
  parseLogin,
  parsePlantId,
  parseSupplierId,
  roles,
  type Person,
  type PersonId,
  type Role,
} from '../../policy/index.ts'
import { Failure, messageOf, misused } from './failure.ts'

const closed = { additionalProperties: false } as const
const PeopleFile = Type.Object(
  {
    people: Type.Array(
      Type.Object(
        {
          login: Type.String(),
          name: Type.Optional(Type.String()),
          roles: Type.Array(Type.Union(roles.map((role) => Type.Literal(role))), { minItems: 1 }),
          supplier: Type.Optional(Type.String()),
          plants: Type.Array(Type.String()),
        },
        closed,
      ),
    ),
  },
  closed,
)

export interface GivenPerson {
  readonly login: string
  readonly displayName: string
  readonly roles: readonly string[]
  readonly supplier: string | null
  readonly plants: readonly string[]
}

/** The people of a file: `people: [{ login, name?, roles, supplier?, plants }]`. @throws Failure naming what is wrong. */
export async function readPeople(file: string): Promise<readonly GivenPerson[]> {
  let value: unknown
  try {
    value = parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new Failure(`people file \`${file}\`: ${messageOf(error)}: give a YAML file with a list \`people\``, {
      cause: error,
    })
  }
  if (!Value.Check(PeopleFile, value)) {
    const lines = [...Value.Errors(PeopleFile, value)]
      .slice(0, 20)
      .map((one) => `- ${one.instancePath || '/'}: ${one.message}`)
    throw new Failure(
      `people file \`${file}\`: expected people with login, roles, plants and perhaps name and supplier`,
      { lines },
    )
  }
  const { people }: Static<typeof PeopleFile> = value
  return people.map(({ login, name, supplier, ...rest }) => ({
    ...rest,
    login,
    displayName: name ?? login,
    supplier: supplier ?? null,
  }))
}

/** A person of the policy, as far as a decision needs one. @throws Failure where a word of theirs is malformed. */
export function personOf(given: GivenPerson): Person {
  const login = parseLogin(given.login)
  const supplier = given.supplier === null ? null : parseSupplierId(given.supplier)
  const plants = given.plants.map((plant) => parsePlantId(plant))
  const known = given.roles.map((role) => {
    const found = roles.find((one) => one === role)
    if (found === undefined) throw misused(`role \`${role}\`: expected ${roles.join(', ')}`)
    return found satisfies Role
  })
  if (login.kind === 'malformed') throw misused(login.reason)
  if (supplier?.kind === 'malformed') throw misused(supplier.reason)
  const wrong = plants.find((plant) => plant.kind === 'malformed')
  if (wrong?.kind === 'malformed') throw misused(wrong.reason)
  return {
    // Only told apart from other people of the same question.
    id: `per_${login.id}` as PersonId,
    login: login.id,
    displayName: given.displayName,
    roles: known,
    supplier: supplier?.id ?? null,
    plants: plants.flatMap((plant) => (plant.kind === 'ok' ? [plant.id] : [])),
    disabled: false,
  }
}
