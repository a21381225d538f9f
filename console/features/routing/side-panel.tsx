import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

type Props = { title: string; opened: boolean; onClose: () => void; children: ReactNode };

/** Where rows are edited, beside the list; wide enough for two lists of operators. */
export function SidePanel({ title, opened, onClose, children }: Props) {
  const { t } = useTranslation('core');
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      title={title}
      size={640}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {opened && children}
    </Drawer>
  );
}
