// Time passes, as people see it: on a server of its own whose clock these journeys move (issue J).
import type { ChildProcess } from 'node:child_process'
import path from 'node:path'
import { ask, book, bookingOf, call, createPractice, freeSlots, hold, moveClock, slotsOfOneDay, somebody, type Practice, type PracticeOptions } from '../support/api'
import { alive, enter, expect, expectAccessible, expectNoSideways, open, test } from '../support/fixtures'
import { mailTo } from '../support/mail'
import { STATE, end, freePort, newDatabase, serve, waitFor } from '../support/server'
import { card, expectToast, openBooking, openDashboard, section, send, sendProof, takeTime, timeButton, openDay, toReview, typeDetails } from '../support/steps'

let server: ChildProcess
let base: string

test.beforeAll(async () => {
  const port = await freePort()
  base = `http://127.0.0.1:${port}`
  server = serve('server-clock', {
    DATABASE_URL: newDatabase(`clock_${Date.now()}`), CALMA_ADDR: `127.0.0.1:${port}`, CALMA_BASE_URL: base,
    CALMA_SMTP_URL: process.env.CALMA_E2E_SMTP ?? '', CALMA_DATA: path.join(STATE, 'clock-data'),
  })
  await waitFor(`${base}/readyz`, server)
})

test.afterAll(async () => {
  await end(server)
})

const practiceHere = (policy: PracticeOptions['policy'] = {}): Promise<Practice> => createPractice({ base, policy })

/** Access tokens live for fifteen minutes of this clock. */
async function again(practice: Practice): Promise<Practice> {
  const { tokens } = await call(base, '/api/v1/auth/login', { body: { email: practice.email, password: practice.password } })
  return { ...practice, bearer: tokens.access }
}

test('a hold lapses while the form is filled: take it again, and nothing typed is lost', async ({ page }) => {
  const practice = await practiceHere()
  const [slot] = await slotsOfOneDay(practice)
  const who = { ...somebody('Slow Typist'), reason: 'I think about what to write.' }
  await takeTime(page, practice, slot)
  await typeDetails(page, who)
  await moveClock(base, 11)
  await page.getByRole('button', { name: 'Continue to review' }).click()
  await expect(page.getByRole('alert')).toContainText('The time was no longer held for you. What you typed is still here.')
  await expect(page.getByLabel('Name and surname')).toHaveValue(who.name)
  await expect(page.getByLabel('What brings you here? (optional)')).toHaveValue(who.reason)
  // Even after leaving and coming back.
  await page.reload()
  await alive(page)
  await expect(page.getByText('The time was no longer held')).toBeVisible()
  await expect(page.getByLabel('E-mail')).toHaveValue(who.email)
  await expect(page.getByLabel('Phone (WhatsApp)')).toHaveValue(who.phone)
  await page.getByRole('button', { name: 'Take it again and continue' }).click()
  await page.waitForURL(/\/review$/)
  await expect(page.getByText('Held for you until')).toBeVisible()
  await send(page)
  await expect(page.getByRole('heading', { level: 1, name: 'Your booking request' })).toBeVisible()
})

test('it lapses on the review: take it again from there', async ({ page }) => {
  const practice = await practiceHere()
  const [slot] = await slotsOfOneDay(practice)
  const who = somebody()
  await takeTime(page, practice, slot)
  await typeDetails(page, who)
  await toReview(page)
  await moveClock(base, 11)
  await page.getByRole('button', { name: 'Send request' }).click()
  await expect(page.getByText('The time was no longer held', { exact: false }).first()).toBeVisible()
  await page.getByRole('button', { name: 'Take it again' }).click()
  await page.waitForURL(/\/book\/[^/]+$/)
  await expect(page.getByLabel('Name and surname')).toHaveValue(who.name)
  await toReview(page)
  await send(page)
})

test('it lapsed and somebody else took the time: three others, and nothing typed is lost', async ({ page }) => {
  const practice = await practiceHere()
  const [slot] = await slotsOfOneDay(practice)
  const who = somebody('Second Best')
  await takeTime(page, practice, slot)
  await typeDetails(page, who)
  await moveClock(base, 11)
  await book(practice, somebody(), slot)
  await page.getByRole('button', { name: 'Continue to review' }).click()
  await page.getByRole('button', { name: 'Take it again and continue' }).click()
  const nearest = page.getByRole('group', { name: 'Nearest free times' }).getByRole('button')
  await expect(nearest).toHaveCount(3)
  await expect(page.getByLabel('Name and surname')).toHaveValue(who.name)
  const chosen = (await nearest.first().innerText()).slice(-5)
  await nearest.first().click()
  await page.waitForURL(/\/review$/)
  for (const known of [who.name, who.email, chosen]) await expect(page.getByRole('main')).toContainText(known)
})

test('a lapsed hold frees the time on everybody\'s page', async ({ page, visitor }) => {
  const practice = await practiceHere()
  const [slot] = await slotsOfOneDay(practice)
  await takeTime(await visitor(), practice, slot)
  const connected = page.waitForResponse((response) => response.url().includes('/live/t/'))
  await openDay(page, practice, slot)
  await connected
  await expect(timeButton(page, slot)).toBeDisabled()
  await moveClock(base, 11)
  await expect(timeButton(page, slot)).toBeEnabled()
})

test('an unpaid booking expires before one\'s eyes, the mail says so, and a late proof revives it', async ({ page, visitor }) => {
  const practice = await practiceHere({ needs_approval: false, payment_window_min: 60 })
  const who = somebody('Late Payer')
  const booking = await book(practice, who)
  await openBooking(page, base, booking.token)
  await expect(page.getByText('Please pay by')).toBeVisible()
  await moveClock(base, 61)
  await expect(page.getByRole('heading', { level: 1, name: 'Booking expired' })).toBeVisible()
  await expectToast(page, 'Your booking is now: Expired')
  await expect(page.getByRole('link', { name: 'Book another time' })).toBeVisible()
  expect((await mailTo(who.email, /Your request has ended/)).text).toContain(booking.reference)

  const therapist = await visitor({ baseURL: base })
  await enter(therapist, practice)
  await openDashboard(therapist, base)
  await expect(card(section(therapist, 'Recently closed'), 'Late Payer')).toContainText('Expired')
  await page.getByText('Paid after all?').click()
  await sendProof(page, 'LATE1', false)
  await expect(page.getByRole('heading', { level: 1, name: 'Payment under review' })).toBeVisible()
  const proof = card(section(therapist, 'Needs you'), 'Late Payer')
  await expect(proof).toContainText('Arrived after the booking had lapsed')
  await proof.getByRole('button', { name: 'Verify payment' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Confirmed session' })).toBeVisible()
})

test('a late proof for a time that is taken waits for a decision about the money', async ({ page, visitor }) => {
  const practice = await practiceHere({ needs_approval: false, payment_window_min: 60 })
  const [slot] = await slotsOfOneDay(practice)
  const who = somebody('Too Late')
  const booking = await book(practice, who, slot)
  await moveClock(base, 61)
  await book(practice, somebody('Faster'), slot)
  await openBooking(page, base, booking.token)
  await page.getByText('Paid after all?').click()
  await sendProof(page, 'LATE2', false)
  await expect(page.getByText('We have your proof. The practice decides about your money and tells you.')).toBeVisible()
  await mailTo(who.email, /came after the deadline/)
  const therapist = await visitor({ baseURL: base })
  await enter(therapist, practice)
  await openDashboard(therapist, base)
  const late = card(section(therapist, 'Needs you'), 'Too Late')
  await expect(late.getByRole('button', { name: 'Money was returned' })).toBeVisible()
  await late.getByRole('button', { name: 'Keep as credit' }).click()
  await expect(page.getByText('The practice keeps your payment as credit for you.')).toBeVisible()
  await expect(section(therapist, 'Needs you')).toContainText('Nothing waits for you.')
})

test('the pages of what has ended are accessible: an expired booking and a lapsed hold', async ({ page }) => {
  const practice = await practiceHere({ needs_approval: false, payment_window_min: 60 })
  const [slot, other] = await slotsOfOneDay(practice)
  const booking = await book(practice, somebody(), slot)
  const held = await hold(practice, other)
  await moveClock(base, 61)
  for (const [address, heading] of [
    [`/b/${booking.token}`, 'Booking expired'], [`/b/${held.token}`, 'This time is no longer held'],
    [`/${practice.slug}/book/${held.token}`, 'Your details'],
  ]) {
    await open(page, base + address)
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
    await expectAccessible(page, address)
    await expectNoSideways(page, address)
  }
})

test('a request that nobody approves in time expires, and what it told of a person is erased a day later', async ({ page }) => {
  const practice = await practiceHere({ approval_window_min: 60 })
  const who = { ...somebody('Forget Me'), reason: 'Private' }
  const booking = await book(practice, who)
  await openBooking(page, base, booking.token)
  await moveClock(base, 61)
  await expect(page.getByRole('heading', { level: 1, name: 'Booking expired' })).toBeVisible()
  await mailTo(who.email, /Your request has ended/)
  expect((await bookingOf(base, booking.token)).details.name).toBe(who.name)
  await moveClock(base, 24 * 60 + 1)
  const { status, body } = await ask(base, `/api/v1/public/bookings/${booking.token}`)
  expect(JSON.stringify(body)).not.toContain(who.email)
  expect(JSON.stringify(body)).not.toContain('Private')
  expect([200, 404]).toContain(status)
  await enter(page, await again(practice))
  await open(page, `${base}/app`)
  await expect(page.getByRole('main')).not.toContainText('Forget Me')
  await expect(section(page, 'Recently closed')).toContainText('Details erased')
})

test('a therapist stays logged in when the access token ends', async ({ page }) => {
  const practice = await practiceHere()
  await enter(page, practice)
  await open(page, `${base}/app`)
  await moveClock(base, 20)
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect(page.getByText('Updated just now')).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { level: 1, name: 'Today' })).toBeVisible()
})

test('slots that become too near are no longer offered', async () => {
  const practice = await practiceHere({ notice_min: 120 })
  const [first] = await freeSlots(practice, 2)
  const minutes = (Date.parse(first.starts_at) - Date.parse((await call(base, '/test/clock')).now)) / 60_000
  await moveClock(base, minutes - 100)
  const { body } = await ask(base, '/api/v1/public/holds', {
    body: { slug: practice.slug, service_id: practice.serviceId, starts_at: first.starts_at },
  })
  expect(body.error.code).toBe('SLOT_UNAVAILABLE')
})

test('who asks too often is told so on the page, and the time stays free', async ({ page }) => {
  const port = await freePort()
  const strict = `http://127.0.0.1:${port}`
  const server = serve('server-strict', {
    DATABASE_URL: newDatabase(`strict_${Date.now()}`), CALMA_ADDR: `127.0.0.1:${port}`, CALMA_BASE_URL: strict,
    CALMA_SMTP_URL: process.env.CALMA_E2E_SMTP ?? '', CALMA_DATA: path.join(STATE, 'strict-data'),
    CALMA_RATE_PUBLIC_BOOKING_PER_HOUR: '2',
  })
  try {
    await waitFor(`${strict}/readyz`, server)
    const practice = await createPractice({ base: strict })
    const [slot, other] = await slotsOfOneDay(practice)
    const who = somebody('Very Eager')
    // Taking a time and sending the request are the two that are allowed.
    await takeTime(page, practice, slot)
    await typeDetails(page, who)
    await toReview(page)
    const token = await send(page)
    await openDay(page, practice, other)
    await timeButton(page, other).click()
    await expect(page.locator('#times').getByRole('alert')).toContainText('Too many attempts. Please wait a little and try again.')
    expect(new URL(page.url()).pathname).toBe(`/${practice.slug}`)
    await expect(timeButton(page, other)).toBeEnabled()
    expect((await slotsOfOneDay(practice)).map((one) => one.starts_at)).toContain(other.starts_at)
    // What was sent before is still there to look at.
    await openBooking(page, strict, token)
    await expect(page.getByRole('heading', { level: 1, name: 'Your booking request' })).toBeVisible()
  } finally {
    await end(server)
  }
})

test('a session is reminded of a day before, and just before with the link', async () => {
  const practice = await practiceHere({ needs_approval: false, payment_timing: 'at_session' })
  const who = somebody('Forgetful Person')
  const [slot] = await slotsOfOneDay(practice)
  await book(practice, who, slot)
  const until = async (minutes: number) =>
    Math.round((Date.parse(slot.starts_at) - Date.parse((await call(base, '/test/clock')).now)) / 60_000) - minutes
  await moveClock(base, await until(24 * 60))
  const day = await mailTo(who.email, /^Your session: /)
  expect(day.text).toContain('No more reminders, please')
  await moveClock(base, await until(15))
  expect((await mailTo(who.email, /Your session begins soon/)).text).toContain('https://meet.example.test/')
})
