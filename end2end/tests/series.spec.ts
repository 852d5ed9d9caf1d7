// Recurring sessions: agreed once with every date shown, paused, changed, stopped; what could not be made, decided.
import { execFileSync } from 'node:child_process'
import { book, call, createPractice, freeSlot, somebody, type Practice } from '../support/api'
import { alive, enter, expect, expectAccessible, expectNoSideways, open, test } from '../support/fixtures'
import type { Page } from '@playwright/test'

/** Somebody in care of the practice: who asked for a session once. */
async function patient(practice: Practice, name: string): Promise<string> {
  const booking = await book(practice, somebody(name), await freeSlot(practice))
  const sql = `SELECT patient_id FROM bookings WHERE id = '${booking.id}'`
  return execFileSync('psql', ['-qtA', process.env.CALMA_E2E_DATABASE as string, '-c', sql]).toString().trim()
}

/** A date in the practice's zone, so many days from now. */
const inDays = (days: number) => new Date(Date.now() + 3 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10)

const weekdayOf = (date: string) => new Date(`${date}T12:00:00Z`).toLocaleDateString('en-GB', { weekday: 'long', timeZone: 'UTC' })

const series = (practice: Practice, patient_id: string, starts_on: string, starts: string) =>
  call(practice.base, '/api/v1/recurring', { bearer: practice.bearer, body: {
    patient_id, therapist_id: practice.therapistId, service_id: practice.serviceId, starts_on, frequency: 'weekly', starts,
  } })

const dates = (page: Page) => page.locator('.series-date')

test('every date is shown, then saved at once; paused, resumed, changed and stopped', async ({ page, practice }) => {
  const id = await patient(practice, 'Ana Regular')
  await enter(page, practice)
  await open(page, `/app/series/new?patient=${id}`)
  await expect(page.getByText('For Ana Regular')).toBeVisible()
  const [first, second] = [inDays(2), inDays(9)]
  await page.getByLabel('First day').fill(first)
  await page.getByLabel('Time', { exact: true }).fill('15:00')
  await page.getByLabel('Time', { exact: true }).blur()
  // Live, and nothing saved.
  const preview = page.locator('#preview')
  await expect(preview).toContainText(`Every ${weekdayOf(first)} at 15:00`)
  await expect(preview.locator('.series-date').first()).toContainText('Made now')
  await expect(preview.locator('.series-date').nth(1)).toContainText('A week before')
  expect(await preview.locator('.series-date').count()).toBeGreaterThan(50)
  await expectAccessible(page)
  await expectNoSideways(page)
  await expect(page.getByLabel('Tell the patient')).toBeChecked()
  await preview.getByRole('button', { name: 'Create recurring sessions' }).click()

  await page.waitForURL(/\/app\/series\/[0-9a-f-]+\?done=1/)
  await alive(page)
  const card = page.locator('.series-card')
  await expect(card).toContainText(`Every ${weekdayOf(first)} at 15:00`)
  await expect(card).toContainText('60 minutes')
  await expect(dates(page).first()).toContainText('Payment pending')
  await expect(dates(page).nth(1)).toContainText('Planned')
  await expectAccessible(page)
  await expectNoSideways(page)

  await card.getByRole('button', { name: 'Pause' }).click()
  await expect(card).toContainText('Paused')
  await expect(card.locator('.series-date')).toHaveCount(1)
  await card.getByRole('button', { name: 'Resume' }).click()
  await expect(card).toContainText('Active')

  // The session that is made follows only when asked to.
  const form = page.locator('#change')
  await form.getByLabel('Time', { exact: true }).fill('16:00')
  await form.getByLabel('Time', { exact: true }).blur()
  await expect(form.locator('.series-date').first()).toContainText('Stays as it is')
  await expect(form).toContainText('1 session is made already and not paid.')
  await form.getByLabel('Also move sessions that are made already and not paid').check()
  await expect(form.locator('.series-date').first()).toContainText('Moves here from')
  await form.getByRole('button', { name: 'Save the change' }).click()
  await expect(card).toContainText(`Every ${weekdayOf(first)} at 16:00`)
  await expect(card.locator('.series-date').first()).toContainText('16:00')
  await expect(card.locator('.series-date').nth(1)).toContainText('16:00')
  expect(second > first).toBe(true)

  await card.getByRole('button', { name: 'Stop…' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('Sessions that exist stay in the diary.')
  await dialog.getByRole('button', { name: 'Stop for good' }).click()
  await expect(card).toContainText('Stopped')
  await open(page, '/app')
  await expect(page.getByRole('heading', { name: 'Ana Regular' }).or(page.getByText('Ana Regular')).first()).toBeVisible()
})

test('what could not be made stands on the dashboard with its reason and one click', async ({ page, practice, visitor }) => {
  const [one, two] = [await patient(practice, 'Juan Pérez'), await patient(practice, 'Eva Luna')]
  const date = inDays(3)
  await call(practice.base, '/api/v1/availability/exceptions', { bearer: practice.bearer, body: {
    therapist_id: practice.therapistId, kind: 'closed', starts_on: date, reason: 'Vacation', bookings: 'keep',
  } })
  await series(practice, one, date, '14:00')
  await series(practice, two, date, '15:00')
  await enter(page, practice)
  await open(page, '/app')
  const list = page.locator('#skipped')
  await expect(list).toContainText('Recurring sessions that could not be made')
  const juan = list.locator('li', { hasText: 'Juan Pérez' })
  await expect(juan).toContainText('Blocked: Vacation')
  await expectAccessible(page)
  await expectNoSideways(page)
  // Another window hears of it.
  const other = await visitor()
  await enter(other, practice)
  await open(other, '/app')
  await expect(other.locator('#skipped li')).toHaveCount(2)
  await juan.getByRole('button', { name: /^Book .*: Juan Pérez$/ }).first().click()
  await expect(list.locator('li')).toHaveCount(1)
  await expect(other.locator('#skipped li')).toHaveCount(1)
  await list.getByRole('button', { name: /^Leave it out: Eva Luna$/ }).click()
  await expect(list).toHaveCount(0)
  const made = await call(practice.base, `/api/v1/recurring/${one}`, { bearer: practice.bearer })
  expect(made[0].next[0]).toMatchObject({ date, state: 'created' })
})

test('in Spanish, as the sketch has it', async ({ page, visitor }) => {
  void page
  const practice = await createPractice({ language: 'es', currency: 'ARS', zone: 'America/Argentina/Buenos_Aires', price: '15000' })
  const id = await patient(practice, 'Ana López')
  const date = inDays(4)
  await series(practice, id, date, '09:00')
  const spanish = await visitor({ locale: 'es-AR' })
  await enter(spanish, practice)
  const [one] = await call(practice.base, `/api/v1/recurring/${id}`, { bearer: practice.bearer })
  await open(spanish, `/app/series/${one.id}`)
  const weekday = new Date(`${date}T12:00:00Z`).toLocaleDateString('es', { weekday: 'long', timeZone: 'UTC' })
  await expect(spanish.locator('.series-card')).toContainText(`Cada ${weekday} a las 09:00`)
  await expect(spanish.locator('.series-card')).toContainText('Pago pendiente')
  await expect(spanish.locator('.series-card')).toContainText('Sin fecha de fin')
})
