// Every page in light and dark, wide and on a phone: nothing that WCAG 2.1 AA forbids, and nothing to scroll sideways to.
import { book, call, colleague, confirmed, createPractice, freeSlot, freeSlots, hold, somebody,
  type Booking, type Person, type Practice, type Slot } from '../support/api'
import { outside, publish } from '../support/calendars'
import { alive, enter, expect, expectAccessible, expectNoSideways, open, test } from '../support/fixtures'
import { linkIn, mailTo } from '../support/mail'
import { everyState, LONG, REASON } from '../support/states'
import { dayOf, openDay, timeButton } from '../support/steps'
import type { Page } from '@playwright/test'

/** Opens a page and checks it in the size of the project, and narrower. */
async function check(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await alive(page)
  const size = page.viewportSize() ?? { width: 1280, height: 900 }
  await expectAccessible(page, address)
  for (const width of size.width > 700 ? [size.width, 768] : [size.width, 320]) {
    await page.setViewportSize({ width, height: size.height })
    await expectNoSideways(page, address)
  }
  await page.setViewportSize(size)
}

/** A booking with another therapist of the practice, approved and paid. */
async function confirmedFor(practice: Practice, therapist: Practice, who: Person, slot: Slot): Promise<Booking> {
  return await confirmed({ ...therapist, bearer: practice.bearer }, who, slot)
}

/** The session of a booking. */
async function sessionOf(practice: Practice, booking: Booking): Promise<any> {
  const { session } = await call(practice.base, `/api/v1/bookings/${booking.id}`, { bearer: practice.bearer })
  return await call(practice.base, `/api/v1/sessions/${session.id}`, { bearer: practice.bearer })
}

test('public pages', async ({ page, practice, guard }) => {
  guard.allow(/status of 404/)
  await check(page, '/')
  await check(page, `/${practice.slug}`)
  await check(page, `/${practice.slug}?month=2030-01`)
  await check(page, '/there-is-no-such-page')
  await check(page, '/my')
  await check(page, '/my?sent=1')
  await check(page, '/my/sign-in?token=none')
  await check(page, '/my/bookings')
})

test('the documentation of the API', async ({ page, isMobile }) => {
  await page.goto('/api/docs')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expectAccessible(page)
  await expectNoSideways(page)
  await page.locator('details summary').first().click()
  await expectAccessible(page, 'an operation')
  await expectNoSideways(page, 'an operation')
  if (!isMobile) return
  await page.setViewportSize({ width: 320, height: 844 })
  await expectNoSideways(page, 'an operation, narrow')
})

test('account pages', async ({ page, practice, guard }) => {
  guard.allow(/status of 4\d\d/)
  const email = somebody().email
  await call(practice.base, '/api/v1/invitations', { bearer: practice.bearer, body: { email, role: 'viewer' } })
  const invitation = linkIn(await mailTo(email, /You are invited/), '/invite')
  for (const address of ['/login', '/login?confirmed=1', '/register', '/register?sent=1', '/register/confirm?token=none',
    '/forgot', '/forgot?sent=1', '/reset?token=none', '/invite?token=none', invitation]) {
    await check(page, address)
  }
})

test('the steps of a booking and its page in every state', async ({ page, practice }) => {
  test.slow()
  const states = await everyState(practice)
  await check(page, `/${practice.slug}/book/${states.held.token}`)
  await call(practice.base, `/api/v1/public/bookings/${states.held.token}/details`, {
    method: 'PUT', body: { ...somebody(LONG), reason: REASON },
  })
  await check(page, `/${practice.slug}/book/${states.held.token}/review`)
  for (const state of ['held', 'pending', 'due', 'rejected', 'review', 'done', 'declined', 'cancelled'] as const) {
    await check(page, `/b/${states[state].token}`)
  }
})

test('errors and dialogs', async ({ page, practice }) => {
  const [slot] = await freeSlots(practice)
  await openDay(page, practice, slot)
  const held = await hold(practice, slot)
  await page.goto(`/${practice.slug}/book/${held.token}`)
  await alive(page)
  await page.getByRole('button', { name: 'Continue to review' }).click()
  await page.getByLabel('Phone (WhatsApp)').fill('1')
  await page.getByLabel('Phone (WhatsApp)').blur()
  await expect(page.getByLabel('Phone (WhatsApp)')).toHaveAttribute('aria-invalid', 'true')
  await expectAccessible(page, 'details with errors')
  const booking = await book(practice)
  await page.goto(`/b/${booking.token}`)
  await alive(page)
  await page.getByRole('button', { name: 'Cancel request' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await expectAccessible(page, 'cancel dialog')
  await expectNoSideways(page, 'cancel dialog')
})

test('a time that somebody else took, and the three nearest', async ({ page, practice, guard }) => {
  guard.allow(/\/live\/t\//)
  await page.route('**/live/**', (route) => route.abort())
  const [slot] = await freeSlots(practice)
  await openDay(page, practice, slot)
  await book(practice, somebody(), slot)
  await timeButton(page, slot).click()
  await expect(page.getByRole('group', { name: 'Nearest free times' })).toBeVisible()
  await expectAccessible(page, 'nearest three')
  await expectNoSideways(page, 'nearest three')
})

test('dialogs and questions of the practice', async ({ page, practice, isMobile }) => {
  const who = somebody(LONG)
  const slot = await freeSlot(practice)
  await book(practice, who, slot)
  await enter(page, practice)
  await open(page, '/app')
  await page.getByRole('button', { name: 'Decline…' }).click()
  await expect(page.getByRole('dialog', { name: 'Decline this request?' })).toBeVisible()
  await expectAccessible(page, 'decline dialog')
  await expectNoSideways(page, 'decline dialog')
  await page.keyboard.press('Escape')
  if (!isMobile) {
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
    await expectAccessible(page, 'keyboard shortcuts')
  }
  await open(page, `/app/availability?date=${dayOf(slot)}#add-exception`)
  const exceptions = page.locator('#exceptions')
  await exceptions.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(exceptions.getByText('There is a booking at that time. What happens to it?')).toBeVisible()
  await expectAccessible(page, 'an exception on a day with bookings')
  await expectNoSideways(page, 'an exception on a day with bookings')
})

test('my bookings', async ({ page, practice }) => {
  const who = somebody(LONG)
  const slots = await freeSlots(practice)
  await book(practice, who, slots[0])
  await confirmed(practice, who, slots[3])
  await call(practice.base, '/api/v1/my/sign-in-link', { body: { email: who.email } })
  const link = linkIn(await mailTo(who.email, /Your link to your bookings/), '/my/sign-in')
  await page.goto(link)
  await alive(page)
  await page.getByRole('button', { name: 'Show my bookings' }).click()
  await page.waitForURL(/\/my\/bookings$/)
  await check(page, '/my/bookings')
})

test('the practice\'s pages with much in them', async ({ page, practice }) => {
  test.slow()
  const states = await everyState(practice)
  const { items: [session] } = await call(practice.base, '/api/v1/sessions?status=scheduled', { bearer: practice.bearer })
  await enter(page, practice)
  for (const address of ['/app', `/app/bookings/${states.pending.id}`, `/app/bookings/${states.review.id}`,
    `/app/bookings/${states.cancelled.id}`, `/app/diary?week=${states.day}`, `/app/diary?week=${states.day}&view=list`,
    `/app/diary?week=${states.day}&view=day`, `/app/diary?week=${states.day}&view=month`,
    '/app/sessions', '/app/sessions?status=cancelled', '/app/sessions/new', `/app/sessions/new?patient=${session.patient_id}`,
    `/app/sessions/${session.id}`,
    `/app/availability?date=${states.day}`, '/app/messages', '/app/messages?status=failed', '/app/notices']) {
    await check(page, address)
  }
})

test('patients: the list, a profile with much in it, forms, import', async ({ page, practice }) => {
  test.slow()
  const states = await everyState(practice)
  await enter(page, practice)
  const patients = await call(practice.base, '/api/v1/patients', { bearer: practice.bearer })
  const someone = patients.items.find((card: any) => card.statistics.next_session_at) ?? patients.items[0]
  const id = someone.id
  const guardians = [{ name: LONG, relationship: 'mother', phone: somebody().phone }]
  await call(practice.base, `/api/v1/patients/${id}`, { method: 'PUT', bearer: practice.bearer, body: {
    name: LONG, phone: someone.phone, email: someone.email, city: LONG, tags: ['VIP', 'Verylongtagwithoutanyspaceinsideofit'],
    trust_level: 'careful', date_of_birth: '1990-02-03', guardians, shared_email: true } })
  for (const pinned of [true, false]) {
    await call(practice.base, `/api/v1/patients/${id}/notes`, { bearer: practice.bearer, body: { body: REASON, pinned } })
  }
  for (const address of ['/app/patients', '/app/patients?state=archived', `/app/patients/${id}`,
    `/app/patients/${id}?tab=history`, `/app/patients/${id}?tab=notes`, `/app/patients/${id}?tab=preferences`,
    `/app/patients/${id}?tab=messages`, `/app/patients/${id}/edit`, '/app/patients/new', '/app/patients/import']) {
    await check(page, address)
  }
  expect(states.done.id).toBeTruthy()
})

test('requests for another time and a therapist\'s own day', async ({ page, visitor, practice }) => {
  test.slow()
  const therapist = await colleague(practice, LONG)
  const who = somebody(LONG)
  const slots = await freeSlots(therapist, 72)
  const { card } = await sessionOf(practice, await confirmedFor(practice, therapist, who, slots[0]))
  const own = await visitor({ baseURL: practice.base })
  await enter(own, therapist)
  await check(own, '/app')
  await check(own, `/app/sessions/${card.id}/ask-to-move`)
  await call(practice.base, '/api/v1/reschedule-requests', { bearer: therapist.bearer, body: {
    session_id: card.id, starts_at: slots[12].starts_at, reason: REASON } })
  for (const address of ['/app', '/app/reschedule-requests', `/app/sessions/${card.id}`, `/app/sessions/${card.id}/ask-to-move`]) {
    await check(own, address)
  }
  await enter(page, practice)
  for (const address of ['/app', '/app/reschedule-requests', '/app/reschedule-requests?status=all',
    '/app/reschedule-requests?status=approved', `/app/sessions/${card.id}`]) {
    await check(page, address)
  }
})

test('the practice\'s settings, members and log', async ({ page, practice }) => {
  test.slow()
  await enter(page, practice)
  for (const address of ['/app/settings', '/app/settings/practice', '/app/settings/profile', '/app/settings/services',
    `/app/settings/services?edit=${practice.serviceId}`,
    '/app/settings/payment', '/app/settings/booking', '/app/settings/calendars', '/app/settings/calendars?google=not_ticked',
    '/app/settings/messages', '/app/settings/messages?template=session_reminder&language=es&channel=sms', '/app/members',
    '/app/audit']) {
    await check(page, address)
  }
})

test('calendars with conflicts, problems and an address', async ({ page, practice }) => {
  const [slot] = await freeSlots(practice)
  await confirmed(practice, somebody(LONG), slot)
  const add = (url: string) => call(practice.base, '/api/v1/calendars/ics', {
    bearer: practice.bearer, body: { therapist_id: practice.therapistId, url },
  })
  await add(await publish(slot))
  await add(`${outside()}/files/nothing-here`)
  await call(practice.base, '/api/v1/calendars/feed', { bearer: practice.bearer, body: { therapist_id: practice.therapistId } })
  const state = () => call(practice.base, `/api/v1/calendars?therapist_id=${practice.therapistId}`, { bearer: practice.bearer })
  await expect.poll(async () => (await state()).calendars.map((each: { state: string }) => each.state)).toEqual(['ok', 'failing'])
  expect((await state()).conflicts).toHaveLength(1)
  await enter(page, practice)
  await check(page, '/app/settings/calendars')
})

test('the practice\'s pages with nothing in them', async ({ page }) => {
  const empty = await createPractice({ published: false })
  await enter(page, empty)
  for (const address of ['/app', '/app/diary', '/app/sessions', '/app/messages?status=failed', '/app/notices']) {
    await check(page, address)
  }
  await page.locator('details.account summary').click()
  await expectAccessible(page, 'account menu')
  await expectNoSideways(page, 'account menu')
})

test('in Spanish, with its longer words', async ({ visitor, practice }) => {
  const page = await visitor({ locale: 'es-AR' })
  await check(page, `/${practice.slug}`)
  await enter(page, practice)
  for (const address of ['/app', '/app/availability', '/app/settings/booking', '/app/settings/messages']) await check(page, address)
})
