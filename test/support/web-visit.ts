// The web application in a real browser for a test: people logged in through the form, and what went wrong on the pages.

import { chromium, type Browser, type Page } from 'playwright-core'
import type { GatewayStage } from './gateway-stage.ts'
import { findPart } from './parts.ts'

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface WebVisit {
  readonly browser: Browser
  /** Script errors and content-security-policy violations so far. */
  readonly faults: readonly string[]
  /** The address of a path of the application. */
  at(path: string): string
  /** Logs a person in through the form. The development CA is not in the browser's store. */
  enter(login: string, colorScheme?: 'light' | 'dark', width?: number): Promise<Page>
}

/** Starts the browser; whoever opened it closes `browser`. */
export async function openWebVisit(stage: GatewayStage): Promise<WebVisit> {
  const browser = await chromium.launch({ executablePath: findPart('chromium') ?? '', args: flags })
  const faults: string[] = []
  const at = (path: string): string => `https://localhost:${stage.gateway.https.port}${path}`
  return {
    browser,
    faults,
    at,
    async enter(login, colorScheme = 'light', width = 1280) {
      const viewport = { width, height: 900 }
      const context = await browser.newContext({ ignoreHTTPSErrors: true, colorScheme, viewport })
      const page = await context.newPage()
      page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`))
      page.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) faults.push(message.text())
      })
      await page.goto(at('/'), { waitUntil: 'networkidle' })
      await page.getByLabel('Login name').fill(login)
      await page.getByLabel('Password', { exact: true }).fill(stage.person(login).password.expose())
      await page.getByLabel('One-time code').fill(stage.code(login))
      await page.getByRole('button', { name: 'Log in' }).click()
      const refused = page.getByRole('alert')
      await page.getByRole('navigation').or(refused).first().waitFor()
      if (await refused.isVisible()) throw new Error(`login of ${login}: ${await refused.innerText()}`)
      return page
    },
  }
}
