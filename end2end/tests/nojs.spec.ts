// Everything that matters works without JavaScript: forms, links, and pages that are complete when they arrive.
import { execFileSync } from 'node:child_process'
import { act, allBookings, book, bookingOf, call, freeSlot, slotsOfOneDay, somebody } from '../support/api'
import { enter, expect, test } from '../support/fixtures'
import { linkIn, mailTo } from '../support/mail'
import {
  bookThroughPage, card, dayOf, logIn, openDay, section, sendProof, takeTime, timeButton, timeOf, toReview, typeDetails,
} from '../support/steps'

test('a patient books, pays by proof and cancels; a therapist approves and verifies', async ({ page, visitor, practice }) => {
  const who = { ...somebody('No Script'), reason: 'Plain forms' }
  const token = await bookThroughPage(page, practice, await freeSlot(practice), who)
  await expect(page.getByRole('heading', { level: 1, name: 'Your booking request' })).toBeVisible()

  const therapist = await visitor()
  await therapist.goto('/login')
  await logIn(therapist, practice)
  await therapist.waitForURL(/\/app$/)
  const waiting = card(section(therapist, 'Needs you'), 'No Script')
  await expect(waiting).toContainText('Plain forms')
  await waiting.getByRole('button', { name: 'Approve' }).click()
  await expect(card(section(therapist, 'Waiting for payment'), 'No Script')).toBeVisible()

  await page.reload()
  const { reference } = await bookingOf(practice.base, token)
  for (const known of ['Payment required', 'Till 123456', reference]) await expect(page.getByRole('main')).toContainText(known)
  await sendProof(page, 'NOJS123')
  await expect(page.getByRole('heading', { level: 1, name: 'Payment under review' })).toBeVisible()

  await therapist.goto('/app')
  const proof = card(section(therapist, 'Needs you'), 'No Script')
  await expect(proof).toContainText('NOJS123')
  const receipt = await therapist.request.get(await proof.getByRole('link', { name: 'Open the receipt' }).getAttribute('href') ?? '')
  expect(receipt.headers()['content-type']).toBe('image/png')
  await proof.getByRole('button', { name: 'Verify payment' }).click()
  await expect(card(section(therapist, 'Coming up'), 'No Script')).toContainText('Confirmed')

  await page.reload()
  await expect(page.getByRole('heading', { level: 1, name: 'Confirmed session' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Add to calendar' })).toBeVisible()
  // The dialog is a link to itself.
  await page.getByRole('button', { name: 'Cancel booking' }).click()
  const dialog = page.locator('dialog:target')
  await expect(dialog).toContainText('Cancel this booking?')
  await dialog.getByLabel('Reason (optional)').fill('I am ill')
  await dialog.getByRole('button', { name: 'Yes, cancel it' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Booking cancelled' })).toBeVisible()
  await therapist.goto('/app')
  await expect(card(section(therapist, 'Recently closed'), 'No Script')).toContainText('Cancelled by the patient')
})

test('errors come back beside what was typed', async ({ page, practice }) => {
  const who = { ...somebody('Keep What I Typed'), phone: '+999 1', reason: 'Two lines\nof text & <signs>' }
  await takeTime(page, practice, await freeSlot(practice))
  await typeDetails(page, who)
  await page.getByLabel('This is my first session here').check()
  await page.getByRole('button', { name: 'Continue to review' }).click()
  await expect(page.getByRole('alert')).toContainText('Please check the marked fields.')
  await expect(page.getByLabel('Phone (WhatsApp)')).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByLabel('Phone (WhatsApp)')).toHaveValue('+999 1')
  await expect(page.getByLabel('Name and surname')).toHaveValue('Keep What I Typed')
  await expect(page.getByLabel('E-mail')).toHaveValue(who.email)
  await expect(page.getByLabel('This is my first session here')).toBeChecked()
  await expect(page.getByLabel('What brings you here? (optional)')).toHaveValue(/^Two lines\r?\nof text & <signs>$/)
  // Nothing of it is in the address.
  expect(decodeURIComponent(page.url())).not.toContain('Keep')
  await page.getByLabel('Phone (WhatsApp)').fill('+254 707 439299')
  await toReview(page)
  await expect(page.getByRole('main')).toContainText('+254')
})

test('a time that has gone offers its three neighbours in the same place', async ({ page, practice }) => {
  const [slot] = await slotsOfOneDay(practice)
  await openDay(page, practice, slot)
  await book(practice, somebody(), slot)
  await timeButton(page, slot).click()
  await expect(page.getByRole('alert')).toContainText('Someone else has just taken this time.')
  const nearest = page.getByRole('group', { name: 'Nearest free times' }).getByRole('button')
  await expect(nearest).toHaveCount(3)
  await nearest.first().click()
  await page.waitForURL(/\/book\//)
  await expect(page.getByText('Held for you until')).toBeVisible()
})

test('the month is links: another month, another day, a time', async ({ page, practice }) => {
  const slot = await freeSlot(practice)
  await page.goto(`/${practice.slug}`)
  const title = await page.locator('.month-head h2').textContent()
  await page.getByRole('link', { name: 'Next month' }).click()
  await expect(page.locator('.month-head h2')).not.toHaveText(title ?? '')
  await page.getByRole('link', { name: 'Previous month' }).click()
  await expect(page.locator('.month-head h2')).toHaveText(title ?? '')
  await page.goto(`/${practice.slug}?month=${dayOf(slot).slice(0, 7)}`)
  await page.locator(`a#day-${dayOf(slot)}`).click()
  await expect(timeButton(page, slot)).toBeVisible()
})

test('a form sent twice makes one booking', async ({ page, practice }) => {
  await takeTime(page, practice, await freeSlot(practice))
  await typeDetails(page, somebody())
  await toReview(page)
  const review = page.url()
  await page.getByRole('button', { name: 'Send request' }).click()
  await page.waitForURL(/\/b\//)
  // Back to the review and once more.
  await page.goto(review)
  await page.waitForURL(/\/b\//)
  expect(await allBookings(practice)).toHaveLength(1)
})

test('a therapist declines with a reason and rejects a payment', async ({ page, practice }) => {
  const declined = await book(practice, somebody('To Decline'))
  const paid = await book(practice, somebody('To Reject'))
  await act(practice, paid, 'approve')
  const patient = page
  await patient.goto(`/b/${paid.token}`)
  await sendProof(patient, 'NOPE1', false)
  await enter(page, practice)
  await page.goto('/app')
  const decide = async (name: string, open: string, reason: string, send: string) => {
    await card(section(page, 'Needs you'), name).getByRole('button', { name: open }).click()
    const dialog = page.locator('dialog:target')
    await dialog.getByLabel('Reason, for the patient to read').fill(reason)
    await dialog.getByRole('button', { name: send }).click()
  }
  await decide('To Decline', 'Decline…', 'Away that week', 'Decline the request')
  await expect(card(section(page, 'Recently closed'), 'To Decline')).toContainText('Away that week')
  await decide('To Reject', 'Reject…', 'Nothing arrived', 'Reject the payment')
  await expect(card(section(page, 'Waiting for payment'), 'To Reject')).toBeVisible()
  expect((await bookingOf(practice.base, declined.token)).status).toBe('declined')
})

test('a therapist adds a block; an overlap is explained and what was typed stays', async ({ page, practice }) => {
  await enter(page, practice)
  await page.goto('/app/availability')
  const weekly = page.locator('#weekly')
  const add = async (from: string, until: string) => {
    await weekly.getByLabel('Day', { exact: true }).selectOption({ label: 'Tuesday' })
    await weekly.getByLabel('From', { exact: true }).fill(from)
    await weekly.getByLabel('Until', { exact: true }).fill(until)
    await weekly.getByRole('button', { name: 'Add', exact: true }).click()
  }
  await add('16:00', '18:00')
  await expect(weekly).toContainText('This time overlaps with an existing block.')
  await expect(weekly.getByLabel('From', { exact: true })).toHaveValue('16:00')
  await expect(weekly.getByLabel('Day', { exact: true })).toHaveValue('2')
  await add('18:00', '20:00')
  await expect(weekly).toContainText('18:00 to 20:00')
  await weekly.getByRole('link', { name: 'Change Tuesday 18:00 to 20:00' }).click()
  await weekly.getByLabel('Until', { exact: true }).fill('21:00')
  await weekly.getByRole('button', { name: 'Save' }).click()
  await expect(weekly).toContainText('18:00 to 21:00')
  await page.locator('#buffers').getByLabel('Minutes after').fill('30')
  await page.locator('#buffers').getByRole('button', { name: 'Show the effect' }).click()
  await expect(page.locator('#buffers')).toContainText('Times to book in the next 7 days:')
  await expect(page.locator('#buffers').getByLabel('Minutes after')).toHaveValue('30')
})

test('an exception on a day with bookings asks, and a wrong setting is explained', async ({ page, practice }) => {
  const slot = await freeSlot(practice)
  await book(practice, somebody(), slot)
  await enter(page, practice)
  await page.goto(`/app/availability?date=${dayOf(slot)}`)
  await page.locator('#exceptions').getByRole('button', { name: 'Add', exact: true }).click()
  await expect(page.locator('#exceptions').getByText('What happens to it?')).toBeVisible()
  await expect(page.locator('#exceptions').getByLabel('From day')).toHaveValue(dayOf(slot))
  await page.locator('#exceptions').getByRole('button', { name: 'Block the day, keep the booking' }).click()
  await expect(page.locator('#exceptions').getByRole('region', { name: 'Upcoming exceptions' })).toContainText('Whole day')
  await page.goto('/app/settings/services')
  await page.getByLabel('Name of the service').fill('Second service')
  await page.getByLabel('Price in KES').fill('much')
  await page.getByRole('main').getByRole('button', { name: 'Save' }).click()
  await expect(page.locator('#f-price-error')).toHaveText('This is not a number.')
  await expect(page.getByLabel('Name of the service')).toHaveValue('Second service')
})

test('the language changes by a button and stays', async ({ page, practice }) => {
  const slot = await freeSlot(practice)
  await page.goto(`/${practice.slug}?day=${dayOf(slot)}`)
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await page.getByRole('button', { name: 'Español' }).click()
  await expect(page.locator('html')).toHaveAttribute('lang', 'es')
  expect(page.url()).toContain(`/${practice.slug}?day=${dayOf(slot)}`)
  await expect(page.getByText('¿Qué desea reservar?')).toBeVisible()
  await expect(page.locator('#times').getByRole('button', { name: timeOf(slot) })).toBeVisible()
  await page.goto('/login')
  await expect(page.getByRole('heading', { level: 1, name: 'Ingresar a su consultorio' })).toBeVisible()
})

test('a patient signs in by a mailed link and signs out', async ({ page, practice }) => {
  const who = somebody()
  await book(practice, who)
  await page.goto('/my')
  await page.getByLabel('E-mail').fill(who.email)
  await page.getByRole('button', { name: 'Send me the link' }).click()
  await expect(page.getByText('a link is on its way')).toBeVisible()
  await page.goto(linkIn(await mailTo(who.email, /Your link to your bookings/), '/my/sign-in'))
  await page.getByRole('button', { name: 'Show my bookings' }).click()
  await page.waitForURL(/\/my\/bookings$/)
  await expect(page.getByText(`Bookings of ${who.email}`)).toBeVisible()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(/\/my$/)
})

test('a patient is entered, searched, noted on and deleted', async ({ page, practice }) => {
  const [who, other] = [somebody('Noscript Patient'), somebody('Somebody Else')]
  await call(practice.base, '/api/v1/patients', { bearer: practice.bearer, body: { name: other.name, phone: other.phone } })
  await enter(page, practice)
  await page.goto('/app/patients/new')
  await page.getByLabel('Name and surname').first().fill(who.name)
  await page.getByLabel('Phone (WhatsApp)').first().fill(other.phone)
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(page.getByText('This is taken already.')).toBeVisible()
  await expect(page.getByLabel('Name and surname').first()).toHaveValue(who.name)
  await page.getByLabel('Phone (WhatsApp)').first().fill(who.phone)
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: who.name })).toBeVisible()

  await page.getByRole('link', { name: 'Notes', exact: true }).click()
  await page.getByLabel('Note', { exact: true }).fill('Written without scripts')
  await page.getByRole('button', { name: 'Add a note' }).click()
  await expect(page.getByRole('paragraph').filter({ hasText: 'Written without scripts' })).toBeVisible()

  await page.goto('/app/patients')
  await page.getByLabel('Search by name, phone or e-mail').fill('noscript')
  await page.getByRole('button', { name: 'Search', exact: true }).click()
  await expect(page.getByRole('link', { name: who.name })).toBeVisible()
  await expect(page.getByText(other.name)).toHaveCount(0)
  expect(page.url()).not.toContain('noscript')

  await page.getByRole('link', { name: who.name }).click()
  await page.getByText('More', { exact: true }).click()
  await page.getByRole('button', { name: 'Delete…' }).click()
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page.getByText('The patient was deleted.')).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('The patient is there again.')).toBeVisible()
})

test('recurring sessions: a page with every date, then saved', async ({ page, practice }) => {
  const booking = await book(practice, somebody('Plain Forms'), await freeSlot(practice))
  const sql = `SELECT patient_id FROM bookings WHERE id = '${booking.id}'`
  const patient = execFileSync('psql', ['-qtA', process.env.CALMA_E2E_DATABASE as string, '-c', sql]).toString().trim()
  const first = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10)
  await enter(page, practice)
  await page.goto(`/app/series/new?patient=${patient}`)
  await page.getByLabel('First day').fill(first)
  await page.getByLabel('Time', { exact: true }).fill('13:00')
  await expect(page.getByRole('button', { name: 'Create recurring sessions' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Show all dates' }).click()
  await expect(page.locator('.series-date').first()).toContainText('Made now')
  await expect(page.getByLabel('Time', { exact: true })).toHaveValue('13:00')
  await page.getByRole('button', { name: 'Create recurring sessions' }).click()
  await expect(page.locator('.series-card')).toContainText('at 13:00')
  await expect(page.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible()
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(page.locator('.series-card')).toContainText('Paused')
})
