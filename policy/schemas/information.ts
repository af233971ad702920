// Schemas of what a plant knows and on which ways it comes and goes: information.yaml, and the interfaces of zones.yaml.

import { informationClassShape, informationFileShape, informationShape } from '../bundle/information.ts'
import { endShape, interfaceShape, stateShape } from '../bundle/interfaces.ts'
import { criticalities, directions, informationClasses, interfaceTypes } from '../model.ts'
import { choice, day, flag, id, ids, list, map, text, words, type Schema } from './schema.ts'

const exactlyOne = (...keys: readonly string[]): Schema => ({ oneOf: keys.map((key) => ({ required: [key] })) })

export const informationSchema: Schema = map('What the plant knows and has to protect.', informationFileShape, {
  information: list(
    'The information assets.',
    map('Information with somebody who answers for it.', informationShape, {
      id: id('Id of the information asset.'),
      name: text('What people call it.'),
      owner: text('Who answers for it: a role title.'),
      class: text(`Its kind: ${informationClasses.join(', ')}, or one of \`classes\`.`, 60),
      labels: words('Labels; the assets that hold it have them too.'),
      criticality: choice('How much hangs on it.', criticalities),
      heldBy: ids('The assets that hold it.', 'an asset'),
    }),
  ),
  classes: list(
    'Kinds of information of your own.',
    map('A class.', informationClassShape, {
      id: text('Its name, as information and payloads give it.', 60),
      text: text('What belongs to it.'),
    }),
  ),
  requirePayloads: flag('Does a conduit that says nothing of payloads carry none of it? false if left out.'),
})

const end = (description: string): Schema =>
  map(
    description,
    endShape,
    {
      zone: id('Id of a zone.'),
      asset: id('Id of an asset.'),
      outside: text('Who or what, outside of what is declared.', 200),
    },
    exactlyOne('zone', 'asset', 'outside'),
  )

export const interfacesSchema: Schema = list(
  'Ways on which data comes and goes beside sessions, in scope or not.',
  map('An interface.', interfaceShape, {
    id: id('Id of the interface.'),
    name: text('What people call it.'),
    type: choice(
      'What it is. A vendor-pathway or cloud-link that runs over no conduit is removed by a day or excepted.',
      interfaceTypes,
    ),
    from: end('Where data comes from.'),
    to: end('Where it goes.'),
    direction: choice('forward: only from `from` to `to`; both: either way.', directions),
    payloads: words('Classes or labels of information.'),
    reason: text('Why, in words an auditor reads.', 1000),
    change: text("Reference of the change it came with, in the plant's own change control.", 200),
    reviewBy: day('The last day before the owner has to look at it again'),
    state: {
      description: 'Whether it stays.',
      oneOf: [
        { const: 'in-use', description: 'It stays.' },
        map(
          'It goes, or is borne for a time.',
          stateShape,
          {
            removeBy: day('The last day it may be there'),
            exception: text('Id of the exception of register.yaml it is borne under.', 60),
          },
          exactlyOne('removeBy', 'exception'),
        ),
      ],
    },
    owner: text('Who answers for it. Without an owner it is overdue.'),
    conduits: list('Conduits it runs over.', id('id of a conduit')),
    supplier: id('The supplier it belongs to.'),
  }),
)
