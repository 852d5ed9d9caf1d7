// What goes wrong while booking has its message and changes nothing (issue: "each has its message").
import { allBookings, ask, book, bookingOf, createPractice, freeSlot, hold, slotsOfOneDay, somebody } from '../support/api'
import { expect, open, test } from '../support/fixtures'
import { expectWithinASecond, openDay, send, takeTime, timeButton, timeOf, timeUntil, toReview, typeDetails } from '../support/steps'

test('says beside each field what is wrong, and goes on when it is right', async ({ page, practice }) => {
  await takeTime(page, practice, await freeSlot(practice))
  const check = async (label: string, typed: string, said: string) => {
    const field = page.getByLabel(label)
    await field.fill(typed)
    await field.blur()
    await expect(field).toHaveAttribute('aria-invalid', 'true')
    const described = (await field.getAttribute('aria-describedby') ?? '').split(' ').at(-1)
    await expect(page.locator(`#${described}`)).toHaveText(said)
  }
  await check('Name and surname', 'A', 'This is too short.')
  await check('E-mail', 'ana@example', 'This is not an e-mail address. Example: ana@example.com')
  await check('Phone (WhatsApp)', '11 2345', 'Write the number with its country code. Example: +254 712 345 678')
  // Sent all the same, the first wrong field is where one lands.
  await page.getByRole('button', { name: 'Continue to review' }).click()
  await expect(page.getByLabel('Name and surname')).toBeFocused()
  expect(page.url()).not.toContain('/review')
  const who = somebody()
  await typeDetails(page, who)
  await page.getByLabel('Phone (WhatsApp)').blur()
  await expect(page.locator('[aria-invalid=true]')).toHaveCount(0)
  await toReview(page)
  await expect(page.getByRole('main')).toContainText(who.name)
})

test('a number that nobody can have is refused by the server beside the field', async ({ page, practice }) => {
  await takeTime(page, practice, await freeSlot(practice))
  await typeDetails(page, { ...somebody(), phone: '+999 123 456 789' })
  await page.getByRole('button', { name: 'Continue to review' }).click()
  await expect(page.getByLabel('Phone (WhatsApp)')).toHaveAttribute('aria-invalid', 'true')
  await expect(page.locator('#f-phone-error')).toContainText('country code')
  await expect(page.getByRole('alert')).toContainText('Please check the marked fields')
})

test('what is too long cannot be typed, and is refused when it is sent anyway', async ({ page, practice }) => {
  const held = await hold(practice, await freeSlot(practice))
  await open(page, `/${practice.slug}/book/${held.token}`)
  const name = page.getByLabel('Name and surname')
  await name.click()
  await page.keyboard.insertText('x'.repeat(500))
  await expect(name).toHaveValue('x'.repeat(120))

  // A browser that does not keep to the limit: the message stands beside the field and nothing is stored.
  await typeDetails(page, somebody())
  await name.evaluate((field) => field.removeAttribute('maxlength'))
  await name.fill('x'.repeat(121))
  await page.getByRole('button', { name: 'Continue to review' }).click()
  await expect(name).toHaveAttribute('aria-invalid', 'true')
  await expect(page.locator('#f-name-error')).toHaveText('This is too long.')
  await expect(name).toHaveValue('x'.repeat(121))
  expect(new URL(page.url()).pathname).toBe(`/${practice.slug}/book/${held.token}`)
  const stored = await bookingOf(practice.base, held.token)
  expect([stored.status, stored.details?.name ?? '']).toEqual(['held', ''])
  const { status, body } = await ask(practice.base, `/api/v1/public/bookings/${held.token}/details`, {
    method: 'PUT', body: { ...somebody(), name: 'x'.repeat(121), reason: 'y'.repeat(1001) },
  })
  expect(status).toBe(400)
  expect(body.error.details.fields).toEqual(expect.arrayContaining([
    { field: 'name', problem: 'too_long' }, { field: 'reason', problem: 'too_long' },
  ]))
})

test('HTML in names is taken out and never becomes part of a page', async ({ page, practice, therapist }) => {
  const who = { ...somebody('Eve <img src=x onerror=alert(1)> Adams'), reason: '<script>alert(1)</script>hello' }
  let dialogs = 0
  for (const one of [page, therapist]) one.on('dialog', (dialog) => { dialogs += 1; void dialog.dismiss() })
  await takeTime(page, practice, await freeSlot(practice))
  await typeDetails(page, who)
  await toReview(page)
  const token = await send(page)
  await open(therapist, '/app')
  await expect(therapist.getByRole('article').first()).toContainText('Eve')
  for (const one of [page, therapist]) await expect(one.locator('main img[src=x]')).toHaveCount(0)
  const { details } = await bookingOf(practice.base, token)
  expect(details.name).not.toMatch(/[<>]/)
  expect(details.reason).not.toContain('<script>')
  expect(dialogs).toBe(0)
})

test('a double click sends one request, and a replayed form changes nothing', async ({ page, practice }) => {
  await takeTime(page, practice, await freeSlot(practice))
  await typeDetails(page, somebody())
  await toReview(page)
  const sent = page.waitForRequest((request) => request.url().includes('/api/fn/send_booking_request'))
  await page.getByRole('button', { name: 'Send request' }).dblclick()
  await page.waitForURL(/\/b\//)
  expect(await allBookings(practice)).toHaveLength(1)
  const [before] = await allBookings(practice)
  const form = (await sent).postData() ?? ''
  for (let again = 0; again < 2; again++) {
    const answer = await page.context().request.post('/api/fn/send_booking_request', {
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }, data: form,
    })
    expect(answer.status()).toBeLessThan(400)
  }
  const after = await allBookings(practice)
  expect(after).toHaveLength(1)
  expect(after[0].version).toBe(before.version)
})

test('a double click on a time holds it once', async ({ page, practice }) => {
  const slot = await freeSlot(practice)
  await openDay(page, practice, slot)
  await timeButton(page, slot).dblclick()
  await page.waitForURL(/\/book\//)
  await expect(page.getByText('Held for you until')).toBeVisible()
})

test('when the time has gone, the nearest three are offered in the same place', async ({ page, practice, guard }) => {
  // Nobody tells this page what happens elsewhere.
  guard.allow(/\/live\/t\//)
  await page.route('**/live/**', (route) => route.abort())
  const [slot] = await slotsOfOneDay(practice)
  await openDay(page, practice, slot)
  await book(practice, somebody(), slot)
  await timeButton(page, slot).click()
  const times = page.locator('#times')
  await expect(times.getByRole('alert')).toContainText('Someone else has just taken this time.')
  const nearest = times.getByRole('group', { name: 'Nearest free times' }).getByRole('button')
  await expect(nearest).toHaveCount(3)
  expect(page.url()).toContain(`/${practice.slug}`)
  const chosen = (await nearest.first().innerText()).slice(-5)
  await nearest.first().click()
  await page.waitForURL(/\/book\//)
  await expect(page.getByRole('main')).toContainText(chosen)
})

test('a time that somebody else takes shows within a second', async ({ page, practice, visitor }) => {
  const [slot, other, ...more] = await slotsOfOneDay(practice)
  const connected = page.waitForResponse((response) => response.url().includes(`/live/t/${practice.slug}`))
  await openDay(page, practice, slot)
  await connected
  await expect(timeButton(page, slot)).toBeEnabled()
  const took: number[] = []
  for (const taken of [slot, ...more.slice(0, 4)]) {
    const gone = page.locator('#times').getByRole('button', { name: new RegExp(`^${timeOf(taken)}`), disabled: true })
    took.push(await timeUntil(gone, () => hold(practice, taken)))
  }
  expectWithinASecond(took)
  await expect(timeButton(page, slot)).toContainText('being booked')
  // It is announced, and what is still free stays where it was.
  await expect(page.getByRole('status').filter({ hasText: `${timeOf(more[3])} is no longer free.` })).toBeVisible()
  await expect(timeButton(page, other)).toBeEnabled()

  // Another person, choosing in a browser, is seen the same way; giving it back too.
  const second = await visitor()
  await takeTime(second, practice, other)
  await expect(timeButton(page, other)).toBeDisabled()
  await second.getByRole('button', { name: 'Choose another time' }).click()
  await second.getByRole('button', { name: 'Give it back' }).click()
  await expect(timeButton(page, other)).toBeEnabled()
})

test('an unknown, an unpublished and a withdrawn page are not there', async ({ page, practice, guard }) => {
  guard.allow(/status of 404/)
  const hidden = await createPractice({ published: false })
  for (const slug of ['nobody-has-this-name', hidden.slug]) {
    const answer = await page.goto(`/${slug}`)
    expect(answer?.status()).toBe(404)
    await expect(page.getByRole('heading', { level: 1, name: 'This page does not exist' })).toBeVisible()
    await expect(page.getByRole('link', { name: 'Go to the start page' })).toBeVisible()
  }
  for (const address of ['/b/not-a-token', `/${practice.slug}/book/not-a-token`]) {
    expect((await page.goto(address))?.status()).toBe(404)
  }
})

test('times in the past, too early, too late and off the grid are refused, each in its words', async ({ page, practice }) => {
  const [slot] = await slotsOfOneDay(practice)
  const at = (milliseconds: number) => new Date(Date.parse(slot.starts_at) + milliseconds).toISOString()
  const day = 86_400_000
  const cases: [string, string][] = [
    [at(-30 * day), 'This time has passed.'],
    [new Date(Date.now() + 60_000).toISOString(), 'This time is too near'],
    [at(90 * day), 'This time is too far ahead'],
    [at(7 * 60_000), 'This time cannot be booked.'],
  ]
  for (const [starts_at, words] of cases) {
    const { status, body } = await ask(practice.base, '/api/v1/public/holds', {
      body: { slug: practice.slug, service_id: practice.serviceId, starts_at },
    })
    expect([status, body.error.code], starts_at).toEqual([400, 'SLOT_UNAVAILABLE'])
    // A page that lay open for long, or was tampered with, offers what is no longer one.
    await openDay(page, practice, slot)
    const button = timeButton(page, slot)
    await button.evaluate((element, value) => element.setAttribute('value', value), starts_at)
    await button.click()
    await expect(page.getByRole('alert').filter({ hasText: words })).toBeVisible()
  }
  expect(await allBookings(practice)).toHaveLength(0)
})
