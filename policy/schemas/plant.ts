// Schemas of what a plant is: scope.yaml, zones.yaml and suppliers.yaml.

import { expectationShape, mostExpectationDays } from '../bundle/trainings.ts'
import { contractShape, mostSessions, supplierShape, suppliersShape } from '../bundle/suppliers.ts'
import { criterionShape, openedShape, phaseShape } from '../bundle/phases.ts'
import { longestWindowMinutes, mostConfirmDays, plantShape, scopeRuleShape, scopeShape } from '../bundle/scope.ts'
import {
  dependencyShape,
  lookSeconds,
  mostFailures,
  outageShape,
  timeoutSeconds,
  watchShape,
} from '../bundle/dependencies.ts'
import { controlledLabelShape, placeShape, sharedServiceShape } from '../bundle/services.ts'
import { longestSilenceMinutes, physicalSourceShape } from '../bundle/physical.ts'
import { interfacesSchema } from './information.ts'
import { boundaryShape, conduitShape, zoneShape, zonesShape } from '../bundle/zones.ts'
import {
  boundaryProfiles,
  conduitProtocols,
  dependencyKinds,
  dependencyUses,
  directions,
  operationClasses,
  outageEffects,
  phaseNumbers,
  physicalKinds,
  purdueLevels,
  riskTiers,
  tiers,
} from '../model.ts'
import { choice, country, day, flag, form, id, ids, integer, list, map, text, words, type Schema } from './schema.ts'

const reason = text('Why, in words an auditor reads.', 1000)
const owner = text('Who answers for it: a role title, which outlives the person who holds it.')

const plant = map('A plant: a place with its own clock and limits.', plantShape, {
  id: id('Id of the plant.'),
  name: text('What people call it.'),
  timeZone: text('IANA time zone, as Europe/Berlin: its calendars are reckoned in it.'),
  maxWindowMinutes: integer('The longest window anybody may ask for here, in minutes.', 1, longestWindowMinutes),
  baseline: text('Name of the baseline of controls it works by, shown to who asks and who approves.', 60),
  networks: list(
    'Its own networks: an address seen in them that no asset has is somebody\u2019s to explain.',
    form('A CIDR block, as 192.0.2.0/24.', '[0-9A-Fa-f:.]+/\\d{1,3}'),
  ),
})

const scopeRule = map('Matches assets: every criterion given has to match; of labels, one.', scopeRuleShape, {
  id: text('Id of the rule, unique in the file.', 60),
  plant: id('The plant it is about.'),
  reason,
  zones: ids('Only assets in these zones.', 'a zone'),
  assets: ids('Only these assets.', 'an asset'),
  types: words('Only assets of these types.', 1),
  labels: words('Only assets with one of these labels.', 1),
})

const phase = map('A gate: assets of its types are targets only while it is open.', phaseShape, {
  phase: choice('1: boundary and workstations; 2: operations; 3: process control.', phaseNumbers),
  types: words('Asset types behind this gate; each type in one phase.'),
  criteria: list(
    'What has to be met before it opens.',
    map('One criterion.', criterionShape, {
      text: text('The criterion in words.'),
      metOn: day('When it was met; left out while it is not'),
    }),
    { atLeast: 1 },
  ),
  plannedFor: day('When it is planned to open'),
  opened: map('That it is open; left out while it is closed. Every criterion has to be met by then.', openedShape, {
    on: day('When it was opened'),
    by: text('Who opened it: a role title.'),
  }),
})

const sharedService = map(
  'Something several plants lean on: a directory, a historian, a mail relay.',
  sharedServiceShape,
  {
    id: text('Id of the service.', 60),
    name: text('What people call it.'),
    provider: text('Who runs it.'),
    plants: ids('The plants that use it.', 'a plant'),
    inScope: flag('Is it covered by this ISMS? Where not, `risk` and `compensating` say how that is managed.'),
    asset: id('The asset it is, where it is one of the bundle.'),
    inheritedControls: words('Controls of the catalogue that its provider operates.'),
    risk: text('Id of the risk in register.yaml that leaning on it is.', 60),
    compensating: words('Controls of register.yaml that stand in.'),
    carriesSessions: flag('Do sessions to assets of these plants lean on it? Decisions and sessions then cite it.'),
  },
)

const dependency = map(
  'Something the path of access leans on, with an owner and a state that is known.',
  dependencyShape,
  {
    id: id('Id of the dependency; policies name it as Dependency::"id".'),
    name: text('What people call it.'),
    kind: choice('What it is.', dependencyKinds),
    owner,
    inScope: flag('Is it covered by this ISMS?'),
    service: text('Id of the shared service it is, where one is declared.', 60),
    plants: ids('The plants that lean on it; every one if left out.', 'a plant'),
    watch: map('How its state is known: one of `use`, `connect` and `get`.', watchShape, {
      use: choice('What the gateway uses itself: known from how that went.', dependencyUses),
      connect: text(
        'host:port: a TCP connection is opened and closed. Never the address of a target in levels 0 to 2.',
      ),
      get: text('An http or https address: GET, 200 to 299 is good, redirects are not followed.'),
      everySeconds: integer(
        `Seconds between two looks; ${lookSeconds.usual} if left out.`,
        lookSeconds.least,
        lookSeconds.most,
      ),
      timeoutSeconds: integer(
        `Seconds one look may take; ${timeoutSeconds.usual} if left out.`,
        timeoutSeconds.least,
        timeoutSeconds.most,
      ),
    }),
    failures: integer('So many failures in a row, and it is degraded; 3 if left out.', 1, mostFailures),
    whenDown: map('What follows while it is degraded; left out, it is only noted.', outageShape, {
      effect: choice('note: it is said and kept. deny-new: besides, no new session begins.', outageEffects),
      suppliers: ids('Only for people of these suppliers; for everybody if left out.', 'a supplier'),
      exceptTiers: list('Tiers in which a session begins all the same.', choice('A tier.', tiers)),
      living: flag('Does it touch sessions that live already? false if left out: they go on as they began.'),
    }),
  },
)

const controlledLabel = map('A label that not everybody may touch.', controlledLabelShape, {
  label: text('The label.', 60),
  countries: list('Where a connection may come from.', country('A country'), { atLeast: 1 }),
  reason,
})

const place = map('Addresses whose country is known.', placeShape, {
  id: text('Id of the place.', 60),
  country: country('Where it is'),
  networks: list('Its networks.', form('A CIDR block, as 192.0.2.0/24.', '[0-9A-Fa-f:.]+/\\d{1,3}'), { atLeast: 1 }),
})

export const scopeSchema: Schema = map('What the ISMS covers, and what it does not (ISO/IEC 27001, 4.3).', scopeShape, {
  version: text('Cited by every decision; change it whenever the scope changes.', 60),
  statement: text('The scope in words.', 2000),
  justification: text('Why it is drawn here.', 2000),
  plants: list('The plants.', plant, { atLeast: 1 }),
  include: list('What is in scope.', scopeRule),
  exclude: list('What is out of scope; wins over `include`.', scopeRule),
  phases: list('Gates that open the plant one layer after the other.', phase),
  regimes: words('Regimes the scope serves, as iso-27001, nis2, tisax.'),
  sharedServices: list('Services several plants use.', sharedService),
  dependencies: list('What the path of access leans on.', dependency),
  controlledLabels: list('Labels that need an attested person and a known place.', controlledLabel),
  places: list('Places connections come from.', place),
  confirmEveryDays: integer(
    'Days after which a walkdown has to confirm an asset anew; 90 if left out.',
    1,
    mostConfirmDays,
  ),
  completeDossier: flag('Is a bundle put in force only with a complete release dossier? false if left out.'),
  testedFirst: flag('Is a bundle put in force only after it passed a test outside production? false if left out.'),
})

export const zonesSchema: Schema = map('Zones, boundaries and conduits (IEC 62443-3-2).', zonesShape, {
  zones: list(
    'The zones.',
    map('A zone: assets that are guarded alike.', zoneShape, {
      id: id('Id of the zone.'),
      plant: id('The plant it is in.'),
      name: text('What people call it.'),
      level: choice('Purdue level; 3.5 is the DMZ.', purdueLevels),
      owner,
      gateway: flag('Does the gateway itself stand here? One zone a plant.'),
    }),
    { atLeast: 1 },
  ),
  boundaries: list(
    'Boundaries that conduits may cross.',
    map('A boundary of one plant.', boundaryShape, {
      profile: choice('Which one; `site` joins two plants, and both declare it.', boundaryProfiles),
      plant: id('The plant.'),
      owner,
      reason,
    }),
  ),
  physicalSources: list(
    'Doors, cabinets and key switches whose systems report to the gateway.',
    map('A source; its secret is in the vault.', physicalSourceShape, {
      id: id('Id of the source; its reports name it.'),
      name: text('What people call it.'),
      kind: choice('What it is.', physicalKinds),
      zone: id('The zone it stands in.'),
      asset: id('The one asset it belongs to; left out, the whole zone.'),
      owner,
      silentAfterMinutes: integer('What it said counts for so long; 10 if left out.', 1, longestSilenceMinutes),
    }),
  ),
  conduits: list(
    'The only crossings there are.',
    map('A crossing from one zone to another.', conduitShape, {
      id: id('Id of the conduit.'),
      from: id('The zone it is opened from.'),
      to: id('The zone it leads to.'),
      direction: choice('forward: opened only from `from`; both: from either side.', directions),
      protocols: list('What it may carry.', choice('A protocol.', conduitProtocols), { atLeast: 1 }),
      operationClass: choice('The most that may be done through it.', operationClasses),
      reason,
      reviewBy: day('The last day before the owner has to look at it again; after it, the conduit is closed'),
      owner: text('Who answers for it. Without an owner it is closed.'),
      spans: text(
        'Why sessions may cross more than one boundary through it without a hop. Left out, they are refused.',
        1000,
      ),
      payloads: words('Classes or labels of information it may show or carry; left out, it has no say in that.'),
    }),
  ),
  interfaces: interfacesSchema,
})

export const suppliersSchema: Schema = map('Companies whose people may come.', suppliersShape, {
  suppliers: list(
    'The suppliers.',
    map('A supplier.', supplierShape, {
      id: id('Id of the supplier.'),
      name: text('Its name.'),
      sponsor: text('Who at the plant answers for it: a role title.'),
      contract: map('First and last day, both inclusive, UTC.', contractShape, {
        from: day('First day'),
        until: day('Last day'),
      }),
      labels: words('Asset labels its people may touch; an asset needs one of them.'),
      maxSessions: integer('Sessions of its people at a time.', 1, mostSessions),
      riskTier: choice('How much it could do wrong; medium by default.', riskTiers),
    }),
  ),
  expectations: list(
    'What suppliers have to have shown: attested outside the bundle, and without it their people have no access.',
    map('An expectation.', expectationShape, {
      id: text('Id of the expectation.', 60),
      text: text('What is expected, in words.'),
      tiers: list('Of suppliers of these risk tiers; left out, of all.', choice('a risk tier', riskTiers), {
        atLeast: 1,
      }),
      validDays: integer('Days one attestation holds at most.', 1, mostExpectationDays),
    }),
  ),
})
