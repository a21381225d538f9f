import { type CSSVariablesResolver, type MantineColorsTuple, createTheme } from '@mantine/core';
import i18next from 'i18next';

// 7 is the fill on light, 6 on dark: white on both stays above 5:1.
const accent: MantineColorsTuple = [
  '#f1f4fd',
  '#e6ebfb',
  '#cbd5f6',
  '#b1bff3',
  '#96a8f1',
  '#6a80dc',
  '#4661cf',
  '#3c56ba',
  '#354ca5',
  '#232b47',
];

const px = (pixels: number) => `${pixels / 16}rem`;

// The head of a dialog would be a landmark of the whole page: two, when a panel asks a question.
const noBanner = { header: { role: 'presentation' } };

export const theme = createTheme({
  colors: { accent },
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontSizes: { xs: px(11), sm: px(13), md: px(13), lg: px(16), xl: px(20) },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '24px', xl: '28px' },
  headings: { fontWeight: '600' },
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false } },
    Modal: { defaultProps: { radius: 12, overlayProps: { backgroundOpacity: 0.4 }, attributes: noBanner } },
    Drawer: {
      defaultProps: {
        position: 'right',
        size: 420,
        overlayProps: { backgroundOpacity: 0.3 },
        attributes: noBanner,
      },
    },
    // A placeholder for the focus stands where ARIA allows only menu items; the first of those takes it instead.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Notification: { defaultProps: () => ({ closeButtonProps: { 'aria-label': i18next.t('close') } }) },
    Loader: { defaultProps: { size: 16, type: 'oval' } },
  },
});

const shared = {
  '--mantine-color-body': 'var(--bg)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--text-2)',
  '--mantine-color-error': 'var(--error)',
  '--mantine-color-placeholder': 'var(--text-3)',
  '--mantine-color-anchor': 'var(--accent-text)',
  '--mantine-color-default': 'var(--bg)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--border)',
  '--mantine-primary-color-filled': 'var(--accent)',
  '--mantine-primary-color-filled-hover': 'var(--accent-hover)',
  '--mantine-primary-color-light': 'var(--selected)',
  '--mantine-primary-color-light-hover': 'var(--selected)',
  '--mantine-primary-color-light-color': 'var(--accent-text)',
  '--mantine-color-accent-text': 'var(--accent-text)',
  '--mantine-color-accent-filled': 'var(--accent)',
  '--mantine-color-accent-filled-hover': 'var(--accent-hover)',
  '--mantine-color-accent-light': 'var(--selected)',
  '--mantine-color-accent-light-hover': 'var(--selected)',
  '--mantine-color-accent-light-color': 'var(--accent-text)',
  '--mantine-color-accent-outline': 'var(--accent-text)',
};

/** Mantine's colours are ours (tokens.css), in both schemes. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: shared,
  dark: shared,
});
