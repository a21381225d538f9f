/** To where one writes. On touch screens to the title, so that no keyboard jumps up. */
export function focusFirst(): void {
  const touch = matchMedia('(pointer:coarse)').matches;
  const places = touch ? [] : ['[data-focus]', 'form input, form textarea'];
  for (const place of [...places, 'h1']) {
    const found = document.querySelector<HTMLElement>(place);
    if (found) return found.focus();
  }
}
