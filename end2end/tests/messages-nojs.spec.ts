// The forms around messages without JavaScript.
import { book, somebody } from '../support/api'
import { enter, expect, test } from '../support/fixtures'
import { refuseMailTo } from '../support/mail'

test('own words, settings, notices and a failed message are plain forms', async ({ page, practice }) => {
  const who = somebody('Plain Form')
  refuseMailTo(who.email)
  await book(practice, who)
  await enter(page, practice)
  await page.goto('/app/settings/messages?template=session_reminder&language=en&channel=sms')
  await page.locator('#words').getByLabel('Text').fill('Soon: {{ when }}')
  await page.locator('#words').getByRole('button', { name: 'Save' }).click()
  await expect(page.locator('#words')).toContainText('These are your own words.')
  await expect(page.locator('#words')).toContainText('Soon: Tuesday 24 November 2026, 10:00')
  await page.getByLabel('Quiet from').fill('22:00')
  await page.locator('section', { hasText: 'How patients are written to' }).getByRole('button', { name: 'Save' }).click()
  await expect(page.getByLabel('Quiet from')).toHaveValue('22:00')
  await expect.poll(async () => {
    await page.goto('/app/messages?status=failed')
    return await page.locator('li.message').count()
  }).toBe(1)
  await page.getByRole('button', { name: 'I have called' }).click()
  await expect(page.getByText('No messages here.')).toBeVisible()
  await page.goto('/app/notices')
  await page.getByRole('button', { name: 'Mark all as read' }).click()
  await expect(page.getByRole('button', { name: 'Mark all as read' })).toHaveCount(0)
  refuseMailTo(who.email, false)
})
