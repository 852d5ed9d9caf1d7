// Calendars outside without JavaScript.
import { call, confirmed, freeSlot, somebody, unique } from '../support/api'
import { outside, publish } from '../support/calendars'
import { enter, expect, test } from '../support/fixtures'
import { linkIn, mailTo } from '../support/mail'

test('a therapist adds and removes a calendar, connects Google and makes an address', async ({ page, practice }) => {
  await enter(page, practice)
  await page.goto('/app/settings/calendars')
  await page.getByLabel('Address of the calendar').fill('ftp://example.test/')
  await page.getByRole('button', { name: 'Add the calendar' }).click()
  await expect(page.locator('#f-url-error')).toContainText('This is not an address of a calendar.')
  await expect(page.getByLabel('Address of the calendar')).toHaveValue('ftp://example.test/')
  await page.getByLabel('Address of the calendar').fill(await publish(await freeSlot(practice)))
  await page.getByRole('button', { name: 'Add the calendar' }).click()
  await expect(async () => {
    await page.goto('/app/settings/calendars')
    await expect(page.getByText('Up to date')).toBeVisible({ timeout: 500 })
  }).toPass()
  await page.getByRole('button', { name: /^Disconnect/ }).click()
  await expect(page.getByText('No calendar is connected yet.')).toBeVisible()

  await page.context().addCookies([{ name: 'account', value: unique(), domain: new URL(outside()).hostname, path: '/' }])
  await page.getByRole('link', { name: 'Connect Google Calendar' }).click()
  await expect(page.getByText('Google Calendar is connected.')).toBeVisible()
  await page.getByRole('button', { name: 'Make an address' }).click()
  const address = await page.getByLabel('Secret address').inputValue()
  expect((await page.request.get(address)).status()).toBe(200)
})

test('a patient subscribes to their sessions', async ({ page, practice }) => {
  const who = somebody()
  await confirmed(practice, who)
  await call(practice.base, '/api/v1/my/sign-in-link', { body: { email: who.email } })
  await page.goto(linkIn(await mailTo(who.email, /Your link to your bookings/), '/my/sign-in'))
  await page.getByRole('button', { name: 'Show my bookings' }).click()
  await page.getByRole('button', { name: 'Make my secret address' }).click()
  const address = await page.getByLabel(`Sessions at ${practice.practiceName}`).inputValue()
  expect(await (await page.request.get(address)).text()).toContain(practice.name)
  await page.getByRole('button', { name: 'Make a new one' }).click()
  expect((await page.request.get(address)).status()).toBe(404)
})
