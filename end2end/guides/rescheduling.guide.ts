import { enter, open, test } from '../support/fixtures'
import { dayOf, timeOf } from '../support/steps'
import { phone, screen, settled } from './camera'
import { booked, instant, person, say, sessionOf, wholeDay } from './practice'

test('rescheduling', async ({ page, browser }) => {
  const practice = await instant()
  const day = await wholeDay(practice)
  const booking = await booked(practice, person(0), day[1])
  const { card } = await sessionOf(practice, booking)
  for (const n of [2, 4, 5]) await booked(practice, person(n), day[n])
  await enter(page, practice)
  await open(page, `/app/sessions/${card.id}`)
  // What is told of the bookings above arrives before the dialog is open.
  await settled(page)
  await page.getByRole('button', { name: say('Move', 'Cambiar horario'), exact: true }).click()
  await page.getByRole('dialog').getByLabel(say('Time', 'Hora'), { exact: true }).fill(timeOf(day[6]))
  await screen(page, 'rescheduling-1')
  await open(page, `/app/diary?week=${dayOf(day[0])}`)
  await page.setViewportSize({ width: 1040, height: 880 })
  await screen(page, 'rescheduling-2')

  const patient = await phone(browser, practice.base)
  await open(patient, `/b/${booking.token}/move`)
  await screen(patient, 'rescheduling-3')
})
