// Practices and bookings made through the REST API, so that each journey begins where it has something to show.
import { randomBytes } from 'node:crypto'
import { linkIn, mailTo } from './mail'

export type Policy = {
  needs_approval: boolean; payment_timing: 'before_confirmation' | 'at_session'; hold_min: number
  approval_window_min: number; payment_window_min: number; notice_min: number; horizon_days: number
  cancel_until_hours: number; cancel_text: string
}

export type PracticeOptions = {
  /** The server to make it on; server A otherwise. */
  base?: string
  policy?: Partial<Policy>
  language?: 'en' | 'es'
  currency?: string
  zone?: string
  price?: string
  place?: 'online' | 'in_person'
  published?: boolean
  practiceName?: string
  /** The name of the owner, who gives sessions. */
  owner?: string
}

export type Practice = {
  base: string; slug: string; name: string; practiceName: string; email: string; password: string
  therapistId: string; serviceId: string; bearer: string
}

export type Slot = { starts_at: string; ends_at: string; local: string; status: string }

export type Booking = {
  id: string; token: string; status: string; reference: string; local: string; starts_at: string; version: number
}

export type Person = { name: string; email: string; phone: string; first_time?: boolean; reason?: string }

export const PASSWORD = 'Calm-Waters-2026'
export const SERVICE = 'Individual Therapy'

const POLICY: Policy = {
  needs_approval: true, payment_timing: 'before_confirmation', hold_min: 10, approval_window_min: 1440,
  payment_window_min: 1440, notice_min: 120, horizon_days: 60, cancel_until_hours: 24, cancel_text: '',
}

/** A word nobody else uses. */
export const unique = () => randomBytes(5).toString('hex')

export const serverA = () => process.env.CALMA_E2E_URL as string
export const serverB = () => process.env.CALMA_E2E_URL_B as string

/** An invented patient whom nobody else is. */
export function somebody(name = 'Juana Pérez'): Person {
  const digits = String(randomBytes(4).readUInt32BE() % 10_000_000).padStart(7, '0')
  return { name, email: `patient-${unique()}@example.test`, phone: `+25470${digits}` }
}

type Call = { method?: string; body?: unknown; bearer?: string; lang?: string }

/** Calls the API and answers status and body, whatever they are. */
export async function ask(base: string, path: string, { method, body, bearer, lang }: Call = {}) {
  const response = await fetch(`${base}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      'accept-language': lang ?? 'en', accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await response.text()
  let json: any
  try { json = JSON.parse(text) } catch { json = text }
  return { status: response.status, body: json }
}

/** Calls the API and answers the body; anything but success ends the test with what the server said. */
export async function call<T = any>(base: string, path: string, request: Call = {}): Promise<T> {
  const { status, body } = await ask(base, path, request)
  if (status >= 300) throw new Error(`${request.method ?? ''} ${path}: ${status} ${JSON.stringify(body)}`)
  return body as T
}

/** An owner who gives sessions, confirmed and logged in; the practice is still empty. */
export async function register(options: PracticeOptions = {}): Promise<Omit<Practice, 'serviceId' | 'slug'>> {
  const base = options.base ?? serverA()
  const word = unique()
  const [name, email] = [options.owner ?? 'Dr. Sarah Wanjiku', `owner-${word}@example.test`]
  const practiceName = options.practiceName ?? `Practice ${word}`
  await call(base, '/api/v1/auth/register', { body: {
    practice_name: practiceName, name, email, password: PASSWORD, currency: options.currency ?? 'KES',
    time_zone: options.zone ?? 'Africa/Nairobi', language: options.language ?? 'en', is_therapist: true,
  } })
  const link = linkIn(await mailTo(email, /register\/confirm/), '/register/confirm')
  await call(base, '/api/v1/auth/confirm', { body: { token: new URL(link).searchParams.get('token') } })
  const { tokens, me } = await call(base, '/api/v1/auth/login', { body: { email, password: PASSWORD } })
  return { base, name, practiceName, email, password: PASSWORD, therapistId: me.therapist_id, bearer: tokens.access }
}

/** A practice that can be booked: open every day from 09:00 to 17:00, one service of 60 minutes. */
export async function createPractice(options: PracticeOptions = {}): Promise<Practice> {
  const owner = await register(options)
  const { base, bearer, therapistId } = owner
  const put = (path: string, body: unknown) => call(base, path, { method: 'PUT', body, bearer })
  const settings = await call(base, '/api/v1/practice', { bearer })
  await put('/api/v1/practice', { ...settings, video_base: 'https://meet.example.test/' })
  await put('/api/v1/practice/instructions', {
    mpesa: 'Till 123456', bank_account: '', cash: false, note: 'Please write the reference in the message.',
  })
  await put('/api/v1/practice/policy', { ...POLICY, ...options.policy })
  // No moment of grace and no night, so that no journey waits for a message.
  await put('/api/v1/practice/messages', { announce_after: 0, quiet_from: 0, quiet_until: 0 })
  const service = await call(base, '/api/v1/services', { bearer, body: {
    service: { name: SERVICE, description: 'One hour, one to one.', duration_min: 60, price: options.price ?? '2000',
      place: options.place ?? 'online', active: true },
    therapists: [therapistId],
  } })
  for (let weekday = 1; weekday <= 7; weekday++) {
    await call(base, '/api/v1/availability/rules', {
      bearer, body: { therapist_id: therapistId, weekday, starts: '09:00', ends: '17:00' },
    })
  }
  // No breaks, so that a day has the eight hours one expects.
  await put('/api/v1/availability/buffers', { therapist_id: therapistId, before_min: 0, after_min: 0, step_min: null })
  const slug = `dr-${unique()}`
  await put(`/api/v1/therapists/${therapistId}`, {
    slug, name: owner.name, title: 'Clinical psychologist', bio: 'I work with adults at their own pace.',
    credentials: 'PhD in Clinical Psychology', languages: 'en, sw', time_zone: options.zone ?? 'Africa/Nairobi',
    published: options.published ?? true,
  })
  return { ...owner, slug, serviceId: service.id }
}

/** A second therapist of the practice, invited and joined: as the practice, with their own page, profile and login. */
export async function colleague(practice: Practice, name = 'Thea Moss'): Promise<Practice> {
  const { base, bearer, serviceId } = practice
  const [email, password] = [`therapist-${unique()}@example.test`, PASSWORD]
  const asOwner = (path: string, body: unknown, method?: string) => call(base, path, { bearer, body, method })
  await asOwner('/api/v1/invitations', { email, role: 'therapist' })
  const link = linkIn(await mailTo(email, /You are invited/), '/invite')
  await call(base, '/api/v1/auth/invitations/accept', {
    body: { token: new URL(link).searchParams.get('token'), name, password },
  })
  const first = await call(base, '/api/v1/auth/login', { body: { email, password } })
  const therapistId = first.me.therapist_id
    ?? (await asOwner('/api/v1/therapists', { name, member_id: first.me.member_id })).id
  const both = [practice.therapistId, therapistId]
  await asOwner(`/api/v1/services/${serviceId}`, {
    service: { name: SERVICE, description: 'One hour, one to one.', duration_min: 60, price: '2000', place: 'online', active: true },
    therapists: both,
  }, 'PUT')
  for (let weekday = 1; weekday <= 7; weekday++) {
    await asOwner('/api/v1/availability/rules', { therapist_id: therapistId, weekday, starts: '09:00', ends: '17:00' })
  }
  await asOwner('/api/v1/availability/buffers', { therapist_id: therapistId, before_min: 0, after_min: 0, step_min: null }, 'PUT')
  const slug = `dr-${unique()}`
  await asOwner(`/api/v1/therapists/${therapistId}`, {
    slug, name, title: 'Psychologist', bio: '', credentials: '', languages: 'en', time_zone: 'Africa/Nairobi', published: true,
  }, 'PUT')
  // What they may do follows from the token, so they log in once more with their profile.
  const { tokens } = await call(base, '/api/v1/auth/login', { body: { email, password } })
  return { ...practice, name, email, password, therapistId, slug, bearer: tokens.access }
}

const day = (from: number) => new Date(from).toISOString().slice(0, 10)

/** What the server's clock shows. */
export async function now(base: string): Promise<number> {
  return Date.parse((await call(base, '/test/clock')).now)
}

/** Free slots of the next weeks in order; by default far enough away that they can be cancelled. */
export async function freeSlots(practice: Practice, afterHours = 48, days = 12): Promise<Slot[]> {
  const start = await now(practice.base) + afterHours * 3_600_000
  const query = new URLSearchParams({
    slug: practice.slug, service_id: practice.serviceId, from: day(start - 86_400_000), until: day(start + days * 86_400_000),
  })
  const month = await call(practice.base, `/api/v1/public/availability?${query}`)
  const slots: Slot[] = month.days.flatMap((one: { slots: Slot[] }) => one.slots)
  const free = slots.filter((slot) => slot.status === 'available' && Date.parse(slot.starts_at) >= start)
  if (free.length === 0) throw new Error('there is no free slot')
  return free
}

/** A slot on the first day after `afterHours` that has several free ones. */
export async function freeSlot(practice: Practice, afterHours = 48): Promise<Slot> {
  return (await slotsOfOneDay(practice, afterHours))[0]
}

/** The free slots of one whole day. */
export async function slotsOfOneDay(practice: Practice, afterHours = 48): Promise<Slot[]> {
  const free = await freeSlots(practice, afterHours)
  const of = (slot: Slot) => slot.local.slice(0, 10)
  const full = free.find((slot) => free.filter((other) => of(other) === of(slot)).length >= 6)
  if (!full) throw new Error('there is no day with six free slots')
  return free.filter((slot) => of(slot) === of(full))
}

/** Somebody takes a slot while they fill the form. */
export async function hold(practice: Practice, slot: Slot, base = practice.base): Promise<Booking> {
  return await call(base, '/api/v1/public/holds', {
    body: { slug: practice.slug, service_id: practice.serviceId, starts_at: slot.starts_at },
  })
}

/** A request that was sent. */
export async function book(practice: Practice, who: Person = somebody(), slot?: Slot, lang = 'en'): Promise<Booking> {
  const { starts_at } = slot ?? await freeSlot(practice)
  return await call(practice.base, '/api/v1/public/bookings', {
    lang, body: { slug: practice.slug, service_id: practice.serviceId, starts_at, details: who },
  })
}

/** What the practice does with a booking: `approve`, `decline`, `verify-payment`, `reject-payment`, `cancel`. */
export async function act(practice: Practice, booking: Booking, deed: string, reason?: string): Promise<Booking> {
  const body = reason === undefined ? {} : { reason }
  return await call(practice.base, `/api/v1/bookings/${booking.id}/${deed}`, { bearer: practice.bearer, body })
}

/** The patient says that they paid. */
export async function prove(practice: Practice, booking: Booking, reference = 'ABC123XYZ'): Promise<Booking> {
  const form = new FormData()
  form.set('reference', reference)
  form.set('method', 'mpesa')
  const path = `${practice.base}/api/v1/public/bookings/${booking.token}/payment-proof`
  const response = await fetch(path, { method: 'POST', body: form, headers: { 'accept-language': 'en' } })
  if (!response.ok) throw new Error(`proof: ${response.status} ${await response.text()}`)
  return await response.json() as Booking
}

/** A booking that was approved, paid and verified. */
export async function confirmed(practice: Practice, who: Person = somebody(), slot?: Slot): Promise<Booking> {
  const booking = await book(practice, who, slot)
  await act(practice, booking, 'approve')
  await prove(practice, booking, `REF${unique().toUpperCase()}`)
  return { ...booking, ...await act(practice, booking, 'verify-payment') }
}

export async function bookingOf(base: string, token: string): Promise<Booking & Record<string, any>> {
  return await call(base, `/api/v1/public/bookings/${token}`)
}

/** Everything the practice has, in any state. */
export async function allBookings(practice: Practice): Promise<any[]> {
  return (await call(practice.base, '/api/v1/bookings?limit=100', { bearer: practice.bearer })).items
}

/** Moves the clock of one server; only for servers that no other file uses. */
export async function moveClock(base: string, minutes: number): Promise<void> {
  await call(base, '/test/clock', { body: { advance_seconds: Math.round(minutes * 60) } })
  await call(base, '/test/run-jobs', { method: 'POST' })
}
