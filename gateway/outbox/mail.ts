// Mail by SMTP, through the one relay the configuration names. nodemailer speaks the protocol (RFC 5321, STARTTLS of
// RFC 3207) and makes the message (RFC 5322, encoded words of RFC 2047). Plain text only, one reader a message; the
// relay's certificate is checked whenever there is one to check.

import { createTransport } from 'nodemailer'
import type { Secret } from '../secret.ts'
import { problemText, type Channel, type SendOutcome } from './channel.ts'
import { subjectOf, textOf } from './letter.ts'

export interface SmtpSettings {
  readonly host: string
  readonly port: number
  readonly security: 'starttls' | 'tls' | 'none'
  /** Null: the relay takes us without a login. */
  readonly login: { readonly user: string; readonly password: Secret<string> } | null
  readonly from: string
  /** Certificates trusted, PEM; null takes those of the runtime. */
  readonly ca: readonly string[] | null
}

/** One message from first to last byte, whatever the relay does meanwhile. */
const wholeMs = 60_000
const quietMs = 20_000

function transportOf({ host, port, security, login, ca }: SmtpSettings) {
  return createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(ca === null ? {} : { ca: [...ca] }) },
    // A relay that does not offer the login is the wrong one, or somebody between us and it has cut the offer out.
    forceAuth: login !== null,
    ...(login === null ? {} : { auth: { user: login.user, pass: login.password.expose() } }),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: quietMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

interface SmtpFailure {
  readonly code: string
  /** The command that was refused, as `RCPT TO`. */
  readonly command: string
  readonly status: number
  readonly text: string
}

function failureOf(error: unknown): SmtpFailure {
  if (!(error instanceof Error)) throw error
  const { code, command, responseCode } = error as Error & {
    readonly code?: string
    readonly command?: string
    readonly responseCode?: number
  }
  return { code: code ?? '', command: command ?? '', status: responseCode ?? 0, text: problemText(error.message) }
}

function outcomeOf({ code, command, status, text }: SmtpFailure): SendOutcome {
  const isForGood = status >= 500 && status < 600
  // The reader's address or the message was refused for good. A login or a sender that is refused is ours to mend.
  const aboutMessage = (code === 'EENVELOPE' && command === 'RCPT TO') || code === 'EMESSAGE'
  if (isForGood && aboutMessage) return { kind: 'refused', problem: text }
  return { kind: 'failed', problem: text, scope: aboutMessage ? 'message' : 'destination' }
}

/** @param base the gateway's own address, as people open it. */
export function openMail(settings: SmtpSettings, host: string, base: () => string): Channel {
  const transport = transportOf(settings)
  return {
    destination: 'mail',
    wants: () => true,
    async send({ id, mail }, signal): Promise<SendOutcome> {
      if (mail === null) throw new Error(`message \`${id}\`: a mail without a letter`)
      const message = {
        from: settings.from,
        to: { name: '', address: mail.to },
        subject: subjectOf(mail.letter),
        text: textOf(mail.letter, base()),
        textEncoding: 'quoted-printable',
        messageId: `<${id}@${host}>`,
        // RFC 3834 section 5: nobody's holiday answer comes back.
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal: AbortSignal.any([signal, AbortSignal.timeout(wholeMs)]),
      } as const
      try {
        await transport.sendMail(message)
        return { kind: 'delivered' }
      } catch (error) {
        return outcomeOf(failureOf(error))
      }
    },
  }
}

/** Connects, starts TLS and logs in, and sends nothing. Null when all went well, else what did not. */
export async function checkRelay(settings: SmtpSettings): Promise<string | null> {
  const transport = transportOf(settings)
  try {
    await transport.verify()
    return null
  } catch (error) {
    return failureOf(error).text
  } finally {
    transport.close()
  }
}
