// Schemas of the inventory: assets.yaml, and assets.mapping.yaml, which says what the columns of assets.csv are.

import {
  assetShape,
  assetsShape,
  drainShape,
  longestHardLimitMinutes,
  longestRecordingPauseMinutes,
  optInShape,
  safeStateShape,
} from '../bundle/assets.ts'
import {
  accountName,
  credentialName,
  endpointShape,
  longestObserved,
  mostObserved,
  mostPrincipals,
} from '../bundle/endpoints.ts'
import { mostVariables, variableForm } from '../bundle/endpoint-openings.ts'
import { legacyShape } from '../bundle/legacy.ts'
import { mappingFieldsShape, mappingShape, separators, sourceShape } from '../bundle/mapping.ts'
import { mostSessions } from '../bundle/suppliers.ts'
import { mostPorts, tcpEndpointShape } from '../bundle/tcp-endpoint.ts'
import { loginShape, longestLoginSeconds, longestPrompt, telnetEndpointShape } from '../bundle/telnet-endpoint.ts'
import {
  criticalities,
  enrolledKeys,
  legacyNames,
  localEnables,
  safetyClasses,
  silLevels,
  sshFeatures,
} from '../model.ts'
import { choice, day, flag, form, id, integer, list, map, text, words, type Schema } from './schema.ts'

const hardLimit = integer('Minutes until it is closed all the same.', 1, longestHardLimitMinutes)

const sshEndpoint = map('Where it is dialled, and whose key it must show.', endpointShape, {
  protocol: { const: 'ssh', description: 'What is spoken there.' },
  host: text('Host name or address, without port or scheme.', 253),
  port: integer('TCP port.', 1, 65535),
  hostKeys: {
    description: 'Whose key it must show.',
    oneOf: [
      { const: enrolledKeys, description: 'Those that two people accepted in the gateway.' },
      list(
        'Pinned public keys, as ssh-keyscan prints them without the host.',
        form(
          'A public key in one line.',
          '(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521))[ \\t]+[A-Za-z0-9+/]+=*(?:[ \\t].*)?',
        ),
        { atLeast: 1 },
      ),
    ],
  },
  account: form('The account on the target.', accountName.source),
  credential: form("Name of the credential in the gateway's vault; never the secret itself.", credentialName.source),
  observe: list(
    'Exact command lines its owner vouches for as only looking: what access of class observe may run.',
    text('A command line.', longestObserved),
    { atMost: mostObserved, distinct: true },
  ),
  principals: list(
    'Where its credential is an authority: the names on the certificate; the account if not given.',
    form('A name.', accountName.source),
    { atLeast: 1, atMost: mostPrincipals },
  ),
  features: list('What it is open for; terminal and command if not given.', choice('A feature.', sshFeatures), {
    atLeast: 1,
    distinct: true,
  }),
  environment: list(
    'Environment variables that may be set; LANG and LC_* if not given.',
    form('A name, with * at its end only.', variableForm.source),
    { atMost: mostVariables },
  ),
  legacy: map('What this target alone may be reached with, though it is no longer good enough.', legacyShape, {
    algorithms: list('Tried after everything that is good enough.', choice('An algorithm.', legacyNames), {
      atLeast: 1,
      distinct: true,
    }),
    exception: text('The exception of register.yaml that bears it, and covers the asset.', 60),
    reason: text('Why.', 1000),
  }),
})

const tcpEndpoint = map('Ports that are reached as they are, through a tunnel.', tcpEndpointShape, {
  protocol: { const: 'tcp', description: 'A stream that nobody takes apart.' },
  host: text('Host name or address, without port or scheme.', 253),
  ports: list('TCP ports; not 22, and none that is brokered by itself.', integer('TCP port.', 1, 65535), {
    atLeast: 1,
    atMost: mostPorts,
    distinct: true,
  }),
})
const prompt = (description: string): Schema =>
  text(`${description} \`*\` stands for any characters of the line.`, longestPrompt)
const telnetEndpoint = map(
  'A target that speaks telnet and nothing better: everything on that leg is clear text.',
  telnetEndpointShape,
  {
    protocol: { const: 'telnet', description: 'RFC 854.' },
    host: text('Host name or address, without port or scheme.', 253),
    port: integer('TCP port.', 1, 65535),
    account: form('The account on the target.', accountName.source),
    credential: form("Name of a password in the gateway's vault; never the secret itself.", credentialName.source),
    exception: text('The exception of register.yaml that bears the clear text, and covers the asset.', 60),
    login: map('What the target says while the gateway logs in.', loginShape, {
      account: prompt('What asks for the account; left out where nothing does.'),
      password: prompt('What asks for the password.'),
      success: prompt('What stands there when the login is complete.'),
      failure: prompt('What is said when it was refused.'),
      seconds: integer('How long it may take in all; 30 if not given.', 1, longestLoginSeconds),
    }),
  },
)
const endpoint: Schema = { oneOf: [sshEndpoint, tcpEndpoint, telnetEndpoint] }

const asset = map(
  'A target.',
  assetShape,
  {
    id: id('Id of the asset; what people type to reach it.'),
    name: text('What people call it.'),
    zone: id('The one zone it stands in.'),
    owner: text('Who answers for it: a role title.'),
    type: text('A word of your own, used by scope rules, phases and policies: plc, historian.', 60),
    criticality: choice('How much hangs on it.', criticalities),
    safety: choice('SIS: a safety instrumented system (IEC 61511).', safetyClasses),
    labels: words('Words of your own; a supplier needs one of them.'),
    endpoints: list('At most one for each protocol; without one it is known and not reachable.', endpoint),
    expiry: {
      description: 'What happens to a session when its window ends.',
      oneOf: [
        { const: 'cut', description: 'It ends at once.' },
        map('It may still observe for so many minutes.', drainShape, { drain: hardLimit }),
        map('As drain, and who ends it is asked whether the process is in a safe state.', safeStateShape, {
          'confirm-safe-state': hardLimit,
        }),
      ],
    },
    addresses: list('Addresses it has beside those of its endpoints.', text('An IP address, as 192.0.2.7.', 60)),
    sil: choice('Safety integrity level (IEC 61508); a SIS needs it.', silLevels),
    line: text('The production line whose maintenance windows hold for it.', 60),
    localPresence: flag('A session is effective only while somebody on site asserts presence.'),
    localEnable: choice(
      'What has to be turned on at the asset beside: only where it is related to safety.',
      localEnables,
    ),
    drill: flag('There for drills alone: its address ends in .invalid, and nobody is ever let to it.'),
    unsupported: flag('No longer supported by its maker.'),
    maxSessions: integer('Sessions at a time.', 1, mostSessions),
    recordingPauseMinutes: integer(
      'Minutes its sessions are held while the disk has no room to record them; 0 ends them at once; 5 if not given.',
      0,
      longestRecordingPauseMinutes,
    ),
    optIn: map('Only for a SIS: that it may be reached at all.', optInShape, {
      reviewedBy: text('Who reviewed it: a role title.'),
      reviewedOn: day('When'),
      until: day('The last day it holds'),
    }),
  },
  {
    anyOf: [
      { properties: { safety: { enum: safetyClasses.filter((each) => each !== 'SIS') } } },
      { required: ['sil'] },
    ],
    dependencies: { optIn: { properties: { safety: { const: 'SIS' } } } },
  },
)

export const assetsSchema: Schema = map('The inventory.', assetsShape, { assets: list('The assets.', asset) })

const scalar = (description: string): Schema => ({ description, type: ['string', 'number', 'boolean'] })
const constant = {
  description: 'The same for every row.',
  anyOf: [scalar('A value.'), list('A list.', scalar('An entry.'))],
}
const source = (description: string): Schema => ({
  description,
  oneOf: [
    text('The name of a column.', 200),
    map(
      'A column with more to say, or a constant.',
      sourceShape,
      {
        column: text('The name of a column.', 200),
        constant,
        values: {
          type: 'object',
          description: 'What a cell says, and what is meant.',
          additionalProperties: scalar('Meant.'),
        },
        otherwise: scalar('What an empty cell means.'),
        listSeparator: {
          type: 'string',
          description: 'Between the entries of a list in one cell.',
          minLength: 1,
          maxLength: 1,
        },
      },
      {
        oneOf: [
          { required: ['column'] },
          {
            required: ['constant'],
            not: { anyOf: [{ required: ['values'] }, { required: ['otherwise'] }, { required: ['listSeparator'] }] },
          },
        ],
      },
    ),
  ],
})

export const mappingSchema: Schema = map('What the columns of assets.csv are.', mappingShape, {
  fields: map('Each field of an asset, and the column or constant it comes from.', mappingFieldsShape, {
    id: source('Id of the asset.'),
    name: source('What people call it.'),
    zone: source('The zone it stands in.'),
    owner: source('Who answers for it.'),
    type: source('Its type.'),
    criticality: source('low, medium or high.'),
    safety: source('none, related or SIS.'),
    labels: source('Labels, as a list in one cell.'),
    expiry: source('cut, drain or confirm-safe-state.'),
    'expiry.minutes': source('The minutes of drain and confirm-safe-state.'),
    addresses: source('Its IP addresses, as a list in one cell.'),
    sil: source('1 to 4.'),
    line: source('Its production line.'),
    localPresence: source('true or false.'),
    localEnable: source('key-switch, or empty.'),
    unsupported: source('true or false.'),
    maxSessions: source('Sessions at a time.'),
    recordingPauseMinutes: source('Minutes its sessions are held while the disk has no room to record them.'),
    'endpoint.protocol': source('Protocol of its endpoint.'),
    'endpoint.host': source('Host; an empty cell is an asset without endpoint.'),
    'endpoint.port': source('Port.'),
    'endpoint.hostKeys': source('Public host keys, as a list in one cell.'),
    'endpoint.account': source('Account on the target.'),
    'endpoint.credential': source('Name of the credential in the vault.'),
    'endpoint.observe': source('Command lines that only look, as a list in one cell.'),
    'endpoint.features': source('What it is open for, as a list in one cell; empty: terminal and command.'),
    'endpoint.environment': source('Variables that may be set, as a list in one cell; empty: LANG and LC_*.'),
    'tcp.host': source('Host of ports reached through a tunnel; an empty cell is an asset without.'),
    'tcp.ports': source('Those ports, as a list in one cell.'),
    'telnet.host': source('Host that speaks telnet; an empty cell is an asset that does not.'),
    'telnet.port': source('Its port.'),
    'telnet.account': source('Account on the target.'),
    'telnet.credential': source('Name of the password in the vault.'),
    'telnet.exception': source('The exception that bears the clear text.'),
    'telnet.login.account': source('What asks for the account.'),
    'telnet.login.password': source('What asks for the password.'),
    'telnet.login.success': source('What stands there when the login is complete.'),
    'telnet.login.failure': source('What is said when it was refused.'),
    'telnet.login.seconds': source('How long the login may take.'),
    'optIn.reviewedBy': source('Who reviewed a SIS.'),
    'optIn.reviewedOn': source('When.'),
    'optIn.until': source('The last day it holds.'),
  }),
  separator: choice('Between columns; a comma by default.', separators),
  ignore: list('Columns nobody reads here.', text('The name of a column.', 200)),
})
