import { Drawer } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { ReactNode } from 'react';
import styles from './panel-or-drawer.module.css';
import { Separator } from './separator.tsx';
import { useUi } from './ui-store.ts';

/** Whether the screen has room for a panel beside the page; else it is a drawer over it. */
export const usePanelFits = (): boolean =>
  useMediaQuery('(min-width: 1100px)', true, { getInitialValueInEffect: false });

type Props = {
  /** As `usePanelFits` says. */
  fits: boolean;
  opened: boolean;
  /** The drawer has a head with the title and a button to close it; a panel brings its own. */
  onClose: () => void;
  title: string;
  closeLabel: string;
  resizeLabel: string;
  drawerSize: number;
  children: ReactNode;
};

/** What is known about the one who is chosen: a panel at the end of the page, whose width is remembered, or a drawer. */
export function PanelOrDrawer({
  fits,
  opened,
  onClose,
  title,
  closeLabel,
  resizeLabel,
  drawerSize,
  children,
}: Props) {
  const width = useUi((state) => state.panelWidth);
  if (!fits) {
    return (
      <Drawer
        opened={opened}
        onClose={onClose}
        title={title}
        size={drawerSize}
        padding={0}
        closeButtonProps={{ 'aria-label': closeLabel }}
        classNames={{
          header: styles.head ?? '',
          content: styles.drawer ?? '',
          body: styles.body ?? '',
        }}
      >
        {children}
      </Drawer>
    );
  }
  if (!opened) return null;
  return (
    <>
      <Separator
        label={resizeLabel}
        orientation="vertical"
        value={width}
        min={240}
        max={420}
        paneAfter
        onChange={(panelWidth) => useUi.setState({ panelWidth })}
      />
      <div className={styles.panel} style={{ '--width': `${width}px` }}>
        {children}
      </div>
    </>
  );
}
