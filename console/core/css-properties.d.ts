import 'react';

declare module 'react' {
  // Custom properties hand a remembered width to the style sheet.
  interface CSSProperties {
    '--width'?: string;
  }
}
