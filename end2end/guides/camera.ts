// Takes the pictures: small JPEGs under docs/user/images, in the language of the guide.
import path from 'node:path'
import type { Browser, Locator, Page } from '@playwright/test'
import { alive, test } from '../support/fixtures'
import { lang } from './practice'

const IMAGES = path.resolve(import.meta.dirname, '../../docs/user/images')
const STYLE = { type: 'jpeg' as const, quality: 70, animations: 'disabled' as const }

const file = (name: string) => path.join(IMAGES, lang(), `${name}.jpg`)

/** What arrives behind a page: counts, the live mark, short messages that fade. */
export async function settled(page: Page): Promise<void> {
  await alive(page)
  await page.waitForTimeout(600)
}

/** What one sees of the page; with `from`, scrolled until this is at the top. */
export async function screen(page: Page, name: string, from?: Locator): Promise<void> {
  await settled(page)
  await (from ?? page.locator('body')).evaluate((element, above) => {
    window.scrollTo(0, window.scrollY + element.getBoundingClientRect().top - above)
  }, from ? 16 : 0)
  await page.waitForTimeout(200)
  await page.screenshot({ path: file(name), ...STYLE })
}

/** One part of the page, with a little of what is around it. */
export async function part(of: Locator, name: string, margin = 16): Promise<void> {
  const page = of.page()
  if (page.url() !== 'about:blank') await settled(page)
  const box = await of.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect()
    return { x: left + window.scrollX, y: top + window.scrollY, width, height }
  })
  const clip = { x: box.x - margin, y: box.y - margin, width: box.width + 2 * margin, height: box.height + 2 * margin }
  await page.screenshot({ path: file(name), ...STYLE, fullPage: true, clip })
}

/** A patient's phone. */
export async function phone(browser: Browser, base: string, height = 760): Promise<Page> {
  const { locale, timezoneId } = test.info().project.use
  const context = await browser.newContext({
    baseURL: base, viewport: { width: 390, height }, deviceScaleFactor: 1, isMobile: true, hasTouch: true, colorScheme: 'light',
    locale, timezoneId,
  })
  return await context.newPage()
}
