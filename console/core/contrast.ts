function luminance(colour: string): number {
  const channels = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const [red = 0, green = 0, blue = 0] = channels;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG contrast of two `#rrggbb` colours, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Black or white, whichever reads better on `colour`, and how well. */
export function textOn(colour: string): { text: '#ffffff' | '#000000'; ratio: number } {
  const white = contrast(colour, '#ffffff');
  const black = contrast(colour, '#000000');
  return white >= 4.5 || white >= black
    ? { text: '#ffffff', ratio: white }
    : { text: '#000000', ratio: black };
}
