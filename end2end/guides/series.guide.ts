import { call } from '../support/api'
import { enter, open, test } from '../support/fixtures'
import { linkIn, mailTo } from '../support/mail'
import { dayOf } from '../support/steps'
import { part, phone, screen } from './camera'
import { instant, lang, patient, person, say, wholeDay } from './practice'

test('series', async ({ page, browser }) => {
  const practice = await instant()
  const { base, bearer, therapistId, serviceId } = practice
  const day = await wholeDay(practice)
  const first = dayOf(day[0])
  const agree = (patient_id: string, starts: string, rhythm: object = { frequency: 'weekly' }) =>
    call(base, '/api/v1/recurring', { bearer, body: {
      patient_id, therapist_id: therapistId, service_id: serviceId, starts_on: first, starts, ...rhythm,
    } })

  // One of the days is a holiday, which the preview tells.
  const holiday = new Date(Date.parse(first) + 14 * 86_400_000).toISOString().slice(0, 10)
  await call(base, '/api/v1/availability/exceptions', { bearer, body: {
    therapist_id: therapistId, kind: 'closed', starts_on: holiday, reason: say('Holiday', 'Feriado'), bookings: 'keep',
  } })
  const regular = await patient(practice, 0)
  await enter(page, practice)
  await open(page, `/app/series/new?patient=${regular}`)
  await page.getByLabel(say('First day', 'Inicio')).fill(first)
  const time = page.getByLabel(say('Time', 'Hora'), { exact: true })
  await time.fill('15:00')
  await time.blur()
  await page.locator('#preview .series-date').nth(3).waitFor()
  await page.setViewportSize({ width: 1040, height: 960 })
  await screen(page, 'series-1', page.locator('h1'))

  // Those of two others fall on a morning that is blocked.
  const [blocked, another] = [await patient(practice, 3), await patient(practice, 5)]
  await call(base, '/api/v1/availability/exceptions', { bearer, body: {
    therapist_id: therapistId, kind: 'closed', starts_on: first, starts: '09:00', ends: '12:00', reason: say('A conference', 'Un congreso'), bookings: 'keep',
  } })
  await agree(blocked, '09:00')
  await agree(another, '11:00')
  await open(page, '/app')
  await part(page.locator('#skipped'), 'series-2')

  // A patient sees each session as a booking of its own. Nobody else has this address, since the page shows all practices.
  const who = person(7)
  await agree(await patient(practice, 7), '16:00', { frequency: 'every_n_days', interval_days: 2 })
  await call(base, '/api/v1/my/sign-in-link', { body: { email: who.email }, lang: lang() })
  const theirs = await phone(browser, base)
  await theirs.goto(linkIn(await mailTo(who.email, /\/my\/sign-in/), '/my/sign-in'))
  await theirs.getByRole('main').getByRole('button').first().click()
  await theirs.waitForURL(/\/my\/bookings$/)
  await screen(theirs, 'series-3')
})
