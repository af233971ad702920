// What a person who starts the demo reads: where it is, who to be, what to try. Text only; made from a plant's facts.

import { join } from 'node:path'
import { tableLines } from '../cli/table.ts'
import { codePair } from './codes.ts'
import { machineAsset, machineCommand, machineLogin } from './machine-account.ts'
import type { Plant } from './plant.ts'
import { configPath } from './ssh-client.ts'
import type { DemoLogin } from './stage.ts'

const indented = (lines: readonly string[]): string => lines.map((line) => `  ${line}`.trimEnd()).join('\n')

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** An `ssh` command with a key file and the gateway's pinned host key. */
function sshLine({ vendor, gateway }: Plant, key: string, user: string): string {
  // Within one option OpenSSH splits at blanks; double quotes hold a path together.
  const path = configPath(vendor.knownHosts)
  const known = /\s/.test(path) ? `"${path}"` : path
  const words = [
    'ssh',
    '-F',
    'none',
    '-i',
    configPath(key),
    '-o',
    'IdentitiesOnly=yes',
    '-o',
    `UserKnownHostsFile=${known}`,
  ]
  return [...words, '-p', String(gateway.ssh.port), `${user}@localhost`].map(quoted).join(' ')
}

/** The `ssh` command to try as the vendor. */
export function sshCommand(plant: Plant, asset = 'ews-1'): string {
  return sshLine(plant, plant.vendor.key, `vendor+${asset}`)
}

/** What the machine account runs, once somebody has approved what its owner asked for. */
function machineLine(plant: Plant): string {
  return `${sshLine(plant, plant.machineKey, `${machineLogin}+${machineAsset}`)} '${machineCommand}'`
}

const logins = ({ stage }: Plant): DemoLogin[] => Object.keys(stage.people) as DemoLogin[]

/** The logins with the codes of the moment. */
export function codesText(plant: Plant, now: number): string {
  const { people } = plant.stage
  let seconds = 0
  const rows = logins(plant).map((login) => {
    const pair = codePair((at) => plant.stage.code(login, at), now)
    seconds = pair.secondsLeft
    const { password, person } = people[login]
    return [login, password.expose(), pair.now, pair.next, person.displayName]
  })
  return [
    indented(tableLines(['login', 'password', 'code', 'next', ''], rows)),
    '',
    '  A code works once. Both are good now: log in with `code` first, and for a second login take `next`.',
    `  They change in ${seconds} s: press Enter for the codes of the moment.`,
    '',
  ].join('\n')
}

function secretsText(plant: Plant): string {
  const rows = logins(plant).map((login) => [login, plant.stage.people[login].totpSecret.expose()])
  return indented(tableLines(['login', 'secret'], rows))
}

export interface Notes {
  /** Why no page is served, or null. */
  readonly noPage: string | null
  /** Whether this machine has an `ssh` client. */
  readonly ssh: boolean
}

/** The whole first screen. */
export function welcomeText(plant: Plant, { noPage, ssh }: Notes, now: number): string {
  const { gateway, stage, log } = plant
  const page = `https://localhost:${gateway.https.port}`
  return `
Sallyport demo: a gateway and a small plant behind it, on this machine and in one temporary folder.

  web page  ${noPage === null ? page : `${page} serves the API only: ${noPage}`}
            The browser warns: the certificate is by a development CA made a moment ago. Go on, or import
            ${stage.pki.paths['ca.pem']}
  ssh       localhost, port ${gateway.ssh.port}, host key ${gateway.ssh.fingerprint}
  log       ${log}

${codesText(plant, now)}
Try
  1  Open the web page, log in as vendor and ask for ews-1.
  2  In a private window log in as approver, and approve the request.
  3  Connect, with the vendor's key and a code that was not used yet:

     ${sshCommand(plant)}

     Then look around: cat status.txt${ssh ? '' : '\n     (This machine has no `ssh`: sudo apt-get install openssh-client)'}
     Without -i and the options after it, ssh asks for password and code instead.
  4  As approver see the session live, and revoke the access: the terminal closes and says why.
  5  In another private window log in as auditor: verify the recording, replay it, search for F0012, look at the
     control register.
  6  As engineer ask for ${machineAsset}, to observe, for the machine account ${machineLogin}; once it is approved:

     ${machineLine(plant)}

The command line on this machine reads the same gateway; log in with the codes above:

     npx sallyport login --url ${page} --ca ${quoted(stage.pki.paths['ca.pem'])} --user auditor
     npx sallyport doctor --config ${quoted(join(stage.folder, 'sallyport.yaml'))}

What is refused, with its reason: south-ews-1 is out of scope, cam-9 undetermined, sis-1 a safety system, ews-2 not of
the vendor's kind, and \`former\` has no contract any more.

For an authenticator app on a phone (time-based, 6 digits, 30 s):
${secretsText(plant)}

Enter: codes of the moment.  Ctrl-C: stop and remove everything.
`
}

/** The same facts for programs. */
export function welcomeJson(plant: Plant, { noPage }: Notes): unknown {
  const { gateway, stage, log, folder, vendor } = plant
  return {
    url: `https://localhost:${gateway.https.port}`,
    page: noPage === null,
    ca: stage.pki.paths['ca.pem'],
    ssh: {
      ...gateway.ssh,
      host: 'localhost',
      command: sshCommand(plant),
      key: vendor.key,
      knownHosts: vendor.knownHosts,
    },
    people: logins(plant).map((login) => {
      const { person, password, totpSecret } = stage.people[login]
      const { displayName, roles } = person
      return { login, displayName, roles, password: password.expose(), totpSecret: totpSecret.expose() }
    }),
    config: join(stage.folder, 'sallyport.yaml'),
    machine: { command: machineLine(plant), key: plant.machineKey },
    folder,
    log,
    pid: process.pid,
  }
}
