// Calendars outside: what is taken there cannot be booked, sessions appear there, and what to do when one fails.
import { act, confirmed, freeSlots, slotsOfOneDay, somebody, unique } from '../support/api'
import { entries, outside, publish, takeBack, write } from '../support/calendars'
import { expect, open, test } from '../support/fixtures'
import { openDay, timeButton } from '../support/steps'
import type { Page } from '@playwright/test'

const connected = (page: Page) => page.locator('section').filter({ has: page.getByRole('heading', { name: 'Connected calendars' }) })

test('a published calendar counts as taken until it is disconnected', async ({ therapist, visitor, practice }) => {
  const [slot, other] = await slotsOfOneDay(practice)
  const url = await publish(slot)
  await open(therapist, '/app/settings/practice')
  await therapist.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Calendars' }).click()
  await expect(therapist.getByText('No calendar is connected yet.')).toBeVisible()

  // What is no address is explained, and what was typed stays.
  await therapist.getByLabel('Address of the calendar').fill('my calendar')
  await therapist.getByRole('button', { name: 'Add the calendar' }).click()
  await expect(therapist.locator('#f-url-error')).toContainText('This is not an address of a calendar.')
  await therapist.getByLabel('Address of the calendar').fill(url)
  await therapist.getByRole('button', { name: 'Add the calendar' }).click()
  // The worker reads it, and the page hears of it.
  await expect(connected(therapist).getByText('Up to date')).toBeVisible()
  await expect(connected(therapist)).toContainText('127.0.0.1')
  await expect(therapist.locator('body')).not.toContainText('/files/')

  const patient = await visitor()
  await openDay(patient, practice, slot)
  await expect(timeButton(patient, other)).toBeVisible()
  await expect(timeButton(patient, slot)).toHaveCount(0)
  await connected(therapist).getByRole('button', { name: /^Disconnect/ }).click()
  await expect(therapist.getByText('Disconnected.')).toBeVisible()
  // The public page follows by itself.
  await expect(timeButton(patient, slot)).toBeVisible()
})

test('an address that is no calendar says what to do', async ({ therapist }) => {
  await open(therapist, '/app/settings/calendars')
  await therapist.getByLabel('Address of the calendar').fill(`${outside()}/files/nothing-here`)
  await therapist.getByRole('button', { name: 'Add the calendar' }).click()
  await expect(connected(therapist)).toContainText('Nothing is at that address')
})

test('Google is connected, follows sessions, and is connected again after access was taken back', async ({ therapist, visitor, practice }) => {
  test.slow()
  const account = unique()
  const { hostname } = new URL(outside())
  await therapist.context().addCookies([{ name: 'account', value: account, domain: hostname, path: '/' }])
  const [taken, slot] = await slotsOfOneDay(practice)
  await write(account, taken)

  await open(therapist, '/app/settings/calendars')
  await therapist.getByRole('link', { name: 'Connect Google Calendar' }).click()
  await therapist.waitForURL(/google=done/)
  await expect(therapist.getByText('Google Calendar is connected.')).toBeVisible()
  await expect(connected(therapist)).toContainText(`${account}@example.test`)
  const patient = await visitor()
  await openDay(patient, practice, slot)
  await expect(timeButton(patient, slot)).toBeVisible()
  await expect(timeButton(patient, taken)).toHaveCount(0)

  const booking = await confirmed(practice, somebody('Amina Otieno'), slot)
  await expect.poll(async () => (await entries(account)).map((event) => event.summary)).toContain('Session - Amina Otieno')
  // The person writes something of their own there: a conflict, shown once it is read.
  const [later] = (await freeSlots(practice)).slice(-1)
  const second = await confirmed(practice, somebody('Juma Ali'), later)
  await write(account, later)
  await connected(therapist).getByRole('button', { name: /^Read now: / }).click()
  await expect(therapist.getByRole('row', { name: /Juma Ali/ })).toBeVisible()
  await act(practice, second, 'cancel', 'They wrote to us')
  await act(practice, booking, 'cancel', 'They wrote to us')
  await expect.poll(async () => (await entries(account)).length).toBe(1)

  await takeBack(account)
  await connected(therapist).getByRole('button', { name: /^Read now: / }).click()
  await expect(connected(therapist)).toContainText('Must be connected again')
  await expect(connected(therapist)).toContainText('the permission was taken back')
  await therapist.getByRole('link', { name: 'Connect Google Calendar again' }).click()
  await therapist.waitForURL(/google=done/)
  await expect(connected(therapist).getByText('Up to date')).toBeVisible()
})

test('a secret address shows the sessions, can be copied, and stops when another is made', async ({ therapist, practice, context }) => {
  await confirmed(practice, somebody('Amina Otieno'))
  await open(therapist, '/app/settings/calendars')
  await therapist.getByRole('button', { name: 'Make an address' }).click()
  const field = therapist.getByLabel('Secret address')
  const first = await field.inputValue()
  const file = await context.request.get(first)
  expect(file.headers()['content-type']).toContain('text/calendar')
  expect(await file.text()).toContain('A. O. · Individual Therapy')
  expect(await file.text()).not.toContain('Amina')
  await therapist.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await therapist.getByRole('button', { name: 'Copy' }).click()
  expect(await therapist.evaluate(() => navigator.clipboard.readText())).toBe(first)

  await therapist.getByLabel('Show patients by name').check()
  await therapist.getByRole('button', { name: 'Make a new address' }).click()
  await expect(field).not.toHaveValue(first)
  expect((await context.request.get(first)).status()).toBe(404)
  expect(await (await context.request.get(await field.inputValue())).text()).toContain('Amina Otieno')
  await therapist.getByRole('button', { name: 'Take the address away' }).click()
  await expect(therapist.getByText('There is no address yet.')).toBeVisible()
})
