import { enter, open, test } from '../support/fixtures'
import { openDay, timeButton } from '../support/steps'
import { part, phone, screen } from './camera'
import { booked, invented, person, say, wholeDay } from './practice'

test('the booking page', async ({ page, browser }) => {
  const practice = await invented()
  const day = await wholeDay(practice)
  await booked(practice, person(1), day[0])
  await openDay(page, practice, day[0])
  await screen(page, 'booking-page-1')

  const patient = await phone(browser, practice.base)
  await openDay(patient, practice, day[2])
  await timeButton(patient, day[2]).click()
  await patient.waitForURL(/\/book\/[^/?]+$/)
  const who = person(0)
  await patient.getByLabel(say('Name and surname', 'Nombre y apellido')).fill(who.name)
  await patient.getByLabel(say('E-mail', 'Correo electrónico')).fill(who.email)
  await patient.getByLabel(say('Phone (WhatsApp)', 'Teléfono (WhatsApp)')).fill(who.phone)
  await screen(patient, 'booking-page-2')

  await booked(practice, { ...who, first_time: true, reason: say('I have been sleeping badly since the summer.', 'Duermo mal desde el verano.') }, day[4])
  await enter(page, practice)
  await open(page, '/app')
  await part(page.locator('#needs-action'), 'booking-page-3')
})
