// The schema of files.yaml: which files may cross, and how.

import { longestPattern } from '../file-paths.ts'
import {
  fileRuleShape,
  filesShape,
  fileTermsShape,
  mostFileRules,
  mostMegabytes,
  mostPaths,
  releasers,
} from '../bundle/files-rules.ts'
import { fileCrossings, fileSwitches, withoutVerdict } from '../model.ts'
import { choice, flag, ids, integer, list, map, text, words, type Schema } from './schema.ts'

const switches = (description: string): Schema =>
  list(description, choice('A switch.', fileSwitches), { distinct: true })
const paths = list(
  'Absolute paths on the target: * inside a name, ** for any number of names.',
  text('A path, as /opt/plc/**.', longestPattern),
  { atLeast: 1, atMost: mostPaths },
)

/** What of files somebody may be given. */
export const fileTerms = (description: string): Schema =>
  map(description, fileTermsShape, { allow: switches('What may be done there; at least one.'), paths })

export const filesSchema: Schema = map('Which files may cross, and how their content does.', filesShape, {
  rules: list(
    'The rules: what one allows and none forbids.',
    map('A rule; it is about every asset that its lists let it be about.', fileRuleShape, {
      id: text('Its id.', 60),
      text: text('Why, for people.'),
      plants: ids('On assets of these plants.', 'a plant'),
      assets: ids('On these assets.', 'an asset'),
      types: words('On assets of these types.', 1),
      labels: words('On assets with one of these labels.', 1),
      suppliers: ids('Carried by people of these suppliers; and by nobody of the plant.', 'a supplier'),
      paths,
      allow: switches('What may be done there.'),
      deny: switches('What may not, whatever other rules allow.'),
      upload: choice('How content crosses to the asset; where write is allowed.', fileCrossings),
      download: choice('How content crosses from the asset; where read is allowed.', fileCrossings),
      withoutVerdict: choice('What holds while no verdict is to be had; hold by default.', withoutVerdict),
      releasedBy: list('Who lets go what waits for a person; approvers by default.', choice('A role.', releasers), {
        atLeast: 1,
      }),
      declaredOnly: flag('Must the digest of what is brought stand in the request? No by default.'),
      largestMegabytes: integer('The largest file; 1024 by default.', 1, mostMegabytes),
      retention: text('Class of handling.yaml its content is kept by; that of the recording if not given.', 60),
    }),
    { atMost: mostFileRules },
  ),
})
