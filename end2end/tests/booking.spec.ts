// A patient books on the public page, as each policy says (004 §4.2 and §10.3, product §4).
import { allBookings, bookingOf, freeSlot, slotsOfOneDay, somebody } from '../support/api'
import { alive, expect, open, test } from '../support/fixtures'
import { linkIn, mailTo } from '../support/mail'
import { bookThroughPage, dayOf, openDay, send, takeTime, timeButton, timeOf, toReview, typeDetails } from '../support/steps'

test('books in four steps and waits for approval', async ({ page, practice }) => {
  const slot = await freeSlot(practice)
  const who = { ...somebody('Juan Pérez'), reason: 'I sleep badly.' }

  await open(page, `/${practice.slug}`)
  await expect(page.getByRole('heading', { level: 1, name: practice.name })).toBeVisible()
  // Before any data is asked: price, duration, zone, cancelling and what happens next.
  for (const known of ['KSh 2,000', '1 hour', 'Nairobi', 'You can cancel by yourself', 'answers your request within']) {
    await expect(page.getByRole('main')).toContainText(known)
  }
  // The first day with free times is already open.
  await expect(page.locator('#times').getByRole('button').first()).toBeVisible()
  await expect(page.getByRole('navigation', { name: 'Steps' }).locator('[aria-current=step]')).toContainText('Time')

  await takeTime(page, practice, slot)
  await expect(page.getByText('Held for you until')).toBeVisible()
  await expect(page.getByRole('definition').filter({ hasText: timeOf(slot) }).first()).toBeVisible()
  await typeDetails(page, who)
  await page.getByLabel('This is my first session here').check()
  await toReview(page)
  for (const known of [who.name, who.email, who.phone, 'First session here', 'I sleep badly.', 'KSh 2,000', timeOf(slot)]) {
    await expect(page.getByRole('main')).toContainText(known)
  }
  const token = await send(page)
  await expect(page.getByRole('heading', { level: 1, name: 'Your booking request' })).toBeVisible()
  await expect(page.getByText('Waiting for approval')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Join session' })).toHaveCount(0)

  const mail = await mailTo(who.email, /We received your request/)
  expect(linkIn(mail, '/b/')).toContain(token)
  const news = await mailTo(practice.email, /New booking/)
  expect(news.text).toContain('Juan Pérez')
  expect(news.subject).not.toContain('Juan')
  expect((await bookingOf(practice.base, token)).details).toMatchObject({ ...who, first_time: true })
})

test.describe('pay later', () => {
  test.use({ practiceOptions: { policy: { needs_approval: false } } })

  test('is told how to pay, with reference and deadline', async ({ page, practice }) => {
    const who = somebody()
    const token = await bookThroughPage(page, practice, await freeSlot(practice), who, 'Confirm booking')
    await expect(page.getByRole('heading', { level: 1, name: 'Payment required' })).toBeVisible()
    const { reference } = await bookingOf(practice.base, token)
    for (const known of ['Till 123456', 'KSh 2,000', reference, 'Please pay by', 'Please write the reference']) {
      await expect(page.getByRole('main')).toContainText(known)
    }
    const mail = await mailTo(who.email, /how to pay/)
    expect(mail.text).toContain(reference)
    expect(mail.text).toContain('Till 123456')
  })
})

test.describe('pay at the session', () => {
  test.use({ practiceOptions: { policy: { needs_approval: false, payment_timing: 'at_session' } } })

  test('is confirmed at once, with a calendar file and a way in', async ({ page, practice }) => {
    const slot = await freeSlot(practice)
    const who = somebody()
    await open(page, `/${practice.slug}`)
    await expect(page.getByText('Your session is confirmed at once.').first()).toBeVisible()
    const token = await bookThroughPage(page, practice, slot, who, 'Confirm booking')
    await expect(page.getByRole('heading', { level: 1, name: 'Confirmed session' })).toBeVisible()
    await expect(page.getByText('You pay at the session.').first()).toBeVisible()
    await expect(page.getByRole('link', { name: 'Join session' })).toHaveAttribute('href', /^https:\/\/meet\.example\.test\//)
    const file = await page.request.get(await page.getByRole('link', { name: 'Add to calendar' }).getAttribute('href') ?? '')
    expect(file.headers()['content-type']).toContain('text/calendar')
    const text = await file.text()
    expect(text).toContain('BEGIN:VEVENT')
    expect(text).toContain('TZID=Africa/Nairobi')
    const mail = await mailTo(who.email, /Your session is confirmed/)
    expect(linkIn(mail, '/b/')).toContain(token)
    expect(mail.attachments.map((one) => one.type)).toContain('text/calendar')
  })
})

test.describe('approval without payment', () => {
  test.use({ practiceOptions: { price: '0' } })

  test('says that it is free of charge', async ({ page, practice }) => {
    await open(page, `/${practice.slug}`)
    await expect(page.getByText('Free of charge').first()).toBeVisible()
    await expect(page.getByText('With the approval your session is confirmed.').first()).toBeVisible()
    await bookThroughPage(page, practice, await freeSlot(practice))
    await expect(page.getByText('Waiting for approval')).toBeVisible()
  })
})

test('going back keeps what was typed and gives the time back when another is chosen', async ({ page, practice }) => {
  const [first, second] = await slotsOfOneDay(practice)
  const who = { ...somebody('Ana María Díaz'), reason: 'First line\nsecond line' }
  await takeTime(page, practice, first)
  await typeDetails(page, who)
  await toReview(page)
  await page.goBack()
  await expect(page.getByLabel('Name and surname')).toHaveValue(who.name)
  await expect(page.getByLabel('Phone (WhatsApp)')).toHaveValue(who.phone)
  await expect(page.getByLabel('What brings you here? (optional)')).toHaveValue(who.reason)

  await page.getByRole('button', { name: 'Choose another time' }).click()
  await page.waitForURL(/instead=/)
  await expect(page.getByText('You are still holding a time.')).toBeVisible()
  await page.goto(`${page.url()}&day=${dayOf(second)}`)
  await alive(page)
  await timeButton(page, second).click()
  await page.waitForURL(/\/book\/[^/?]+$/)
  await expect(page.getByLabel('Name and surname')).toHaveValue(who.name)
  await expect(page.getByLabel('E-mail')).toHaveValue(who.email)
  await expect(page.getByLabel('What brings you here? (optional)')).toHaveValue(who.reason)
  await toReview(page)
  await expect(page.getByRole('main')).toContainText(timeOf(second))
  await send(page)
  // One visitor, one hold: the first time is free again.
  expect((await slotsOfOneDay(practice)).map((slot) => slot.starts_at)).toContain(first.starts_at)
})

test('the browser\'s own back leads through the steps and reload stays where one is', async ({ page, practice }) => {
  const slot = await freeSlot(practice)
  await takeTime(page, practice, slot)
  const details = page.url()
  await page.reload()
  await expect(page.getByText('Held for you until')).toBeVisible()
  await page.goBack()
  await page.waitForURL((url) => url.pathname === `/${practice.slug}`)
  await page.goForward()
  await page.waitForURL(details)
  await expect(page.getByLabel('Name and surname')).toBeVisible()
})

test('books with the keyboard only', async ({ page, practice, isMobile }) => {
  test.skip(isMobile, 'phones have no arrow keys')
  await open(page, `/${practice.slug}`)
  const grid = page.getByRole('grid')
  const focused = page.locator(':focus')
  await grid.locator('[tabindex="0"]').focus()
  const month = await page.locator('.month-head h2').textContent()

  // By month and back, the focus goes along.
  await page.keyboard.press('PageDown')
  await expect(page.locator('.month-head h2')).not.toHaveText(month ?? '')
  await expect(focused).toHaveAttribute('id', /^day-/)
  const start = (await focused.getAttribute('id') ?? '').slice(4)
  const moved = (days: number) => new Date(Date.parse(start) + days * 86_400_000).toISOString().slice(0, 10)
  // Within the month: from the seventh, so that a week lies on both sides.
  await page.keyboard.press('ArrowDown')
  await expect(focused).toHaveAttribute('id', `day-${moved(7)}`)
  await page.keyboard.press('ArrowRight')
  await expect(focused).toHaveAttribute('id', `day-${moved(8)}`)
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowUp')
  await expect(focused).toHaveAttribute('id', `day-${start}`)
  await page.keyboard.press('PageUp')
  await expect(page.locator('.month-head h2')).toHaveText(month ?? '')

  const slot = await freeSlot(practice)
  await openDay(page, practice, slot)
  await page.locator(`#day-${dayOf(slot)}`).focus()
  await page.keyboard.press('Enter')
  await timeButton(page, slot).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/book\//)
  await alive(page)
  const who = somebody()
  await page.getByLabel('Name and surname').focus()
  for (const text of [who.name, who.email, who.phone]) {
    await page.keyboard.type(text)
    await page.keyboard.press('Tab')
  }
  await page.getByRole('button', { name: 'Continue to review' }).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/review$/)
  await page.getByRole('button', { name: 'Send request' }).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/b\//)
  expect(await allBookings(practice)).toHaveLength(1)
})

test('speaks Spanish to who asks for it, in every step', async ({ visitor, practice }) => {
  const page = await visitor({ locale: 'es-AR' })
  const slot = await freeSlot(practice)
  const who = somebody()
  await openDay(page, practice, slot)
  await expect(page.locator('html')).toHaveAttribute('lang', 'es')
  await expect(page.getByText('¿Qué desea reservar?')).toBeVisible()
  await timeButton(page, slot).click()
  await page.waitForURL(/\/book\//)
  await alive(page)
  await page.getByLabel('Nombre y apellido').fill(who.name)
  await page.getByLabel('Correo electrónico').fill(who.email)
  await page.getByLabel('Teléfono (WhatsApp)').fill(who.phone)
  await page.getByRole('button', { name: 'Continuar a la revisión' }).click()
  await page.getByRole('button', { name: 'Enviar solicitud' }).click()
  await page.waitForURL(/\/b\//)
  await expect(page.getByRole('heading', { level: 1, name: 'Su solicitud de reserva' })).toBeVisible()
  // The messages keep the language; the choice of another one is kept too.
  await mailTo(who.email, /Recibimos/)
  await page.getByRole('button', { name: 'English' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Your booking request' })).toBeVisible()
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
})

test('search engines find the page and its times in words', async ({ page, practice, request }) => {
  await open(page, `/${practice.slug}`)
  await expect(page).toHaveTitle(/Book a session with Dr\. Sarah Wanjiku/)
  await expect(page.locator('link[rel=canonical]')).toHaveAttribute('href', `${practice.base}/${practice.slug}`)
  await expect(page.locator('meta[property="og:title"]')).toHaveAttribute('content', /Dr\. Sarah Wanjiku/)
  const data = await page.locator('script[type="application/ld+json"]').first().textContent()
  expect(JSON.stringify(JSON.parse(data ?? ''))).toContain('Dr. Sarah Wanjiku')
  expect(await (await request.get('/sitemap.xml')).text()).toContain(`/${practice.slug}<`)
  expect(await (await request.get('/robots.txt')).text()).toContain('Disallow: /b/')
})
