function channel(hex: string): number {
  const value = Number.parseInt(hex, 16) / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** Relative luminance (WCAG 2.2) of `#rrggbb`: 0 for black, 1 for white. */
export function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((start) => channel(colour.slice(start, start + 2))) as [
    number,
    number,
    number,
  ];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Black or white, so that text on `colour` (`#rrggbb`) has a contrast of at least 4.5 : 1. */
export function inkOn(colour: string): '#ffffff' | '#000000' {
  return 1.05 / (luminance(colour) + 0.05) >= 4.5 ? '#ffffff' : '#000000';
}
