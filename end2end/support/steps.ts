// The steps people take, in the words they read.
import { expect, type Locator, type Page } from '@playwright/test'
import { alive, open } from './fixtures'
import { somebody, type Person, type Practice, type Slot } from './api'

/** The smallest picture there is. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

export const dayOf = (slot: Slot) => slot.local.slice(0, 10)
export const timeOf = (slot: Slot) => slot.local.slice(11, 16)

/** The public page with the day of this slot opened. */
export async function openDay(page: Page, practice: Practice, slot: Slot): Promise<void> {
  await open(page, `${practice.base}/${practice.slug}?day=${dayOf(slot)}`)
}

/** The button of a time on the opened day. */
export function timeButton(page: Page, slot: Slot): Locator {
  return page.locator('#times').getByRole('button', { name: new RegExp(`^${timeOf(slot)}`) })
}

/** Step 1: takes this time and arrives at the details. */
export async function takeTime(page: Page, practice: Practice, slot: Slot): Promise<void> {
  await openDay(page, practice, slot)
  await timeButton(page, slot).click()
  await page.waitForURL(/\/book\/[^/?]+$/)
  await expect(page.getByRole('heading', { level: 1, name: 'Your details' })).toBeVisible()
  await alive(page)
}

/** Step 2: fills the fields, without sending them. */
export async function typeDetails(page: Page, who: Person): Promise<void> {
  await page.getByLabel('Name and surname').fill(who.name)
  await page.getByLabel('E-mail').fill(who.email)
  await page.getByLabel('Phone (WhatsApp)').fill(who.phone)
  if (who.reason !== undefined) await page.getByLabel('What brings you here? (optional)').fill(who.reason)
}

/** Step 2 to 3. */
export async function toReview(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Continue to review' }).click()
  await page.waitForURL(/\/review$/)
  await expect(page.getByRole('heading', { level: 1, name: 'Does everything look right?' })).toBeVisible()
}

/** Step 3 to 4; answers the booking's token. */
export async function send(page: Page, button: 'Send request' | 'Confirm booking' = 'Send request'): Promise<string> {
  await page.getByRole('button', { name: button }).click()
  await page.waitForURL(/\/b\/[^/?]+/)
  return new URL(page.url()).pathname.split('/')[2]
}

/** All four steps. */
export async function bookThroughPage(
  page: Page, practice: Practice, slot: Slot, who: Person = somebody(),
  button: 'Send request' | 'Confirm booking' = 'Send request',
): Promise<string> {
  await takeTime(page, practice, slot)
  await typeDetails(page, who)
  await toReview(page)
  return await send(page, button)
}

/** The payment proof on the booking's own page. */
export async function sendProof(page: Page, reference: string, file = true): Promise<void> {
  await page.getByLabel('Transaction number').fill(reference)
  if (file) {
    await page.getByLabel('Receipt (optional)').setInputFiles({ name: 'receipt.png', mimeType: 'image/png', buffer: PNG })
  }
  await page.getByRole('button', { name: 'Send payment proof' }).click()
}

/** A section of the dashboard by its heading. */
export function section(page: Page, name: 'Needs you' | 'Today' | 'Waiting for payment' | 'Coming up' | 'Recently closed') {
  return page.getByRole('region', { name: new RegExp(`^${name}`) })
}

/** The card of a booking in one of the dashboard's lists. */
export function card(place: Locator | Page, name: string): Locator {
  return place.getByRole('article', { name })
}

/** Opens the dashboard and waits for the push, so that what follows arrives live. */
export async function openDashboard(page: Page, base: string): Promise<void> {
  await open(page, `${base}/app`)
  await expect(page.getByText('Live', { exact: true })).toBeVisible()
}

/** Opens a booking's own page and waits until the push is connected. */
export async function openBooking(page: Page, base: string, token: string): Promise<void> {
  const connected = page.waitForResponse((response) => response.url().includes(`/live/b/${token}`))
  await open(page, `${base}/b/${token}`)
  await connected
}

/** Milliseconds from the answer to a change until somebody else's page shows it. */
export async function timeUntil(shown: Locator, change: () => Promise<unknown>): Promise<number> {
  await change()
  const answered = performance.now()
  await shown.waitFor()
  return Math.round(performance.now() - answered)
}

/** Of several changes most show within a second; how long each took is printed. */
export function expectWithinASecond(took: number[]): void {
  const median = [...took].sort((a, b) => a - b)[Math.floor(took.length / 2)]
  console.log(`    shown after ${took.join(', ')} ms, median ${median} ms`)
  expect(median, `median of ${took.join(', ')} ms`).toBeLessThan(1_000)
}

/** Logs in through the form. */
export async function logIn(page: Page, who: { email: string; password: string }): Promise<void> {
  await page.getByLabel('E-mail').fill(who.email)
  await page.getByLabel('Password', { exact: true }).fill(who.password)
  await page.getByRole('main').getByRole('button', { name: 'Log in' }).click()
}

/** A short message at the edge of the page; once, and not twice. */
export async function expectToast(page: Page, text: string): Promise<void> {
  await expect(page.locator('.toast', { hasText: text })).toHaveCount(1)
}
