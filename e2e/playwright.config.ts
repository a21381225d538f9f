import { defineConfig, devices } from '@playwright/test';

const launchOptions = {
  // The same engine without a browser around it: a third less to compute.
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium-headless-shell',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--force-color-profile=srgb',
    '--font-render-hinting=none',
    '--disable-lcd-text',
    // Fields of dates and times are as the browser itself speaks, whatever `locale` says.
    '--lang=en-US',
    // The last list wins over Playwright's own, which would switch third-party storage partitioning off.
    '--disable-features=Translate',
    '--host-resolver-rules=MAP *.test 127.0.0.1',
  ],
};

// Every test starts the Foyer it needs, so there is no webServer here.
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.test.ts',
  outputDir: '.results',
  snapshotPathTemplate: '{testDir}/__shots__/{arg}{ext}',
  fullyParallel: true,
  workers: 2,
  retries: process.env['CI'] === undefined ? 0 : 1,
  forbidOnly: process.env['CI'] !== undefined,
  // Generous, because a loaded machine is slow and waiting costs nothing when nothing is wrong.
  timeout: 90_000,
  expect: {
    timeout: 15_000,
    toHaveScreenshot: { maxDiffPixelRatio: 0.002, animations: 'disabled', caret: 'hide', scale: 'css' },
  },
  reporter: [['line'], ['json', { outputFile: '.report/results.json' }]],
  use: {
    ...devices['Desktop Chrome'],
    channel: undefined,
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    serviceWorkers: 'block',
    // Costs a third of the time when it is on.
    trace: 'on-first-retry',
    screenshot: 'only-on-failure',
    launchOptions,
  },
});
