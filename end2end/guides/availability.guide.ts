import { enter, open, test } from '../support/fixtures'
import { dayOf, openDay } from '../support/steps'
import { part, phone, screen } from './camera'
import { booked, instant, person, say, wholeDay } from './practice'

test('availability', async ({ page, browser }) => {
  const practice = await instant()
  const day = await wholeDay(practice)
  await booked(practice, person(0), day[1])
  await booked(practice, person(1), day[4])
  await enter(page, practice)
  await open(page, '/app/availability')
  await screen(page, 'availability-1')

  await open(page, `/app/availability?date=${dayOf(day[0])}#add-exception`)
  const exceptions = page.locator('#exceptions')
  await exceptions.getByLabel(say('Reason (only you see it)', 'Motivo (solo usted lo ve)')).fill(say('A conference', 'Un congreso'))
  await exceptions.getByRole('button', { name: say('Add', 'Agregar'), exact: true }).click()
  await exceptions.getByRole('button', { name: say('Block the day, keep the bookings', 'Bloquear el día y mantener las reservas') }).waitFor()
  await part(exceptions.locator('form', { has: page.getByLabel(say('From day', 'Desde el día')) }), 'availability-2')

  const patient = await phone(browser, practice.base)
  await openDay(patient, practice, day[0])
  await screen(patient, 'availability-3', patient.locator('#times'))
})
