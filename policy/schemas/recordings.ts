// Schema of how recordings are handled: handling.yaml.

import {
  handlingRuleShape,
  handlingShape,
  mostHandlingRules,
  mostKeepDays,
  mostRetentionClasses,
  retentionClassShape,
  retentionShape,
  viewShape,
} from '../bundle/handling.ts'
import { agreementShape, mostAgreements } from '../bundle/agreements.ts'
import { agreedEvidence, exportHandlings, roles } from '../model.ts'
import { choice, day, flag, ids, integer, list, map, text, words, type Schema } from './schema.ts'

export const handlingSchema: Schema = map(
  'How recordings are handled by the labels of what was reached; what is left out has a default.',
  handlingShape,
  {
    retention: map('How long recordings are kept; 400 days by default.', retentionShape, {
      classes: list(
        'The classes.',
        map('A class.', retentionClassShape, {
          id: text('Id of the class.', 60),
          text: text('What is kept so, and why.'),
          keepDays: integer('Days from the end of the session; never deleted before.', 1, mostKeepDays),
        }),
        { atLeast: 1, atMost: mostRetentionClasses },
      ),
      default: text('Id of the class of recordings that no rule names one for.', 60),
    }),
    rules: list(
      'Rules; of all that are about a recording the strictest of each kind holds.',
      map(
        'A rule: every list given has a match; without any it is about every asset.',
        handlingRuleShape,
        {
          id: text('Id of the rule.', 60),
          text: text('The rule in one sentence: what a refusal says.'),
          labels: words('On assets with one of these labels.', 1),
          plants: ids('On assets of these plants.', 'a plant'),
          types: words('On assets of these types.', 1),
          view: map(
            'Who may look.',
            viewShape,
            {
              roles: list('People with one of these roles.', choice('a role', roles), { atLeast: 1 }),
              secondPerson: flag('Somebody else has to agree to each viewing.'),
            },
            { minProperties: 1 },
          ),
          export: choice('What may leave in an export; full by default.', exportHandlings),
          retention: text('Id of the class it is kept in; of several the longest.', 60),
          maskPrompts: flag('Is what is typed at a password prompt masked; true by default.'),
          regions: words('Regions of object stores its copy may stand in; elsewhere it stays on the own disk.', 1),
        },
        { anyOf: ['view', 'export', 'retention', 'maskPrompts', 'regions'].map((name) => ({ required: [name] })) },
      ),
      { atMost: mostHandlingRules },
    ),
    agreements: list(
      'What was agreed with customers about evidence that leaves the house for them.',
      map(
        'An agreement: it covers assets that every list given matches.',
        agreementShape,
        {
          id: text('Id of the agreement, as `sallyport export --agreement` names it.', 60),
          customer: text('With whom.'),
          reference: text('Where it is written down: a contract, an annex.'),
          owner: text('Who answers for it: a role title.'),
          from: day('First day of what it covers, and on which it is given out'),
          until: day('Last day'),
          plants: ids('It covers assets of these plants.', 'a plant'),
          assets: ids('It covers these assets.', 'an asset'),
          labels: words(
            'It covers assets with one of these labels; of rules about them what leaves is for it to say.',
            1,
          ),
          evidence: list('What of it goes out.', choice('a kind of evidence', agreedEvidence), { atLeast: 1 }),
        },
        { anyOf: ['plants', 'assets', 'labels'].map((name) => ({ required: [name] })) },
      ),
      { atMost: mostAgreements },
    ),
  },
)
