import { expect, type Locator, type Page } from '@playwright/test';

/** Presses Tab until the focus stands on `target`, and sees that it shows there. */
export async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 120; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      const ring = await target.evaluate((element) => {
        // A field may draw the ring on what is around it.
        const around = [element, element.parentElement, element.parentElement?.parentElement];
        return around.some((one) => {
          const style = one && getComputedStyle(one);
          return (
            style &&
            (style.outlineStyle !== 'none' ||
              style.boxShadow !== 'none' ||
              style.borderColor !== 'rgb(0, 0, 0)')
          );
        });
      });
      expect(ring, 'the focus can be seen').toBe(true);
      return;
    }
    await page.keyboard.press(key);
  }
  throw new Error('Tab does not lead there');
}

/** Goes there by Tab alone and presses a key on it. */
export async function pressOn(page: Page, target: Locator, key = 'Enter'): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press(key);
}
