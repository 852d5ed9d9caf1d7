// What the booking page weighs on its way to the browser, everything counted (product §14).
import { createPractice } from '../support/api'
import { alive, expect, test } from '../support/fixtures'

const LIMIT = 300_000

test('the booking page is light and asks nobody else', async ({ page, practice, context }) => {
  const network = await context.newCDPSession(page)
  await network.send('Network.enable')
  await network.send('Network.setCacheDisabled', { cacheDisabled: true })
  const urls = new Map<string, string>()
  const bytes = new Map<string, number>()
  network.on('Network.requestWillBeSent', ({ requestId, request }) => urls.set(requestId, request.url))
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => bytes.set(requestId, encodedDataLength))
  await page.goto(`/${practice.slug}`)
  await alive(page)
  await page.waitForLoadState('networkidle')

  const parts = [...bytes].map(([id, size]) => ({ url: new URL(urls.get(id) ?? 'about:blank').pathname, size }))
  parts.sort((a, b) => b.size - a.size)
  const whole = parts.reduce((sum, part) => sum + part.size, 0)
  const listed = parts.map((part) => `${part.size} ${part.url}`).join('\n')
  test.info().annotations.push({ type: 'bytes', description: `${whole}\n${listed}` })
  console.log(`booking page: ${whole} bytes\n${listed}`)
  expect(whole, listed).toBeLessThan(LIMIT)
  expect(parts.some((part) => part.url.endsWith('.wasm')), 'the program was loaded').toBe(true)
  const host = new URL(practice.base).host
  const others = [...urls.values()].filter((url) => !url.startsWith('data:') && new URL(url).host !== host)
  expect(others).toEqual([])
})

test('the page is there before its program', async ({ page }) => {
  const practice = await createPractice()
  const answer = await page.request.get(`/${practice.slug}`, { headers: { 'accept-language': 'en' } })
  const html = await answer.text()
  expect(html).toContain('Dr. Sarah Wanjiku')
  expect(html).toMatch(/name="starts_at"/)
  const policy = answer.headers()['content-security-policy']
  expect(policy).toContain("default-src 'self'")
  expect(policy).not.toContain('unsafe-inline')
})
