// What every journey stands on: a practice of its own, visitors and members beside each other, and a guard that fails
// the test when a page complains.
import AxeBuilder from '@axe-core/playwright'
import { expect, test as base, type BrowserContext, type Page } from '@playwright/test'
import { createPractice, serverA, type Practice, type PracticeOptions } from './api'

export { expect }

/** Who watches the pages. What a test provokes itself, it allows. */
export class Guard {
  readonly problems: string[] = []
  private readonly allowed: RegExp[] = [
    // Errors of a form are answers with a status, and Chromium writes each of them into the console.
    /Failed to load resource: the server responded with a status of 4\d\d .*\/api\/fn\//,
  ]

  /** Messages like this are what the test is about. */
  allow(...patterns: RegExp[]): void {
    this.allowed.push(...patterns)
  }

  watch(context: BrowserContext): void {
    context.on('page', (page) => this.watchPage(page))
    context.pages().forEach((page) => this.watchPage(page))
  }

  private watchPage(page: Page): void {
    const note = (text: string) => {
      if (!this.allowed.some((pattern) => pattern.test(text))) this.problems.push(text)
    }
    page.on('pageerror', (error) => note(`pageerror on ${page.url()}: ${error.message}`))
    page.on('console', (message) => {
      // Hydration that does not fit, panics and refusals of the content policy all arrive here.
      const unfit = /hydrat/i.test(message.text())
      if (message.type() === 'error' || unfit) note(`${message.text()} ${message.location().url} on ${page.url()}`)
    })
  }
}

type Fixtures = {
  practiceOptions: PracticeOptions
  /** A practice nobody else uses. */
  practice: Practice
  guard: Guard
  /** Another person: a browser context of their own, in the same size. */
  visitor: (settings?: { baseURL?: string; locale?: string }) => Promise<Page>
  /** The owner of the practice, logged in beside `page`. */
  therapist: Page
}

export const test = base.extend<Fixtures>({
  practiceOptions: [{}, { option: true }],
  baseURL: async ({}, use) => use(serverA()),
  practice: async ({ practiceOptions }, use) => use(await createPractice(practiceOptions)),
  guard: [async ({ context }, use) => {
    const guard = new Guard()
    guard.watch(context)
    await use(guard)
    expect(guard.problems, 'what the pages complained about').toEqual([])
  }, { auto: true }],
  visitor: async ({ browser, contextOptions, guard, baseURL, viewport, userAgent, isMobile, hasTouch, deviceScaleFactor,
    locale, timezoneId, javaScriptEnabled }, use) => {
    const opened: BrowserContext[] = []
    await use(async (settings = {}) => {
      const context = await browser.newContext({
        ...contextOptions, baseURL, viewport, userAgent, isMobile, hasTouch, deviceScaleFactor, locale, timezoneId,
        javaScriptEnabled, ...settings,
      })
      opened.push(context)
      guard.watch(context)
      return await context.newPage()
    })
    for (const context of opened) await context.close()
  },
  therapist: async ({ visitor, practice }, use) => {
    const page = await visitor({ baseURL: practice.base })
    await enter(page, practice)
    await use(page)
  },
})

/** Logs in without the form, which has journeys of its own. */
export async function enter(page: Page, who: { base?: string; email: string; password: string }): Promise<void> {
  const answer = await page.context().request.post(`${who.base ?? serverA()}/api/v1/auth/login`, {
    data: { email: who.email, password: who.password },
  })
  expect(answer.status(), await answer.text()).toBe(200)
}

/** Opens a page and waits until it answers by itself; without JavaScript it is complete when it is there. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await alive(page)
}

export async function alive(page: Page): Promise<void> {
  if (base.info().project.use.javaScriptEnabled === false) return
  await page.locator('html[data-alive]').waitFor({ state: 'attached' })
}

/** Nothing that WCAG 2.1 AA forbids, in light and in dark. */
export async function expectAccessible(page: Page, what = page.url()): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // Colours that are still on their way to the other theme are nobody's choice.
    await page.evaluate(() => document.getAnimations().forEach((each) => { if (each instanceof CSSTransition) each.finish() }))
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze()
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.join(' ')} (${node.any[0]?.message ?? ''})`).join(' | ')}`)
    expect(found, `${what}, ${colorScheme}`).toEqual([])
  }
}

/** The page is not wider than the window. */
export async function expectNoSideways(page: Page, what = page.url()): Promise<void> {
  // On phones `innerWidth` grows with what sticks out, so the size we gave counts.
  const window = page.viewportSize()?.width ?? 0
  const content = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(content, `${what} at ${window} px`).toBeLessThanOrEqual(window)
}
