import { call } from '../support/api'
import { alive, enter, open, test } from '../support/fixtures'
import { phone, screen } from './camera'
import { booked, instant, person, say, sessionOf, wholeDay } from './practice'

test('cancelling', async ({ page, browser }) => {
  const practice = await instant()
  const day = await wholeDay(practice)
  const { card } = await sessionOf(practice, await booked(practice, person(0), day[1]))
  await call(practice.base, `/api/v1/sessions/${card.id}/payments`, { bearer: practice.bearer, body: { method: 'cash' } })
  await enter(page, practice)
  await open(page, `/app/sessions/${card.id}`)
  await page.getByRole('button', { name: say('Cancel session', 'Cancelar sesión') }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(say('Reason', 'Motivo')).fill(say('I am ill today. I am sorry.', 'Hoy estoy enferma. Le pido disculpas.'))
  await dialog.getByRole('combobox').selectOption('credit')
  await screen(page, 'cancelling-1')
  await dialog.getByRole('button', { name: say('Cancel the session', 'Cancelar la sesión') }).click()
  await page.getByRole('button', { name: say('Undo the cancellation', 'Deshacer la cancelación') }).waitFor()
  await screen(page, 'cancelling-2')

  const other = await booked(practice, person(1), day[4])
  const patient = await phone(browser, practice.base)
  await patient.goto(`/b/${other.token}`)
  await alive(patient)
  await patient.getByRole('button', { name: say('Cancel booking', 'Cancelar reserva') }).click()
  await patient.getByRole('dialog').waitFor()
  await screen(patient, 'cancelling-3')
})
