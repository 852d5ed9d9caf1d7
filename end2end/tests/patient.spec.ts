// The patient's side after booking: one's own page, and all bookings after signing in by mail (003's client dashboard).
import { act, book, confirmed, createPractice, freeSlots, somebody } from '../support/api'
import { alive, expect, open, test } from '../support/fixtures'
import { linkIn, mailTo } from '../support/mail'
import { openBooking, sendProof, PNG } from '../support/steps'

const group = (name: string) => ({ name: new RegExp(`^${name}`) })

test('signs in by a mailed link, sees all bookings by status, cancels, pays, signs out', async ({ page, practice }) => {
  const who = somebody('Ana Díaz')
  const slots = await freeSlots(practice)
  const other = await createPractice()
  await book(practice, who, slots[0])
  const due = await book(practice, who, slots[3])
  await act(practice, due, 'approve')
  await confirmed(practice, who, slots[6])
  const declined = await book(practice, who, slots[9])
  await act(practice, declined, 'decline', 'Fully booked on this date')
  await book(other, who)

  await open(page, '/my/bookings')
  await expect(page.getByText('Please ask for a link first.')).toBeVisible()
  await open(page, '/my')
  await page.getByLabel('E-mail').fill(who.email.toUpperCase())
  await page.getByRole('button', { name: 'Send me the link' }).click()
  await expect(page.getByText('If there are bookings with this address, a link is on its way.')).toBeVisible()
  const link = linkIn(await mailTo(who.email, /Your link to your bookings/), '/my/sign-in')
  await open(page, link)
  await page.getByRole('button', { name: 'Show my bookings' }).click()
  await page.waitForURL(/\/my\/bookings$/)
  await expect(page.getByText(`Bookings of ${who.email}`)).toBeVisible()
  for (const [name, count] of [['Waiting for you', 1], ['Waiting for the practice', 2], ['Confirmed sessions', 1], ['Earlier and closed', 1]] as const) {
    await expect(page.getByRole('heading', group(name))).toContainText(String(count))
  }
  await expect(page.getByRole('main')).toContainText('Fully booked on this date')
  await expect(page.getByRole('link', { name: 'Join session' })).toHaveCount(1)

  // Cancel one from the list.
  const waiting = page.locator('section').filter({ has: page.getByRole('heading', { level: 2, ...group('Waiting for the practice') }) })
  await waiting.getByRole('button', { name: 'Cancel request' }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Yes, cancel it' }).click()
  await expect(page.getByRole('heading', group('Earlier and closed'))).toContainText('2')

  // Pay another.
  await page.getByRole('link', { name: 'Pay and send proof' }).click()
  await page.waitForURL(`**/b/${due.token}`)
  await alive(page)
  await sendProof(page, 'MYPROOF1')
  await expect(page.getByRole('heading', { level: 1, name: 'Payment under review' })).toBeVisible()

  await open(page, '/my/bookings')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(/\/my$/)
  await open(page, '/my/bookings')
  await expect(page.getByText('Please ask for a link first.')).toBeVisible()
  // The link worked once.
  await open(page, link)
  await page.getByRole('button', { name: 'Show my bookings' }).click()
  await expect(page.getByRole('alert')).toContainText('This link has been used or is too old.')
  await expect(page.getByRole('link', { name: 'Ask for a new link' })).toBeVisible()
})

test('an address without bookings gets the same answer and no mail', async ({ page }) => {
  await open(page, '/my')
  await page.getByLabel('E-mail').fill('nobody@example.test')
  await page.getByRole('button', { name: 'Send me the link' }).click()
  await expect(page.getByText('If there are bookings with this address, a link is on its way.')).toBeVisible()
})

test('a receipt that is no picture is refused and what was typed stays', async ({ page, practice }) => {
  const booking = await book(practice)
  await act(practice, booking, 'approve')
  await openBooking(page, practice.base, booking.token)
  await page.getByLabel('Transaction number').fill('ABC123XYZ')
  await page.getByLabel('Receipt (optional)').setInputFiles({
    name: 'receipt.png', mimeType: 'image/png', buffer: Buffer.from('<html>not a picture</html>'),
  })
  await page.getByRole('button', { name: 'Send payment proof' }).click()
  await expect(page.getByRole('alert')).toContainText('Please use a PNG, JPEG or WebP picture, or a PDF')
  await expect(page.getByLabel('Transaction number')).toHaveValue('ABC123XYZ')
  await page.getByLabel('Receipt (optional)').setInputFiles({
    name: 'receipt.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n'),
  })
  await page.getByRole('button', { name: 'Send payment proof' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Payment under review' })).toBeVisible()
})

test('a receipt of more than 10 MB is refused', async ({ page, practice, guard }) => {
  guard.allow(/status of 413/, /ERR_CONNECTION_(RESET|ABORTED)/)
  const booking = await book(practice)
  await act(practice, booking, 'approve')
  await openBooking(page, practice.base, booking.token)
  await page.getByLabel('Transaction number').fill('BIG1')
  await page.getByLabel('Receipt (optional)').setInputFiles({
    name: 'big.png', mimeType: 'image/png', buffer: Buffer.concat([PNG, Buffer.alloc(11 * 1024 * 1024)]),
  })
  await page.getByRole('button', { name: 'Send payment proof' }).click()
  await expect(page.getByRole('alert')).toContainText('The file is larger than 10 MB.')
  await expect(page.getByLabel('Transaction number')).toHaveValue('BIG1')
})

test('too late to cancel by oneself, the page says whom to ask', async ({ page }) => {
  const strict = await createPractice({ policy: { needs_approval: false, payment_timing: 'at_session', cancel_until_hours: 336 } })
  const booking = await book(strict)
  await openBooking(page, strict.base, booking.token)
  await expect(page.getByText('To cancel now, please contact the practice.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Cancel booking' })).toHaveCount(0)
})
