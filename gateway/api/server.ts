// The HTTPS listener: one fastify instance with what every route needs (TLS, headers, limits, logins, errors), the API
// routes, and the web application's files. Only 4xx texts reach clients; the rest is logged and answered as `internal`.

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import jwt from '@fastify/jwt'
import rateLimit from '@fastify/rate-limit'
import serveStatic from '@fastify/static'
import swagger from '@fastify/swagger'
import { TypeBoxValidatorCompiler, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { fastify } from 'fastify'
import { prefix, routes } from '../contract/routes.ts'
import type { Listener } from '../listener.ts'
import { answerWriter } from './answers.ts'
import { answerProblems } from './problems.ts'
import { readyView } from './health-view.ts'
import { accessCookie, openLogins } from './logins.ts'
import { registerRoutes } from './routes.ts'
import { peopleFeedIntake } from './routes/people.ts'
import { physicalIntake } from './routes/physical.ts'
import type { Services } from './services.ts'
import { refuseSuspended } from './suspended.ts'
import { needWellFormed } from './well-formed.ts'

/** Requests are small: a purpose, a comment, a list of session ids. */
const bodyLimit = 64 * 1024

/** How a login begins and is renewed. */
const openToStrangers: ReadonlySet<string> = new Set(
  [routes.login, routes.refresh, routes.beginEnrolment, routes.finishEnrolment].map(({ path }) => `${prefix}${path}`),
)

const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    workerSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
}

/**
 * Opens the listener.
 * @param web folder of the built web application; where it is missing the API serves alone.
 * @param ready until it resolves, requests are taken and wait: none is answered yet.
 * @throws when the address cannot be bound or the certificate cannot be read.
 */
export async function listenHttps(services: Services, web: string, ready: Promise<void>): Promise<Listener> {
  const { config } = services
  const { https } = config
  const app = fastify({
    https: {
      key: await readFile(https.key),
      cert: await readFile(https.certificate),
      minVersion: 'TLSv1.2',
      handshakeTimeout: 10_000,
    },
    // The gateway logs by itself, in fixed sentences; addresses and headers of requests stay out of logs.
    logger: false,
    bodyLimit,
    requestTimeout: 30_000,
    connectionTimeout: 0,
    keepAliveTimeout: 30_000,
    trustProxy: false,
    routerOptions: { maxParamLength: 128 },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(TypeBoxValidatorCompiler)
  app.setSerializerCompiler(answerWriter)
  // Bodies are JSON: fastify would read plain text too, which a foreign page may send without being asked.
  app.removeContentTypeParser('text/plain')
  answerProblems(app, services)
  app.addHook('onRequest', async () => ready)

  await app.register(helmet, {
    contentSecurityPolicy,
    strictTransportSecurity: { maxAge: 31_536_000 },
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginEmbedderPolicy: false,
    frameguard: { action: 'deny' },
  })
  await app.register(cookie)
  // The signing secret lives as long as the process: a restart ends access tokens, and refresh tokens renew them.
  await app.register(jwt, {
    secret: randomBytes(32),
    cookie: { cookieName: accessCookie, signed: false },
    sign: { algorithm: 'HS256' },
    verify: { algorithms: ['HS256'], onlyCookie: true },
  })
  await app.register(rateLimit, { max: https.requestsPerMinute, timeWindow: '1 minute' })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Sallyport', version: services.version, description: 'Access broker for the IT/OT boundary' },
    },
  })
  await app.register(
    async (scope) => {
      const logins = openLogins(services)
      // Who asks is known before a body is read: a stranger cannot make us read one, and what a member sends malformed
      // is evidence with a name. Rate limits count before this, in `onRequest`.
      scope.addHook('preParsing', async (request, _reply, body) => {
        if (!openToStrangers.has(request.routeOptions.url ?? ''))
          await refuseSuspended(services, request, await logins.actor(request))
        return body
      })
      scope.addHook('preValidation', async (request) => needWellFormed(request.body))
      // What the API answers is for one person at one time: no cache keeps it, but where a route says otherwise.
      scope.addHook('onSend', async (_request, reply) => {
        if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
      })
      registerRoutes(scope.withTypeProvider<TypeBoxTypeProvider>(), services, logins)
    },
    { prefix },
  )
  await app.register(async (scope) => peopleFeedIntake(scope.withTypeProvider<TypeBoxTypeProvider>(), services))
  await app.register(async (scope) => physicalIntake(scope.withTypeProvider<TypeBoxTypeProvider>(), services))
  // For who restarts what does not answer: it answers, whatever else is the matter.
  app.get('/healthz', async () => ({ ok: true }))
  // For who watches the plant: may sessions begin? Read from memory, and nothing in it names anything.
  app.get('/readyz', async (_request, reply) => {
    const ready = readyView({ parts: services.parts.read(), dependencies: services.dependencies.read() })
    return reply
      .code(ready.ok ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(ready)
  })
  app.get(`${prefix}/openapi.json`, async () => app.swagger())
  if (existsSync(web)) {
    await app.register(serveStatic, {
      root: web,
      preCompressed: true,
      cacheControl: false,
      setHeaders: (reply, path) => {
        // Names under assets/ carry a digest of the content: what is under one never changes.
        const isNamedByDigest = path.startsWith(join(web, 'assets'))
        reply.header('cache-control', isNamedByDigest ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
    // The web application routes by path: every address that is no file and no API is its start page.
    app.setNotFoundHandler((request, reply) => {
      const isPage = request.method === 'GET' && !request.url.startsWith('/api/')
      if (isPage) return reply.sendFile('index.html')
      return reply.code(404).send({ code: 'not-found', message: 'there is no such route' })
    })
  }
  await app.listen({ host: https.host, port: https.port })
  const { port } = app.server.address() as AddressInfo
  return {
    port,
    async stop() {
      app.server.closeAllConnections()
      await app.close()
    },
  }
}
