// 003's flows with patient and therapist side by side: each sees what the other does, without reloading.
import { act, book, bookingOf, call, confirmed, freeSlot, freeSlots, prove, serverB, somebody, type Booking, type Practice } from '../support/api'
import { enter, expect, open, test } from '../support/fixtures'
import { linkIn, mailTo } from '../support/mail'
import { bookThroughPage, card, expectToast, expectWithinASecond, openBooking, openDashboard, section, sendProof, timeOf, timeUntil } from '../support/steps'

/** What no single change may take, with browsers, servers and a database on two cores; most take less than a second. */
const SOON = 3_000

async function soon(what: () => Promise<unknown>, shown: () => Promise<void>): Promise<void> {
  await what()
  const begun = Date.now()
  await shown()
  expect(Date.now() - begun, 'milliseconds until it shows').toBeLessThan(SOON)
}

test('books, approves, pays, verifies: both see every step at once', async ({ page, practice, therapist }) => {
  await openDashboard(therapist, practice.base)
  await expect(section(therapist, 'Needs you')).toContainText('Nothing waits for you.')
  const slot = await freeSlot(practice)
  const who = somebody('John Doe')

  // The client books.
  const token = await bookThroughPage(page, practice, slot, who)
  const waiting = card(section(therapist, 'Needs you'), 'John Doe')
  await soon(async () => {}, () => expect(waiting).toBeVisible())
  await expectToast(therapist, 'New request: John Doe')
  await expect(waiting).toContainText('Waiting for approval')
  await expect(waiting).toContainText('Awaiting your approval')
  await expect(waiting).toContainText('KSh 2,000')
  await expect(waiting).toContainText(timeOf(slot))
  const today = therapist.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /Today/ })
  await expect(today).toContainText('1 waiting for you')
  await expect(therapist).toHaveTitle(/^\(1\)/)
  await expect(therapist.getByRole('link', { name: '1 to approve' })).toBeVisible()

  // The therapist approves.
  await openBooking(page, practice.base, token)
  await expect(page.getByRole('main')).toContainText('Waiting for therapist approval')
  await soon(
    () => waiting.getByRole('button', { name: 'Approve' }).click(),
    () => expect(page.getByRole('heading', { level: 1, name: 'Payment required' })).toBeVisible(),
  )
  await expect(page.getByRole('main')).toContainText('Approved! Please submit payment')
  const { reference } = await bookingOf(practice.base, token)
  for (const known of ['Till 123456', reference, 'Please pay by']) await expect(page.getByRole('main')).toContainText(known)
  await expect(card(section(therapist, 'Waiting for payment'), 'John Doe')).toContainText('Approved, payment instructions sent')
  await expectToast(therapist, 'Approved. The patient is told.')
  await expect(section(therapist, 'Needs you')).toContainText('Nothing waits for you.')
  await mailTo(who.email, /how to pay/)

  // The client pays.
  await sendProof(page, 'ABC123XYZ')
  const proof = card(section(therapist, 'Needs you'), 'John Doe')
  await soon(async () => {}, () => expect(proof).toContainText('ABC123XYZ'))
  await expect(page.getByRole('heading', { level: 1, name: 'Payment under review' })).toBeVisible()
  await expect(page.getByRole('main')).toContainText('Payment submitted, waiting for verification')
  await expect(page.getByRole('main')).toContainText('ABC123XYZ')
  await expect(proof).toContainText('Payment proof submitted')
  await expectToast(therapist, 'Payment to check: John Doe')
  const receipt = await therapist.request.get(await proof.getByRole('link', { name: 'Open the receipt' }).getAttribute('href') ?? '')
  expect(receipt.headers()['content-type']).toBe('image/png')
  await mailTo(practice.email, /Payment to check/)

  // The therapist verifies.
  await soon(
    () => proof.getByRole('button', { name: 'Verify payment' }).click(),
    () => expect(page.getByRole('heading', { level: 1, name: 'Confirmed session' })).toBeVisible(),
  )
  await expect(page.getByRole('main')).toContainText('Confirmed! Session ready')
  await expect(page.getByText('KSh 2,000 (paid ✓)')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Join session' })).toBeVisible()
  const href = await page.getByRole('link', { name: 'Add to calendar' }).getAttribute('href')
  expect(await (await page.request.get(href ?? '')).text()).toContain('BEGIN:VCALENDAR')
  const upcoming = card(section(therapist, 'Coming up'), 'John Doe')
  await expect(upcoming).toContainText('Confirmed')
  await expect(upcoming).toContainText('Paid')
  await expect(upcoming.getByRole('link', { name: 'Start the session' })).toBeVisible()
  const mail = await mailTo(who.email, /Your session is confirmed/)
  expect(mail.attachments.map((one) => one.type)).toContain('text/calendar')
})

test('most changes show on the other side within a second', async ({ page, practice, therapist }) => {
  const slots = await freeSlots(practice)
  await openDashboard(therapist, practice.base)
  const [toTherapist, toPatient]: number[][] = [[], []]
  const title = (name: string) => page.getByRole('heading', { level: 1, name })
  for (const [n, name] of ['First In Line', 'Second In Line', 'Third In Line'].entries()) {
    let booking!: Booking
    const waiting = card(section(therapist, 'Needs you'), name)
    toTherapist.push(await timeUntil(waiting, async () => { booking = await book(practice, somebody(name), slots[n * 2]) }))
    await openBooking(page, practice.base, booking.token)
    toPatient.push(await timeUntil(title('Payment required'), () => act(practice, booking, 'approve')))
    toTherapist.push(await timeUntil(waiting.getByText(`PAID${n}`), () => prove(practice, booking, `PAID${n}`)))
    toPatient.push(await timeUntil(title('Confirmed session'), () => act(practice, booking, 'verify-payment')))
  }
  expectWithinASecond(toTherapist)
  expectWithinASecond(toPatient)
})

test('declines with a reason, which the patient reads at once', async ({ page, practice, therapist }) => {
  const who = somebody('Jane Roe')
  const booking = await book(practice, who)
  await openDashboard(therapist, practice.base)
  await openBooking(page, practice.base, booking.token)
  const waiting = card(section(therapist, 'Needs you'), 'Jane Roe')
  await waiting.getByRole('button', { name: 'Decline…' }).click()
  const dialog = therapist.getByRole('dialog', { name: 'Decline this request?' })
  await expect(dialog).toContainText('Jane Roe is told by e-mail, with your reason.')
  await dialog.getByLabel('Reason, for the patient to read').fill('Fully booked on this date')
  await soon(
    () => dialog.getByRole('button', { name: 'Decline the request' }).click(),
    () => expect(page.getByRole('heading', { level: 1, name: 'Booking declined' })).toBeVisible(),
  )
  await expect(page.getByRole('main')).toContainText('Therapist not available')
  await expect(page.getByRole('main')).toContainText('Fully booked on this date')
  await expect(page.getByRole('link', { name: 'Book another time' })).toBeVisible()
  await expect(card(section(therapist, 'Recently closed'), 'Jane Roe')).toContainText('Fully booked on this date')
  expect((await mailTo(who.email, /About your request/)).text).toContain('Fully booked on this date')
})

test('rejects a payment with a reason, and the patient sends another proof', async ({ page, practice, therapist }) => {
  const who = somebody('Rosa Paz')
  const booking = await book(practice, who)
  await act(practice, booking, 'approve')
  await openDashboard(therapist, practice.base)
  await openBooking(page, practice.base, booking.token)
  await sendProof(page, 'WRONG1', false)
  const proof = card(section(therapist, 'Needs you'), 'Rosa Paz')
  await proof.getByRole('button', { name: 'Reject…' }).click()
  const dialog = therapist.getByRole('dialog', { name: 'Reject this payment?' })
  await dialog.getByLabel('Reason, for the patient to read').fill('Nothing arrived with that number')
  await soon(
    () => dialog.getByRole('button', { name: 'Reject the payment' }).click(),
    () => expect(page.getByRole('heading', { level: 1, name: 'Payment required' })).toBeVisible(),
  )
  await expect(page.getByRole('main')).toContainText('Nothing arrived with that number')
  await mailTo(who.email, /could not find your payment/)
  await sendProof(page, 'RIGHT2', false)
  await expect(proof).toContainText('RIGHT2')
  await proof.getByRole('button', { name: 'Verify payment' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Confirmed session' })).toBeVisible()
})

test('the patient cancels and the therapist sees it', async ({ page, practice, therapist }) => {
  await book(practice, somebody('Someone Else'))
  const who = somebody('Lucy Naliaka')
  const booking = await book(practice, who)
  await openDashboard(therapist, practice.base)
  await expect(therapist.getByRole('navigation', { name: 'Main' })).toContainText('2 waiting for you')
  await openBooking(page, practice.base, booking.token)
  await page.getByRole('button', { name: 'Cancel request' }).click()
  const dialog = page.getByRole('dialog', { name: 'Cancel this booking?' })
  await expect(dialog).toContainText(practice.name)
  await dialog.getByLabel('Reason (optional)').fill('We found another time')
  await dialog.getByRole('button', { name: 'Yes, cancel it' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Booking cancelled' })).toBeVisible()
  const closed = card(section(therapist, 'Recently closed'), 'Lucy Naliaka')
  await expect(closed).toContainText('Cancelled by the patient')
  await expectToast(therapist, 'Cancelled by the patient: Lucy Naliaka')
  await expect(therapist.getByRole('navigation', { name: 'Main' })).toContainText('1 waiting for you')
  await mailTo(practice.email, /Cancelled by the patient/)
})

test('the practice cancels a confirmed session with a reason, which the patient reads at once', async ({ page, practice, therapist }) => {
  const who = somebody('Paula Rey')
  const booking = await confirmed(practice, who)
  await openBooking(page, practice.base, booking.token)
  await expect(page.getByRole('heading', { level: 1, name: 'Confirmed session' })).toBeVisible()
  await open(therapist, `/app/bookings/${booking.id}`)
  await therapist.getByRole('button', { name: 'Cancel…' }).click()
  const dialog = therapist.getByRole('dialog', { name: 'Cancel this booking?' })
  await expect(dialog).toContainText('the time becomes free again and Paula Rey is told by e-mail.')
  await expect(dialog).toContainText('KSh 2,000 was paid. Calma does not send money')
  await dialog.getByLabel('Reason, for the patient to read').fill('I am ill this week')
  await soon(
    () => dialog.getByRole('button', { name: 'Cancel and tell the patient' }).click(),
    () => expect(page.getByRole('heading', { level: 1, name: 'Booking cancelled' })).toBeVisible(),
  )
  await expectToast(page, 'Your booking is now: Cancelled')
  await expect(page.getByRole('main')).toContainText('This booking was cancelled by the practice.')
  await expect(page.getByRole('main')).toContainText('I am ill this week')
  await expect(page.getByRole('link', { name: 'Join session' })).toHaveCount(0)
  await expectToast(therapist, 'Cancelled. The patient is told.')
  await expect(therapist.getByRole('main')).toContainText('I am ill this week')
  await expect(therapist.getByRole('button', { name: 'Cancel…' })).toHaveCount(0)
  expect((await mailTo(who.email, /is cancelled/)).text).toContain('I am ill this week')
  expect((await bookingOf(practice.base, booking.token)).status).toBe('cancelled')
})

test('of two who act on the same booking the second is told what happened', async ({ practice, therapist, visitor, guard }) => {
  // The second hears nothing meanwhile, as on a bad line.
  guard.allow(/\/live/)
  const booking = await book(practice, somebody('Two Hands'))
  const front = await secondMember(practice)
  const second = await visitor()
  await enter(second, front)
  await second.route(/\/live(\?|$)/, (route) => route.abort())
  await open(second, '/app')
  await expect(second.getByText('Checking every 30 s')).toBeVisible()
  await openDashboard(therapist, practice.base)
  await card(section(therapist, 'Needs you'), 'Two Hands').getByRole('button', { name: 'Approve' }).click()
  await expect(card(section(therapist, 'Waiting for payment'), 'Two Hands')).toBeVisible()

  const stale = card(section(second, 'Needs you'), 'Two Hands')
  await stale.getByRole('button', { name: 'Decline…' }).click()
  const dialog = second.getByRole('dialog', { name: 'Decline this request?' })
  await dialog.getByLabel('Reason, for the patient to read').fill('Too late')
  await dialog.getByRole('button', { name: 'Decline the request' }).click()
  await expectToast(second, 'Someone else was faster. This booking is now: Approved, payment due.')
  await expect(card(section(second, 'Waiting for payment'), 'Two Hands')).toBeVisible()
  expect((await bookingOf(practice.base, booking.token)).status).toBe('awaiting_payment')
})

test('the refresh button, a lost push and "updated … ago"', async ({ practice, therapist, guard }) => {
  guard.allow(/\/live/)
  await therapist.route(/\/live(\?|$)/, (route) => route.abort())
  await open(therapist, '/app')
  await expect(therapist.getByText('Checking every 30 s')).toBeVisible()
  await expect(therapist.getByText(/^Updated/)).toBeVisible()
  await book(practice, somebody('Fresh Air'))
  await therapist.getByRole('button', { name: 'Refresh' }).click()
  await expect(card(section(therapist, 'Needs you'), 'Fresh Air')).toBeVisible()
  await expect(therapist.getByText('Updated just now')).toBeVisible()
})

test('without the push the dashboard asks every 30 seconds, and says how old it is meanwhile', async ({ practice, therapist, guard }) => {
  guard.allow(/\/live/)
  await therapist.clock.install()
  await therapist.route(/\/live(\?|\/|$)/, (route) => route.abort())
  await open(therapist, '/app')
  await expect(therapist.getByText('Checking every 30 s')).toBeVisible()
  await expect(section(therapist, 'Needs you')).toContainText('Nothing waits for you.')
  await therapist.clock.fastForward(12_000)
  await expect(therapist.getByText(/^Updated 1\d s ago$/)).toBeVisible()
  await book(practice, somebody('Polled For'))
  await expect(card(section(therapist, 'Needs you'), 'Polled For')).toHaveCount(0)
  await therapist.clock.fastForward(31_000)
  await expect(card(section(therapist, 'Needs you'), 'Polled For')).toBeVisible()
  await expect(therapist.getByText('Updated just now')).toBeVisible()
  await expectToast(therapist, 'New request: Polled For')
})

test('while the dashboard is refreshed it says so, and keeps what it shows', async ({ practice, therapist }) => {
  await book(practice, somebody('Still Here'))
  await openDashboard(therapist, practice.base)
  let answer = () => {}
  const held = new Promise<void>((resolve) => { answer = resolve })
  await therapist.route('**/api/fn/load_dashboard*', async (route) => { await held; await route.continue() })
  const refresh = therapist.getByRole('button', { name: 'Refresh' })
  // A late notice of the booking may have begun it already; the button is disabled then.
  await refresh.dispatchEvent('click')
  await expect(therapist.getByText('Refreshing…')).toBeVisible()
  await expect(therapist.locator('.sections')).toHaveAttribute('aria-busy', 'true')
  await expect(refresh).toHaveAttribute('aria-busy', 'true')
  await expect(card(section(therapist, 'Needs you'), 'Still Here')).toBeVisible()
  answer()
  await expect(therapist.getByText('Updated just now')).toBeVisible()
  await expect(therapist.locator('.sections')).not.toHaveAttribute('aria-busy')
})

test('an action that the server refuses is taken back on the page', async ({ practice, therapist, guard }) => {
  guard.allow(/status of 503/)
  await book(practice, somebody('Roll Back'))
  await openDashboard(therapist, practice.base)
  await therapist.route('**/api/fn/act_on_booking', (route) => route.fulfill({
    status: 503, contentType: 'application/json', body: JSON.stringify({ code: 'SERVICE_UNAVAILABLE' }),
  }))
  const waiting = card(section(therapist, 'Needs you'), 'Roll Back')
  await waiting.getByRole('button', { name: 'Approve' }).click()
  await expectToast(therapist, 'Calma cannot be reached right now.')
  await expect(waiting).toContainText('Waiting for approval')
  await therapist.unroute('**/api/fn/act_on_booking')
  await waiting.getByRole('button', { name: 'Approve' }).click()
  await expect(card(section(therapist, 'Waiting for payment'), 'Roll Back')).toBeVisible()
})

test('across two servers: the patient on one, the therapist on the other', async ({ page, practice, visitor }) => {
  const therapist = await visitor({ baseURL: serverB() })
  await enter(therapist, { ...practice, base: serverB() })
  await openDashboard(therapist, serverB())
  const who = somebody('Far Away')
  const token = await bookThroughPage(page, practice, await freeSlot(practice), who)
  const waiting = card(section(therapist, 'Needs you'), 'Far Away')
  await soon(async () => {}, () => expect(waiting).toBeVisible())
  await openBooking(page, practice.base, token)
  await soon(
    () => waiting.getByRole('button', { name: 'Approve' }).click(),
    () => expect(page.getByRole('heading', { level: 1, name: 'Payment required' })).toBeVisible(),
  )
  await sendProof(page, 'ACROSS1')
  await soon(async () => {}, () => expect(card(section(therapist, 'Needs you'), 'Far Away')).toContainText('ACROSS1'))
  await soon(
    () => card(section(therapist, 'Needs you'), 'Far Away').getByRole('button', { name: 'Verify payment' }).click(),
    () => expect(page.getByRole('heading', { level: 1, name: 'Confirmed session' })).toBeVisible(),
  )
})

/** Somebody of the front desk, invited and joined. */
async function secondMember(practice: Practice): Promise<{ email: string; password: string }> {
  const [email, password] = [somebody().email, practice.password]
  await call(practice.base, '/api/v1/invitations', { bearer: practice.bearer, body: { email, role: 'operator' } })
  const link = linkIn(await mailTo(email, /You are invited/), '/invite')
  await call(practice.base, '/api/v1/auth/invitations/accept', {
    body: { token: new URL(link).searchParams.get('token'), name: 'Fran Desk', password },
  })
  return { email, password }
}
