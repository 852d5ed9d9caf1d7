// A practice sets itself up: from registering to a public page (issue E, 004 §4.1 and §10.3 E2E 1).
import { act, ask, book, call, createPractice, freeSlot, freeSlots, register, slotsOfOneDay, somebody, unique, PASSWORD } from '../support/api'
import { alive, enter, expect, open, test } from '../support/fixtures'
import { linkIn, mailsTo, mailTo, refuseMailTo } from '../support/mail'
import { dayOf, logIn, openBooking, timeOf, PNG } from '../support/steps'
import type { Page } from '@playwright/test'

/** The names of the days on the availability page. */
const MONDAY = 'Monday'

const block = (page: Page, day: string) => page.locator('#weekly .week-row').filter({ has: page.getByText(day, { exact: true }) })

async function addBlock(page: Page, day: string, from: string, until: string): Promise<void> {
  const weekly = page.locator('#weekly')
  await weekly.getByLabel('Day', { exact: true }).selectOption({ label: day })
  await weekly.getByLabel('From', { exact: true }).fill(from)
  await weekly.getByLabel('Until', { exact: true }).fill(until)
  await weekly.getByRole('button', { name: 'Add', exact: true }).click()
}

const save = (page: Page) => page.getByRole('main').getByRole('button', { name: 'Save' })

test('registers, confirms by mail, logs in and sets everything up until a patient can book', async ({ page, visitor }) => {
  const [word, slug] = [unique(), `dr-${unique()}`]
  const email = `owner-${word}@example.test`

  // Register: what is missing in the password is said.
  await open(page, '/register')
  await page.getByLabel('Name of the practice').fill(`Practice ${word}`)
  await page.getByLabel('Your name').fill('Dra. Nora Ruiz')
  await page.getByLabel('E-mail').fill(email)
  const password = page.getByLabel('Password', { exact: true })
  await password.fill('short')
  await password.blur()
  await expect(password).toHaveAttribute('aria-invalid', 'true')
  await password.fill(PASSWORD)
  await page.getByLabel('Time zone').selectOption('Africa/Nairobi')
  await page.getByLabel('Currency').selectOption('KES')
  await page.getByRole('main').getByRole('button', { name: 'Register' }).click()
  await expect(page.getByText('We have sent you a link to confirm your address.')).toBeVisible()

  // Not before the address is confirmed.
  await open(page, '/login')
  await logIn(page, { email, password: PASSWORD })
  await expect(page.getByRole('alert')).toContainText('confirm your e-mail address first')
  const link = linkIn(await mailTo(email, /Confirm your e-mail/), '/register/confirm')
  await open(page, link)
  await page.getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByText('Your address is confirmed.')).toBeVisible()
  await logIn(page, { email, password: PASSWORD })
  await page.waitForURL(/\/app$/)
  await expect(page.getByRole('heading', { level: 1, name: 'Today' })).toBeVisible()

  // Profile.
  await open(page, '/app/settings/profile')
  await page.getByLabel('Address of the public page').fill(slug)
  await page.getByLabel('Title', { exact: true }).fill('Clinical psychologist')
  await page.getByLabel('About you').fill('Calm and at your pace.')
  await page.getByLabel('Credentials, one per line').fill('PhD\nMember no. 1')
  await page.getByLabel('Show my page to the public').check()
  await save(page).first().click()
  await expect(page.getByText('Saved.').first()).toBeVisible()

  // Service: a wrong duration is explained, what was typed stays.
  await open(page, '/app/settings/services')
  await page.getByLabel('Name of the service').fill('First talk')
  await page.getByLabel('Minutes', { exact: true }).fill('50')
  await page.getByLabel('Price in KES').fill('a lot')
  await save(page).click()
  await expect(page.locator('#f-price-error')).toHaveText('This is not a number.')
  await expect(page.getByLabel('Name of the service')).toHaveValue('First talk')
  await page.getByLabel('Price in KES').fill('1,500')
  await save(page).click()
  await expect(page.getByRole('row', { name: /First talk/ })).toBeVisible()
  await expect(page.getByRole('table')).toContainText('KSh 1,500')

  // Payment and booking rules.
  await open(page, '/app/settings/payment')
  await page.getByLabel('M-Pesa number or till').fill('0707 000 000')
  await page.getByLabel('Bank account').fill('Bank of Sun\nES00 0000')
  await page.getByLabel('Cash is accepted').check()
  await save(page).click()
  await expect(page.getByText('Saved.').first()).toBeVisible()
  await open(page, '/app/settings/booking')
  await page.getByLabel('I approve every request first').uncheck()
  await page.getByLabel('Hours of notice before a session').fill('1.5')
  await save(page).click()
  await expect(page.getByText('Saved.').first()).toBeVisible()
  await page.reload()
  await expect(page.getByLabel('I approve every request first')).not.toBeChecked()
  await expect(page.getByLabel('Hours of notice before a session')).toHaveValue('1.5')

  // Availability, and the page as a patient sees it.
  await open(page, '/app/availability')
  for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']) {
    await addBlock(page, day, '09:00', '12:00')
    await expect(block(page, day)).toContainText('09:00 to 12:00')
  }
  await expect(page.locator('#preview')).toContainText('09:00')
  await page.reload()
  await expect(page.locator('#preview').getByText('10:00').first()).toBeVisible()

  const patient = await visitor()
  await open(patient, `/${slug}`)
  await expect(patient.getByRole('heading', { level: 1, name: 'Dra. Nora Ruiz' })).toBeVisible()
  for (const known of ['First talk', 'KSh 1,500', '50 minutes', 'Member no. 1', 'M-Pesa']) {
    await expect(patient.getByRole('main')).toContainText(known)
  }
  await expect(patient.locator('#times').getByRole('button', { name: /^(09:00|10:00|11:00)/ }).first()).toBeVisible()
  await expect(page.getByRole('link', { name: 'Open the public page' })).toHaveAttribute('href', `/${slug}`)
})

test('photo and languages show on the public page, and go again', async ({ therapist, practice, page, guard }) => {
  guard.allow(/status of 404/)
  const upload = async (name: string, mimeType: string, buffer: Buffer) => {
    await therapist.locator('#f-photo').setInputFiles({ name, mimeType, buffer })
    await therapist.getByRole('button', { name: 'Upload the photo' }).click()
  }
  await open(therapist, '/app/settings/profile')
  await upload('photo.png', 'image/png', Buffer.from('<html>not a picture</html>'))
  await expect(therapist.getByRole('alert').first()).toContainText('Please use a PNG, JPEG or WebP picture')
  await open(therapist, '/app/settings/profile')
  await upload('photo.png', 'image/png', PNG)
  await expect(therapist.getByRole('img', { name: `Photo of ${practice.name}` })).toBeVisible()
  await open(therapist, '/app/settings/profile')
  await therapist.getByLabel('Languages spoken').fill('es, fr')
  await save(therapist).first().click()
  await expect(therapist.getByText('Saved.').first()).toBeVisible()

  await open(page, `/${practice.slug}`)
  const photo = page.getByRole('img', { name: `Photo of ${practice.name}` })
  await expect(photo).toBeVisible()
  expect(await photo.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0)
  await expect(page.getByRole('main')).toContainText('Spanish, French')

  await open(therapist, '/app/settings/profile')
  await therapist.getByRole('button', { name: 'Remove the photo' }).click()
  await expect(therapist.getByRole('img', { name: `Photo of ${practice.name}` })).toHaveCount(0)
  await page.reload()
  await expect(page.getByRole('heading', { level: 1, name: practice.name })).toBeVisible()
  await expect(photo).toHaveCount(0)
  expect((await page.request.get(`/${practice.slug}/photo`)).status()).toBe(404)
})

test('bank and cash show where patients choose and where they pay', async ({ therapist, practice, page }) => {
  await open(therapist, '/app/settings/payment')
  await therapist.getByLabel('M-Pesa number or till').fill('')
  await therapist.getByLabel('Bank account').fill('Bank of Sun\nES00 0000 1234')
  await therapist.getByLabel('Cash is accepted').check()
  await therapist.getByLabel('Anything else about paying').fill('Receipts on request.')
  await save(therapist).click()
  await expect(therapist.getByText('Saved.').first()).toBeVisible()
  await open(page, `/${practice.slug}`)
  await expect(page.getByText(/^Ways to pay: Bank transfer, cash/i)).toBeVisible()
  await expect(page.getByRole('main')).not.toContainText('M-Pesa')
  const booking = await book(practice)
  await act(practice, booking, 'approve')
  await openBooking(page, practice.base, booking.token)
  for (const known of ['ES00 0000 1234', 'You can pay in cash at the practice.', 'Receipts on request.']) {
    await expect(page.getByRole('main')).toContainText(known)
  }
})

test('the booking rules decide what patients read and can book; a therapist may have rules of their own, and give them up', async ({ therapist, practice, page }) => {
  const change = async (address: string, holdMinutes: string, days: string, rule: string) => {
    await open(therapist, address)
    await therapist.getByLabel('Minutes a time is held while the form is filled').fill(holdMinutes)
    await therapist.getByLabel('Days ahead that can be booked').fill(days)
    await therapist.getByLabel('Your cancellation rule in your own words').fill(rule)
    await save(therapist).first().click()
    await expect(therapist.getByText('Saved.').first()).toBeVisible()
  }
  /** The public page says this, and the last day with free times is so many days away. */
  const follows = async (rule: string, minutes: number, days: number) => {
    await open(page, `/${practice.slug}`)
    await expect(page.getByRole('main')).toContainText(rule)
    await expect(page.getByRole('main')).toContainText(`held for you for ${minutes} minutes`)
    const starts = (await freeSlots(practice, 2, 40)).map((slot) => Date.parse(slot.starts_at))
    const away = (Math.max(...starts) - Date.now()) / 86_400_000
    expect(away).toBeGreaterThan(days - 1.5)
    expect(away).toBeLessThan(days + 1.5)
  }
  await change('/app/settings/booking', '15', '20', 'Call me the day before.')
  await follows('Call me the day before.', 15, 20)
  const own = `/app/settings/booking?therapist=${practice.therapistId}`
  await open(therapist, own)
  await expect(therapist.getByText(`${practice.name} follows the practice's rules.`)).toBeVisible()
  await change(own, '25', '7', 'Two days before, please.')
  await expect(therapist.getByText(`Rules for ${practice.name} only.`)).toBeVisible()
  await follows('Two days before, please.', 25, 7)
  await therapist.getByRole('button', { name: 'Follow the practice\'s rules again' }).click()
  await expect(therapist.getByText(`${practice.name} follows the practice's rules.`)).toBeVisible()
  await follows('Call me the day before.', 15, 20)
})

test('several blocks a day; one that overlaps is refused and explained', async ({ therapist, practice }) => {
  await open(therapist, '/app/availability')
  await therapist.getByRole('button', { name: `Remove ${MONDAY} 09:00 to 17:00` }).click()
  await expect(block(therapist, MONDAY)).toContainText('Closed')
  await addBlock(therapist, MONDAY, '09:00', '12:00')
  await expect(block(therapist, MONDAY)).toContainText('09:00 to 12:00')
  await addBlock(therapist, MONDAY, '14:00', '18:00')
  await expect(block(therapist, MONDAY)).toContainText('14:00 to 18:00')
  await addBlock(therapist, MONDAY, '11:30', '13:00')
  await expect(therapist.locator('#weekly')).toContainText('This time overlaps with an existing block.')
  await expect(therapist.locator('#weekly').getByLabel('From', { exact: true })).toHaveValue('11:30')
  await addBlock(therapist, MONDAY, '13:00', '13:15')
  await expect(therapist.locator('#weekly')).toContainText('A block has at least 30 minutes.')
  await addBlock(therapist, MONDAY, '13:00', '12:30')
  await expect(therapist.locator('#weekly')).toContainText('The end must be after the start.')
  await addBlock(therapist, MONDAY, '12:00', '13:00')
  await expect(block(therapist, MONDAY)).toContainText('12:00 to 13:00')
  const rules = await call(practice.base, `/api/v1/availability/rules?therapist_id=${practice.therapistId}`, { bearer: practice.bearer })
  expect(rules.filter((rule: { weekday: number }) => rule.weekday === 1)).toHaveLength(3)

  // A block is changed where it stands; over another one it is refused.
  await therapist.getByRole('link', { name: `Change ${MONDAY} 14:00 to 18:00` }).click()
  const weekly = therapist.locator('#weekly')
  await expect(weekly.getByRole('heading', { name: 'Change a block' })).toBeVisible()
  await expect(weekly.getByLabel('From', { exact: true })).toHaveValue('14:00')
  await weekly.getByLabel('From', { exact: true }).fill('12:30')
  await weekly.getByRole('button', { name: 'Save' }).click()
  await expect(weekly).toContainText('This time overlaps with an existing block.')
  await weekly.getByLabel('From', { exact: true }).fill('15:00')
  await weekly.getByRole('button', { name: 'Save' }).click()
  await expect(block(therapist, MONDAY)).toContainText('15:00 to 18:00')
  await expect(weekly.getByRole('heading', { name: 'Add a block' })).toBeVisible()
})

test('an exception on a day with bookings asks what happens to them', async ({ therapist, practice }) => {
  const [slot, later] = await slotsOfOneDay(practice)
  const who = somebody('On That Day')
  await book(practice, who, slot)
  await open(therapist, `/app/availability?date=${dayOf(slot)}#add-exception`)
  const exceptions = therapist.locator('#exceptions')
  await expect(exceptions.getByLabel('From day')).toHaveValue(dayOf(slot))
  await expect(exceptions.locator('a.day-booked')).toHaveCount(1)
  await exceptions.getByLabel('Reason (only you see it)').fill('A conference')
  await exceptions.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(exceptions.getByText('There is a booking at that time. What happens to it?')).toBeVisible()
  await expect(exceptions.getByText('Nothing has been changed yet.')).toBeVisible()
  await exceptions.getByRole('button', { name: 'Block the day, keep the booking' }).click()
  await expect(exceptions.getByRole('region', { name: 'Upcoming exceptions' })).toContainText('A conference')
  const hold = { slug: practice.slug, service_id: practice.serviceId, starts_at: later.starts_at }
  expect((await ask(practice.base, '/api/v1/public/holds', { body: hold })).body.error.code).toBe('SLOT_UNAVAILABLE')

  // The next day: cancel them and tell the patients.
  const other = (await freeSlot(practice, 96))
  const second = somebody('The Day After')
  await book(practice, second, other)
  await open(therapist, `/app/availability?date=${dayOf(other)}#add-exception`)
  await exceptions.getByRole('button', { name: 'Add', exact: true }).click()
  await exceptions.getByRole('button', { name: 'Cancel the booking and tell the patient' }).click()
  await expect(exceptions.getByRole('region', { name: 'Upcoming exceptions' })).toContainText('Whole day')
  await mailTo(second.email, /is cancelled/)
})

test('an extra opening and "only the morning" for some days change what patients are offered', async ({ therapist, practice, page }) => {
  const day = dayOf(await freeSlot(practice, 96))
  const after = (days: number) => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)
  const exceptions = therapist.locator('#exceptions')
  const add = async (kind: string, from: string, until: string, starts: string, ends: string) => {
    await open(therapist, `/app/availability?date=${from}#add-exception`)
    await exceptions.getByLabel('What').selectOption({ label: kind })
    await exceptions.getByLabel('Until day').fill(until)
    await exceptions.getByLabel('From', { exact: true }).fill(starts)
    await exceptions.getByLabel('Until', { exact: true }).fill(ends)
    await exceptions.getByRole('button', { name: 'Add', exact: true }).click()
    await expect(exceptions.getByRole('region', { name: 'Upcoming exceptions' })).toContainText(`${starts} to ${ends}`)
  }
  const offered = async (date: string) => {
    await open(page, `/${practice.slug}?day=${date}`)
    const times = await page.locator('#times').getByRole('button', { name: /^\d\d:\d\d/ }).allInnerTexts()
    return times.map((text) => text.trim().slice(0, 5))
  }
  const morning = ['09:00', '10:00', '11:00']
  const whole = [...morning, '12:00', '13:00', '14:00', '15:00', '16:00']
  expect(await offered(day)).toEqual(whole)
  await add('Extra opening', day, '', '18:00', '20:00')
  expect(await offered(day)).toEqual([...whole, '18:00', '19:00'])
  await add('Closed', after(1), after(3), '12:00', '17:00')
  for (const days of [1, 2, 3]) expect(await offered(after(days))).toEqual(morning)
  expect(await offered(after(4))).toEqual(whole)
  expect(await offered(day)).toContain('18:00')

  // Changed to other hours, then taken away: the whole days are back.
  await exceptions.getByRole('row').filter({ hasText: '12:00 to 17:00' }).getByRole('link', { name: /^Change / }).click()
  await expect(exceptions.getByRole('heading', { name: 'Change an exception' })).toBeVisible()
  await expect(exceptions.getByLabel('From', { exact: true })).toHaveValue('12:00')
  await exceptions.getByLabel('From', { exact: true }).fill('11:00')
  await exceptions.getByRole('button', { name: 'Save' }).click()
  await expect(exceptions.getByRole('region', { name: 'Upcoming exceptions' })).toContainText('11:00 to 17:00')
  expect(await offered(after(1))).toEqual(['09:00', '10:00'])
  await open(therapist, '/app/availability')
  await exceptions.getByRole('row').filter({ hasText: '11:00 to 17:00' }).getByRole('button').click()
  await expect(exceptions.getByRole('region', { name: 'Upcoming exceptions' })).not.toContainText('11:00 to 17:00')
  expect(await offered(after(1))).toEqual(whole)
})

test('the overview shows 90 days, and for each whether it is open, closed, blocked or booked', async ({ therapist, practice }) => {
  const slot = await freeSlot(practice, 96)
  const after = (days: number) => new Date(Date.parse(dayOf(slot)) + days * 86_400_000)
  const written = (days: number) => after(days).toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', timeZone: 'UTC' })
  await book(practice, somebody(), slot)
  // The weekday after it is never open, and the day after that is blocked.
  const rules = await call(practice.base, `/api/v1/availability/rules?therapist_id=${practice.therapistId}`, { bearer: practice.bearer })
  const free = rules.find((rule: { weekday: number }) => rule.weekday === (after(1).getUTCDay() || 7))
  await call(practice.base, `/api/v1/availability/rules/${free.id}`, { method: 'DELETE', bearer: practice.bearer })
  await open(therapist, `/app/availability?date=${after(2).toISOString().slice(0, 10)}#add-exception`)
  const exceptions = therapist.locator('#exceptions')
  await exceptions.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(exceptions.getByRole('region', { name: 'Upcoming exceptions' })).toContainText('Whole day')

  await expect(exceptions.locator('a.day')).toHaveCount(90)
  const said = (days: number) => exceptions.locator(`a.day[href*="date=${after(days).toISOString().slice(0, 10)}"]`)
  for (const [days, state] of [[0, 'Open, 1 booked'], [1, 'Closed'], [2, 'Blocked'], [3, 'Open']] as const) {
    await expect(said(days)).toHaveAccessibleName(new RegExp(`^${written(days)} .*: ${state}$`))
  }
  for (const [word, color] of [['open', 0], ['closed', 1], ['blocked', 2]] as const) {
    await expect(said(color)).toHaveClass(new RegExp(`day-${word}`))
  }
  await expect(said(0)).toHaveClass(/day-booked/)
  for (const word of ['Open', 'Closed', 'Blocked', 'With bookings']) {
    await expect(exceptions.getByRole('listitem').filter({ hasText: word })).toBeVisible()
  }
})

test('breaks show their effect before they are saved, and warn when nothing fits', async ({ therapist, practice }) => {
  await open(therapist, '/app/availability')
  const buffers = therapist.locator('#buffers')
  await expect(buffers).toContainText('Times to book in the next 7 days: 56.')
  await buffers.getByLabel('Minutes after').fill('30')
  await expect(buffers).toContainText(/in the next 7 days: 35. Now: 56/)
  await expect(buffers.getByRole('listitem').filter({ hasText: '10:30' })).toBeVisible()
  await call(practice.base, '/api/v1/availability/rules', {
    bearer: practice.bearer, body: { therapist_id: practice.therapistId, weekday: 1, starts: '18:00', ends: '18:45' },
  })
  await therapist.reload()
  await alive(therapist)
  await buffers.getByLabel('Minutes after').fill('45')
  await expect(buffers).toContainText('Your breaks may limit what can be booked')
  await expect(buffers).toContainText('Consider 10 minutes after each session.')
  await buffers.getByLabel('Minutes after').fill('10')
  await buffers.getByRole('button', { name: 'Save' }).click()
  await expect(buffers.getByText('Saved.')).toBeVisible()
  const slots = await slotsOfOneDay(practice)
  expect(slots.map(timeOf).slice(0, 3)).toEqual(['09:00', '10:10', '11:20'])
})

test('why is 10:00 missing? says the rule that removed it', async ({ therapist, practice }) => {
  const slots = await slotsOfOneDay(practice)
  const slot = slots.find((one) => timeOf(one) === '10:00') ?? slots[0]
  await book(practice, somebody(), slot)
  const why = therapist.locator('#why')
  const asked = async (date: string, time: string) => {
    await open(therapist, '/app/availability')
    await why.getByLabel('Day', { exact: true }).fill(date)
    await why.getByLabel('Time', { exact: true }).fill(time)
    await why.getByRole('button', { name: 'Ask' }).click()
    await therapist.waitForURL(/why_date=/)
    return why.getByRole('status')
  }
  const taken = await asked(dayOf(slot), timeOf(slot))
  await expect(taken).toContainText('Something else is there, from 10:00 to 11:00.')
  await expect(taken.getByRole('link', { name: 'See the booking' })).toBeVisible()
  await expect(await asked(dayOf(slot), '12:00')).toContainText('Patients can book this time.')
  await expect(await asked(dayOf(slot), '12:20')).toContainText('Sessions start at other times. The nearest: 12:00, 13:00.')
  await expect(await asked(dayOf(slot), '20:00')).toContainText('not at that time: 09:00 to 17:00.')
  await expect(await asked(dayOf(slot), '16:30')).toContainText('The session would end after the opening does, at 17:00.')
})

test('invites a member, who accepts and sees only what the role shows', async ({ therapist, practice, visitor, guard }) => {
  guard.allow(/status of 403/)
  const email = somebody().email
  await open(therapist, '/app/members')
  await therapist.getByLabel('E-mail').fill(email)
  await therapist.getByLabel('Role').selectOption('accountant')
  await therapist.getByRole('button', { name: 'Send the invitation' }).click()
  await expect(therapist.getByText('Invited. The e-mail is on its way.')).toBeVisible()
  await expect(therapist.getByText(email)).toBeVisible()

  const member = await visitor()
  await open(member, linkIn(await mailTo(email, /You are invited to/), '/invite'))
  await expect(member.getByRole('heading', { level: 1, name: `Join ${practice.practiceName}` })).toBeVisible()
  await expect(member.getByText(`You are invited as accountant, with the address ${email}.`)).toBeVisible()
  await member.getByLabel('Your name').fill('Max Counter')
  await member.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await member.getByRole('button', { name: 'Join' }).click()
  await member.waitForURL(/\/app$/)
  const menu = member.getByRole('navigation', { name: 'Main' })
  await expect(menu.getByRole('link', { name: /Today/ })).toBeVisible()
  for (const hidden of ['Messages', 'Settings', 'Audit log']) {
    await expect(menu.getByRole('link', { name: hidden })).toHaveCount(0)
  }
  await open(member, '/app/availability')
  await expect(member.getByRole('heading', { level: 1, name: 'Availability' })).toBeVisible()
  await member.goto('/app/audit')
  await expect(member.getByText('Your role does not show this page.')).toBeVisible()

  await therapist.reload()
  await expect(therapist.getByRole('row', { name: /Max Counter/ })).toContainText('Accountant')
  await expect(therapist.getByRole('row', { name: /Max Counter/ })).toContainText('Active')
})

test('forgets the password, sets a new one by mail, and the old one no longer fits', async ({ page }) => {
  const owner = await register()
  await open(page, '/login')
  await logIn(page, { email: owner.email, password: 'Wrong-Password-1!' })
  await expect(page.getByRole('alert')).toContainText('The e-mail address or the password is not right.')
  await page.getByRole('link', { name: 'I forgot my password' }).click()
  await page.waitForURL(/\/forgot$/)
  await page.getByLabel('E-mail').fill(owner.email)
  await page.getByRole('button', { name: 'Send the link' }).click()
  await expect(page.getByText('a link is on its way')).toBeVisible()
  const link = linkIn(await mailTo(owner.email, /Choose a new password/), '/reset')
  await open(page, link)
  await page.getByLabel('New password').fill('Other-Waters-2027')
  await page.getByRole('button', { name: 'Save password' }).click()
  await expect(page.getByText('Your new password is saved.')).toBeVisible()
  await logIn(page, { email: owner.email, password: PASSWORD })
  await expect(page.getByRole('alert')).toContainText('is not right')
  await logIn(page, { email: owner.email, password: 'Other-Waters-2027' })
  await page.waitForURL(/\/app$/)
  // The link worked once.
  await open(page, link)
  await page.getByLabel('New password').fill('Third-Waters-2028')
  await page.getByRole('button', { name: 'Save password' }).click()
  await expect(page.getByRole('alert')).toContainText('This link has been used or is too old.')
})

test('who is not logged in is led to the login and back; logging out ends it', async ({ page, practice }) => {
  await page.goto('/app/diary')
  await page.waitForURL(/\/login/)
  await alive(page)
  await logIn(page, practice)
  await page.waitForURL(/\/app\/diary/)
  await expect(page.getByRole('heading', { level: 1, name: 'Diary' })).toBeVisible()
  await page.locator('details.account summary').click()
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.waitForURL((url) => !url.pathname.startsWith('/app'))
  await page.goto('/app')
  await page.waitForURL(/\/login/)
})

test('keyboard shortcuts lead through the practice', async ({ therapist, isMobile }) => {
  test.skip(isMobile, 'phones have no keys')
  await open(therapist, '/app')
  await therapist.keyboard.press('?')
  await expect(therapist.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
  await therapist.keyboard.press('Escape')
  await therapist.keyboard.press('g')
  await therapist.keyboard.press('d')
  await therapist.waitForURL(/\/app\/diary/)
  await expect(therapist.getByRole('heading', { level: 1, name: 'Diary' })).toBeVisible()
})

test('the diary, the messages and the audit log show what happened', async ({ therapist, practice }) => {
  const who = somebody('Diary Entry')
  const slot = await freeSlot(practice)
  await book(practice, who, slot)
  await mailTo(who.email, /We received your request/)
  await open(therapist, `/app/diary?week=${dayOf(slot)}&view=list`)
  await expect(therapist.getByRole('main')).toContainText('Diary Entry')
  await open(therapist, '/app/messages')
  await expect(therapist.getByRole('listitem').filter({ hasText: who.email })).toContainText('Sent')
  await open(therapist, '/app/audit')
  await expect(therapist.locator('[title="booking.requested"]').first()).toBeVisible()
  await expect(therapist.getByRole('status').filter({ hasText: 'sealed entries are unchanged' })).toBeVisible()
})

test('a message that is refused shows as not delivered, and is sent once when it is sent again', async ({ therapist, practice }) => {
  const who = somebody('No Such Mailbox')
  refuseMailTo(who.email)
  await book(practice, who)
  const failed = () => call(practice.base, '/api/v1/messages?status=failed', { bearer: practice.bearer })
  await expect.poll(async () => (await failed()).items.length, { timeout: 20_000 }).toBe(1)
  await open(therapist, '/app')
  await therapist.getByRole('link', { name: '1 message not delivered' }).click()
  await therapist.waitForURL(/\/app\/messages\?status=failed/)
  const message = therapist.getByRole('listitem').filter({ hasText: who.email })
  await expect(message).toContainText('Not delivered')
  await expect(message).toContainText('The mail server said: 550')
  await expect(therapist.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /Messages/ })).toContainText('1 not delivered')

  // Again while nobody is there, it comes back.
  await message.getByRole('button', { name: 'Send again' }).click()
  await expect(therapist.getByText('It is on its way again.')).toBeVisible()
  await expect.poll(async () => (await failed()).items.length, { timeout: 20_000 }).toBe(1)
  await open(therapist, '/app/messages')
  await expect(message).toContainText('Not delivered')
  expect(mailsTo(who.email)).toHaveLength(0)

  refuseMailTo(who.email, false)
  await message.getByRole('button', { name: 'Send again' }).click()
  await mailTo(who.email, /We received your request/)
  await open(therapist, '/app/messages')
  await expect(message).toContainText('Sent')
  await expect(message.getByRole('button', { name: 'Send again' })).toHaveCount(0)
  await expect(therapist.getByRole('navigation', { name: 'Main' })).not.toContainText('not delivered')
  expect(mailsTo(who.email)).toHaveLength(1)
})

test('a service may take longer and cost more with one therapist', async ({ therapist, practice, page }) => {
  await open(therapist, `/app/settings/services?edit=${practice.serviceId}`)
  const terms = therapist.getByRole('region', { name: 'Different for a therapist' }).last()
  const form = therapist.locator('#terms')
  await form.getByLabel('Minutes').fill('90')
  await form.getByLabel('Price in KES').fill('a lot')
  await form.getByRole('button', { name: 'Save' }).click()
  await expect(form.getByLabel('Price in KES')).toHaveAttribute('aria-invalid', 'true')
  await expect(form.getByLabel('Minutes')).toHaveValue('90')
  await form.getByLabel('Price in KES').fill('2500')
  await form.getByRole('button', { name: 'Save' }).click()
  await expect(terms).toContainText('90 (their own)')
  await expect(terms).toContainText('2,500 (their own)')
  await open(page, `/${practice.slug}`)
  await expect(page.getByRole('navigation', { name: 'What would you like to book?' })).toContainText('KSh 2,500')
  await expect(page.getByRole('main')).toContainText('90 minutes')
})

test('another practice sees nothing of it', async ({ practice, visitor, guard }) => {
  guard.allow(/status of 404/)
  const booking = await book(practice)
  const stranger = await createPractice()
  const page = await visitor()
  await enter(page, stranger)
  const answer = await page.goto(`/app/bookings/${booking.id}`)
  expect(answer?.status()).toBe(404)
  await expect(page.getByText('This does not exist, or is no longer there.')).toBeVisible()
})
