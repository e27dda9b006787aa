import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { findBrowser } from '../../scripts/test-services.js';

/** No step of a journey takes longer. */
const STEP_MS_MAX = 10_000;
/** A folder for pictures of the screens that journeys pass, for people to look at; unset, none are taken. */
const picturesFolder = process.env['RANGKA_TEST_PICTURES'];
/** The browser reports each refusal and each server it cannot reach, which journeys provoke; what the page itself says counts. */
const REFUSAL = /^(?:Failed to load resource|WebSocket connection to \S+ failed)/;

export async function openBrowser(): Promise<Browser> {
  const found = findBrowser(process.env['RANGKA_TEST_CHROMIUM']);
  if ('fault' in found) throw new Error(`Journeys need a browser: ${found.fault}.`);
  return chromium.launch({
    executablePath: found.path,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Somebody at a browser of their own. */
export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What went wrong unseen: errors of the page's scripts and answers that blame the server. */
  readonly troubles: string[];
  /** Presses Tab until a control of this name has the focus. */
  tabTo(name: string | RegExp): Promise<void>;
  /** Takes a picture of the screen for people to look at, where they asked for pictures. */
  picture(name: string): Promise<void>;
}

/** A browser window of somebody who speaks Indonesian, unless the options say otherwise. */
export async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({
    baseURL: url,
    locale: 'id-ID',
    timezoneId: 'Asia/Jakarta',
    viewport: { width: 1280, height: 860 },
    ...options,
  });
  context.setDefaultTimeout(STEP_MS_MAX);
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !REFUSAL.test(message.text())) troubles.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() >= 500) troubles.push(`${response.status()} ${response.url()}`);
  });
  return {
    page,
    context,
    troubles,
    async tabTo(name) {
      const passed: string[] = [];
      for (let presses = 0; presses < TABS_MAX; presses += 1) {
        await page.keyboard.press('Tab');
        const focused = await focusedName(page);
        if (typeof name === 'string' ? focused === name : name.test(focused)) return;
        passed.push(focused);
      }
      throw new Error(`Tab does not reach “${String(name)}”; it passes ${passed.join(', ')}.`);
    },
    async picture(name) {
      if (picturesFolder === undefined) return;
      await mkdir(picturesFolder, { recursive: true });
      await page.screenshot({ path: join(picturesFolder, `${name}.png`) });
    },
  };
}

const TABS_MAX = 60;

/** The accessible name of what has the focus, as far as labels and texts say it; '' without focus. */
function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    if (!(focused instanceof HTMLElement) || focused === document.body) return '';
    const labels = focused instanceof HTMLInputElement ? [...(focused.labels ?? [])] : [];
    const label = labels.map((each) => each.querySelector('[id$="-name"]')?.textContent ?? each.textContent).join(' ');
    return (focused.getAttribute('aria-label') ?? (label === '' ? focused.innerText : label)).trim();
  });
}
