/** To where one writes. On touch screens to the title, so that no keyboard jumps up. */
export function focusFirst(): void {
  const touch = matchMedia('(pointer:coarse)').matches;
  const place = touch ? 'h1' : '[data-focus], form input, form textarea, h1';
  document.querySelector<HTMLElement>(place)?.focus();
}
