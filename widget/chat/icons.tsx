const paths = {
  close: 'M6 6l12 12M18 6L6 18',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  send: 'M12 19V5M6 11l6-6 6 6',
  clock: 'M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0',
  sent: 'M5 13l4 4L19 7',
  delivered: 'M2 13l4 4L15 8M11 16l1 1L22 7',
  alert: 'M12 8v5M12 16.5v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0',
  down: 'M12 5v14M6 13l6 6 6-6',
  sound: 'M4 10v4h4l5 4V6L8 10zM16.5 9a4 4 0 0 1 0 6',
  mute: 'M4 10v4h4l5 4V6L8 10zM17 10l4 4M21 10l-4 4',
  end: 'M14 8V5H5v14h9v-3M10 12h11M18 9l3 3-3 3',
  check: 'M6 12.5l4 4 8-9',
} as const;

export type IconName = keyof typeof paths;

/** A picture that stands beside words; never alone. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      class={name === 'more' ? 'icon bold' : 'icon'}
      viewBox="0 0 24 24"
      width={size}
      height={size}
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
