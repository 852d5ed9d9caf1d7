// A part of the page's program that does not arrive loses neither the page nor its forms.
import { book, freeSlot, somebody } from '../support/api'
import { alive, expect, test } from '../support/fixtures'
import { bookThroughPage, logIn } from '../support/steps'
import type { Page } from '@playwright/test'

const BANNER = 'Calma was updated. Reload the page to go on.'

/** Everything but the base: each lazy page has a file of its own. */
const withoutChunks = (page: Page) => page.route(/\/pkg\/(?!calma)[^/]*\.wasm/, (route) => route.abort())

test.beforeEach(({ guard }) => guard.allow(/.*/))

test('a page whose own part is missing works as plain HTML and says how to go on', async ({ page, practice }) => {
  await withoutChunks(page)
  await page.goto('/login')
  await expect(page.getByRole('alert').filter({ hasText: BANNER })).toBeVisible()
  await logIn(page, practice)
  await page.waitForURL(/\/app$/)
  await expect(page.getByRole('heading', { level: 1, name: 'Today' })).toBeVisible()
})

test('a booking whose live part is missing can be read and says how to go on', async ({ page, practice }) => {
  const booking = await book(practice)
  await withoutChunks(page)
  await page.goto(`/b/${booking.token}`)
  await expect(page.getByRole('alert').filter({ hasText: BANNER })).toBeVisible()
  await expect(page.getByRole('heading', { level: 1, name: 'Your booking request' })).toBeVisible()
  await page.unroute(/\/pkg\/(?!calma)[^/]*\.wasm/)
  await page.getByRole('link', { name: 'Reload' }).click()
  await alive(page)
  await page.getByRole('button', { name: 'Cancel request' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
})

test('a patient books while none of the program arrives', async ({ page, practice }) => {
  await page.route(/\/pkg\/.*\.(wasm|js)$/, (route) => route.abort())
  // Without the program no page comes alive, so these are the steps of a page without JavaScript.
  await page.addInitScript(() => {
    new MutationObserver(() => document.documentElement?.setAttribute('data-alive', '')).observe(document, { childList: true })
  })
  await bookThroughPage(page, practice, await freeSlot(practice), somebody())
  await expect(page.getByRole('heading', { level: 1, name: 'Your booking request' })).toBeVisible()
})
