// Journeys in Debian's Chromium: wide, on a phone, and without JavaScript.
import { defineConfig, devices } from '@playwright/test'

const launchOptions = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
}

/** These start servers of their own: they move the clock, or kill what others stand on. */
const OWN_SERVER = [/time\.spec/, /restart\.spec/]
/** These ask about the network or the program, not about the screen. */
const ONE_SIZE = [/weight\.spec/, /chunk\.spec/, /desktop-only/]

const wide = { ...devices['Desktop Chrome'], viewport: { width: 1280, height: 900 } }

export default defineConfig({
  testDir: 'tests',
  globalSetup: './support/global-setup.ts',
  // One machine runs the browser, two servers and the database; more workers only make each other late.
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  // A machine busy with something else may be late once; what passes only the second time is listed as flaky.
  retries: process.env.CI ? 1 : 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    locale: 'en-GB',
    timezoneId: 'Europe/Madrid',
    launchOptions,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'desktop', use: wide, testIgnore: [/nojs/, ...OWN_SERVER] },
    {
      name: 'phone',
      use: { ...devices['Pixel 7'], viewport: { width: 390, height: 844 } },
      testIgnore: [/nojs/, ...OWN_SERVER, ...ONE_SIZE],
    },
    { name: 'nojs', use: { ...wide, javaScriptEnabled: false }, testMatch: /nojs/ },
    { name: 'clock', use: wide, testMatch: /time\.spec/ },
    { name: 'restart', use: wide, testMatch: /restart\.spec/ },
  ],
})
