// A therapist's day in the diary: place, move, hold, cancel and be paid for sessions (000 §4.1, §13.2).
import type { Page } from '@playwright/test'
import { book, call, freeSlots, somebody, type Booking, type Practice } from '../support/api'
import { alive, expect, open, test } from '../support/fixtures'
import { mailTo } from '../support/mail'
import { dayOf, timeOf } from '../support/steps'

test.use({ practiceOptions: { policy: { needs_approval: false, payment_timing: 'at_session' } } })

/** The session of a booking that is confirmed at once. */
async function sessionOf(practice: Practice, booking: Booking): Promise<any> {
  const card = await call(practice.base, `/api/v1/bookings/${booking.id}`, { bearer: practice.bearer })
  return await call(practice.base, `/api/v1/sessions/${card.session.id}`, { bearer: practice.bearer })
}

/** Counts what a person clicks. */
function clicks(page: Page) {
  const count = { n: 0, click: async (name: string) => {
    count.n += 1
    await page.getByRole('button', { name, exact: true }).or(page.getByRole('link', { name, exact: true })).first().click()
  } }
  return count
}

test('places a session for a patient, who gets the link of a booking', async ({ therapist, practice, visitor }) => {
  const who = somebody('Ana Díaz')
  const slots = await freeSlots(practice)
  await book(practice, who, slots[0])
  await open(therapist, `/app/sessions/new?day=${dayOf(slots[9])}`)
  await therapist.getByLabel('Name, phone or e-mail').fill('diaz')
  await therapist.getByRole('link', { name: /Ana Díaz/ }).click()
  await alive(therapist)
  await expect(therapist.getByLabel('Day')).toHaveValue(dayOf(slots[9]))
  await therapist.getByRole('button', { name: timeOf(slots[9]), exact: true }).click()
  await therapist.getByRole('button', { name: 'Place the session' }).click()
  await therapist.waitForURL(/\/app\/sessions\/[0-9a-f-]{36}/)
  await expect(therapist.getByRole('heading', { level: 1, name: 'Ana Díaz' })).toBeVisible()
  await expect(therapist.getByText('Placed by the practice')).toBeVisible()
  const id = therapist.url().split('/').pop() as string
  const placed = await call(practice.base, `/api/v1/sessions/${id}`, { bearer: practice.bearer })
  expect(placed.card.local).toBe(slots[9].local)
  const mail = await mailTo(who.email, new RegExp(placed.card.reference))
  const link = /\/b\/[^\s"]+/.exec(mail.text)?.[0] as string
  const patient = await visitor()
  await open(patient, link)
  await expect(patient.getByRole('link', { name: 'Choose another time' })).toBeVisible()
})

test('a taken time says what is free nearby, and outside the hours it takes a tick', async ({ therapist, practice }) => {
  const who = somebody()
  const slots = await freeSlots(practice)
  const booking = await book(practice, who, slots[4])
  const { card } = await sessionOf(practice, booking)
  await open(therapist, `/app/sessions/new?patient=${card.patient_id}&day=${dayOf(slots[4])}&time=${timeOf(slots[4])}`)
  await therapist.getByRole('button', { name: 'Place the session' }).click()
  await expect(therapist.getByText('Someone else has just taken this time.')).toBeVisible()
  await expect(therapist.getByText(/^Free nearby: /)).toBeVisible()
  await therapist.getByLabel('Time', { exact: true }).fill('20:00')
  await therapist.getByRole('button', { name: 'Place the session' }).click()
  await expect(therapist.getByText('The therapist is not open then.')).toBeVisible()
  await therapist.getByLabel('Also outside opening hours').check()
  await therapist.getByRole('button', { name: 'Place the session' }).click()
  await therapist.waitForURL(/\/app\/sessions\/[0-9a-f-]{36}/)
  await expect(therapist.locator('dd', { hasText: 'Outside opening hours' })).toBeVisible()
})

test('000 §13.2: details, cancelling and marking as paid take few clicks', async ({ therapist, practice }) => {
  const slots = await freeSlots(practice)
  await book(practice, somebody('Ana Díaz'), slots[3])
  await open(therapist, '/app')
  const details = clicks(therapist)
  await details.click('Sessions')
  await therapist.waitForURL(/\/app\/sessions$/)
  details.n += 1
  await therapist.getByRole('row', { name: /Ana Díaz/ }).getByRole('link').first().click()
  await expect(therapist.getByRole('heading', { level: 1, name: 'Ana Díaz' })).toBeVisible()
  expect(details.n, 'clicks to the details').toBeLessThanOrEqual(2)

  const paid = clicks(therapist)
  await paid.click('Mark as paid')
  await therapist.getByLabel('Reference').fill('QX12AB')
  await paid.click('Record it')
  await expect(therapist.getByText(/Received KSh/)).toBeVisible()
  await expect(therapist.getByText('QX12AB')).toBeVisible()
  expect(paid.n, 'clicks to mark as paid').toBeLessThanOrEqual(2)

  const cancelled = clicks(therapist)
  await cancelled.click('Cancel session')
  await therapist.getByLabel('Reason').fill('I am ill')
  await therapist.getByLabel(/was paid/).selectOption('credit')
  await cancelled.click('Cancel the session')
  await expect(therapist.getByText('The patient was sent a message.')).toBeVisible()
  await expect(therapist.getByText('Keep it for the next session')).toBeVisible()
  expect(cancelled.n, 'clicks to cancel').toBeLessThanOrEqual(2)

  await therapist.getByRole('button', { name: 'Undo the cancellation' }).click()
  await expect(therapist.getByRole('button', { name: 'Cancel session' })).toBeVisible()
  await expect(therapist.getByText('Cancellation undone')).toBeVisible()
})

test('moves a session; the patient sees the new time live and reads of it', async ({ therapist, practice, visitor }) => {
  const who = somebody('Ana Díaz')
  const slots = await freeSlots(practice)
  const booking = await book(practice, who, slots[3])
  const { card } = await sessionOf(practice, booking)
  const patient = await visitor()
  await open(patient, `/b/${booking.token}`)
  await expect(patient.getByText(timeOf(slots[3])).first()).toBeVisible()
  await open(therapist, `/app/sessions/${card.id}`)
  await therapist.getByRole('button', { name: 'Move' }).click()
  await therapist.getByLabel('Day').fill(dayOf(slots[11]))
  await therapist.getByLabel('Time', { exact: true }).fill(timeOf(slots[11]))
  await therapist.getByRole('button', { name: 'Move the session' }).click()
  await expect(therapist.getByText('Session moved')).toBeVisible()
  await expect(patient.getByText(timeOf(slots[11])).first()).toBeVisible()
  await mailTo(who.email, /Your session has a new time/)
})

test('filters stand in the address, words do not; many at once', async ({ therapist, practice }) => {
  const slots = await freeSlots(practice)
  await book(practice, somebody('Ana Díaz'), slots[2])
  await book(practice, somebody('Bruno Paz'), slots[5])
  await open(therapist, '/app/sessions')
  await expect(therapist.getByRole('row')).toHaveCount(3)
  await therapist.getByLabel('Patient or number').fill('bruno')
  await therapist.getByRole('button', { name: 'Search' }).click()
  await expect(therapist.getByRole('row', { name: /Bruno Paz/ })).toBeVisible()
  await expect(therapist.getByRole('row', { name: /Ana Díaz/ })).toHaveCount(0)
  expect(therapist.url()).not.toContain('bruno')
  await therapist.getByRole('button', { name: 'Show all' }).click()
  await expect(therapist.getByRole('row')).toHaveCount(3)
  for (const box of await therapist.getByRole('checkbox', { name: /^Select / }).all()) await box.check()
  await therapist.getByLabel('With the selected').selectOption('paid_cash')
  await therapist.getByRole('button', { name: 'Do it' }).click()
  await expect(therapist.getByText('Done with 2.')).toBeVisible()
  await expect(therapist.getByRole('row').filter({ hasText: 'Paid' })).toHaveCount(2)
  await therapist.getByText('Filter', { exact: true }).first().click()
  await therapist.getByLabel('Payment', { exact: true }).selectOption('pending')
  await therapist.getByRole('button', { name: 'Filter' }).click()
  await expect(therapist.getByText('No session fits. Try fewer filters.')).toBeVisible()
  expect(therapist.url()).toContain('payment=pending')
})

test('the diary by day, week and month; the keyboard moves a session', async ({ therapist, practice }, info) => {
  const slots = await freeSlots(practice)
  await book(practice, somebody('Ana Díaz'), slots[3])
  const day = dayOf(slots[3])
  await open(therapist, `/app/diary?week=${day}&view=month`)
  await expect(therapist.getByRole('link', { name: /Ana Díaz/ })).toHaveCount(1)
  await therapist.getByRole('link', { name: 'Day', exact: true }).click()
  await therapist.waitForURL(/view=day/)
  await expect(therapist.getByRole('link', { name: /Ana Díaz/ }).locator('visible=true')).toHaveCount(1)
  if (info.project.name !== 'desktop') return
  const event = therapist.locator('.week-grid').getByRole('link', { name: /Ana Díaz/ })
  await event.focus()
  await therapist.keyboard.press('m')
  const dialog = therapist.getByRole('dialog')
  await expect(dialog.getByLabel('Time')).toHaveValue(timeOf(slots[3]))
  await dialog.getByLabel('Time').fill(timeOf(slots[5]))
  await dialog.getByRole('button', { name: 'Move the session' }).click()
  await expect(therapist.getByText('The session has its new time.')).toBeVisible()
  await expect(therapist.locator('.week-grid').getByRole('link', { name: /Ana Díaz/ })).toContainText(timeOf(slots[5]))
})

test('the pointer drags a session to another time, and a question comes first', async ({ therapist, practice }, info) => {
  test.skip(info.project.name !== 'desktop', 'phones show the list and move in the session itself')
  const slots = await freeSlots(practice)
  await book(practice, somebody('Ana Díaz'), slots[3])
  await open(therapist, `/app/diary?week=${dayOf(slots[3])}&view=day`)
  const event = therapist.locator('.week-grid').getByRole('link', { name: /Ana Díaz/ })
  const place = await event.boundingBox()
  if (!place) throw new Error('the session is not in the calendar')
  await event.dragTo(therapist.locator('.week-grid .day-column .day-body'), { targetPosition: { x: 40, y: 4 } })
  const dialog = therapist.getByRole('dialog')
  await expect(dialog.getByLabel('Day')).toHaveValue(dayOf(slots[3]))
  await expect(dialog.getByText(/^Moves Ana Díaz from/)).toBeVisible()
  await therapist.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(event).toContainText(timeOf(slots[3]))
  // A second time, to the end.
  await event.dragTo(therapist.locator('.week-grid .day-column .day-body'), { targetPosition: { x: 40, y: 4 } })
  const time = await dialog.getByLabel('Time').inputValue()
  expect(time).not.toBe(timeOf(slots[3]))
  await dialog.getByLabel('Also outside opening hours').check()
  await dialog.getByRole('button', { name: 'Move the session' }).click()
  await expect(therapist.getByText('The session has its new time.')).toBeVisible()
  await expect(event).toContainText(time)
})

test('the patient chooses another time by the link, in time and not too late', async ({ page, practice, guard }) => {
  guard.allow(/status of 409/)
  const who = somebody('Ana Díaz')
  const slots = (await freeSlots(practice)).filter((slot) => Date.parse(slot.starts_at) - Date.now() > 26 * 3_600_000)
  const booking = await book(practice, who, slots[0])
  await open(page, `/b/${booking.token}`)
  await page.getByRole('link', { name: 'Choose another time' }).click()
  await page.waitForURL(/\/move$/)
  const target = slots[5]
  await page.locator(`button[value^="${target.starts_at.slice(0, 16)}"]`).click()
  await page.waitForURL(/moved=1/)
  await expect(page.getByText('Your session has its new time.')).toBeVisible()
  await expect(page.getByText(timeOf(target)).first()).toBeVisible()
  await mailTo(practice.email, /chose another time/)
})
