// A patient moves a session with plain forms.
import { book, freeSlots, somebody } from '../support/api'
import { expect, test } from '../support/fixtures'
import { mailTo } from '../support/mail'
import { timeOf } from '../support/steps'

test.use({ practiceOptions: { policy: { needs_approval: false, payment_timing: 'at_session' } } })

test('a patient takes another time, and one that is gone meanwhile says so', async ({ page, practice }) => {
  const slots = (await freeSlots(practice)).filter((slot) => Date.parse(slot.starts_at) - Date.now() > 26 * 3_600_000)
  const booking = await book(practice, somebody('Ana Díaz'), slots[0])
  await page.goto(`/b/${booking.token}`)
  await page.getByRole('link', { name: 'Choose another time' }).click()
  const time = (n: number) => page.locator(`button[value^="${slots[n].starts_at.slice(0, 16)}"]`)
  // Somebody else takes it while the page is open.
  await book(practice, somebody('Zoe Mwangi'), slots[4])
  await time(4).click()
  await expect(page.getByText('Someone else has just taken this time.')).toBeVisible()
  await time(5).click()
  await expect(page.getByText('Your session has its new time.')).toBeVisible()
  await expect(page.getByText(timeOf(slots[5])).first()).toBeVisible()
  await mailTo(practice.email, /chose another time/)
})
