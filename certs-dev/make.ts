// `npm run certs`: makes the development keys and certificates and says what it made.

import { isIP } from 'node:net'
import { parseArgs } from 'node:util'

import { DevPkiError, makeDevPki } from './dev-pki.ts'
import type { DevPki } from './dev-pki.ts'

const help = `Makes keys and certificates for developing Sallyport: never for production.

  npm run certs -- [options]

  --out DIR       the folder to make (default .certs); it must not exist yet
  --name NAME     a host name or IP address of the gateway; may be given again
                  (localhost, 127.0.0.1 and ::1 are always in)
  --client NAME   a machine that gets a client certificate (default demo); may be
                  given again
  --json          say what was made as JSON
  --help          show this text

Example: npm run certs -- --name gateway.example --name 10.20.0.5
`

const options = {
  out: { type: 'string', default: '.certs' },
  name: { type: 'string', multiple: true },
  client: { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  try {
    const { values } = parseArgs({ args: [...argv], options, allowPositionals: false })
    if (values.help) {
      process.stdout.write(help)
      return 0
    }
    const names = [...new Set(['localhost', '127.0.0.1', '::1', ...(values.name ?? [])])]
    const made = await makeDevPki({
      out: values.out,
      hostnames: names.filter((name) => isIP(name) === 0),
      ips: names.filter((name) => isIP(name) !== 0),
      clients: values.client ?? ['demo'],
      now: Date.now(),
    })
    process.stdout.write(values.json ? describeAsJson(made) : describe(made))
    return 0
  } catch (error) {
    const isUsage = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
    if (!isUsage && !(error instanceof DevPkiError)) throw error
    process.stderr.write(`certs: ${error.message}\n`)
    return isUsage ? 2 : 1
  }
}

function describe(made: DevPki): string {
  const width = Math.max(...made.files.map((file) => file.name.length))
  const lines = made.files.map(
    (file) => `  ${file.name.padEnd(width)}  ${file.secret ? '0600' : '0644'}  ${file.about}`,
  )
  return [`Made ${made.files.length} files in ${made.folder}, for development only:`, ...lines, ''].join('\n')
}

/** The same without the contents: no key is ever printed. */
function describeAsJson(made: DevPki): string {
  const { folder, recipients, sshHostFingerprint } = made
  const files = made.files.map(({ name, path, secret, about }) => ({ name, path, secret, about }))
  return `${JSON.stringify({ folder, files, recipients, sshHostFingerprint }, null, 2)}\n`
}
