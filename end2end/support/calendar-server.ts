// Calendars outside, on this machine: files that people publish, and as much of Google's calendar as Calma speaks to. Each
// browser has an account of its own there, named by its cookie.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

type Event = Record<string, any>
type Account = { events: Map<string, { event: Event; version: number }>; version: number; revoked: boolean }

const accounts = new Map<string, Account>()
const files = new Map<string, string>()

function account(name: string): Account {
  const known = accounts.get(name) ?? { events: new Map(), version: 0, revoked: false }
  accounts.set(name, known)
  return known
}

function put(of: Account, id: string, event: Event): Event {
  of.version += 1
  const whole = { ...of.events.get(id)?.event, ...event, id }
  if (whole.conferenceData && !whole.hangoutLink) whole.hangoutLink = `https://meet.google.com/${id}`
  of.events.set(id, { event: whole, version: of.version })
  return whole
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

export async function startCalendarServer(port: number): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const json = (status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  const [first, second, third] = url.pathname.split('/').slice(1)

  // What tests set and look at.
  if (first === 'test') {
    const body = request.method === 'GET' ? '' : await text(request)
    if (second === 'file') files.set(third, body)
    if (second === 'event') put(account(third), url.searchParams.get('id') ?? 'own', JSON.parse(body))
    if (second === 'revoke') account(third).revoked = true
    return json(200, [...account(third).events.values()].map((each) => each.event))
  }
  if (first === 'files') {
    const file = files.get(second)
    if (file === undefined) return json(404, {})
    response.writeHead(200, { 'content-type': 'text/calendar' }).end(file)
    return
  }

  // Google: everybody agrees at once.
  if (url.pathname === '/o/oauth2/v2/auth') {
    const name = /account=([a-z0-9]+)/.exec(request.headers.cookie ?? '')?.[1] ?? 'nobody'
    account(name).revoked = false
    const back = new URL(url.searchParams.get('redirect_uri') as string)
    back.searchParams.set('state', url.searchParams.get('state') as string)
    back.searchParams.set('code', name)
    response.writeHead(302, { location: back.href }).end()
    return
  }
  if (url.pathname === '/token') {
    const form = new URLSearchParams(await text(request))
    const name = form.get('code') ?? form.get('refresh_token') ?? ''
    if (account(name).revoked) return json(400, { error: 'invalid_grant' })
    return json(200, {
      access_token: name, refresh_token: name, expires_in: 3599, scope: 'https://www.googleapis.com/auth/calendar.events',
    })
  }
  if (url.pathname === '/revoke') return json(200, {})
  await calendar(request, url, json)
}

async function calendar(request: IncomingMessage, url: URL, json: (status: number, body: unknown) => unknown): Promise<void> {
  const name = (request.headers.authorization ?? '').replace('Bearer ', '')
  const of = account(name)
  if (of.revoked) return void json(401, { error: { errors: [{ reason: 'authError' }] } })
  const id = url.pathname.split('/')[6]
  if (request.method === 'GET' && id === undefined) {
    const since = Number(url.searchParams.get('syncToken') ?? -1)
    const items = [...of.events.values()].filter((each) => since < 0 ? each.event.status !== 'cancelled' : each.version > since)
    return void json(200, {
      summary: `${name}@example.test`, timeZone: 'Africa/Nairobi', items: items.map((each) => each.event),
      nextSyncToken: String(of.version),
    })
  }
  if (request.method === 'POST') {
    const event = JSON.parse(await text(request))
    return void (of.events.has(event.id) ? json(409, {}) : json(200, put(of, event.id, event)))
  }
  const known = of.events.get(id)
  if (!known) return void json(404, {})
  if (request.method === 'PATCH') return void json(200, put(of, id, JSON.parse(await text(request))))
  if (request.method === 'DELETE') {
    put(of, id, { status: 'cancelled' })
    return void json(204, undefined)
  }
  json(200, known.event)
}
