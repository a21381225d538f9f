import { ActionIcon, Menu } from '@mantine/core';
import { IconPencil, IconSettings, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

type Props = { label: string; onEdit: () => void; onRemove: () => void };

/** The gear at the end of a row. */
export function RowMenu({ label, onEdit, onRemove }: Props) {
  const { t } = useTranslation('routing');
  const icon = { size: 16, stroke: 1.5 } as const;
  return (
    <Menu position="bottom-end" width={160} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={28} aria-label={label}>
          <IconSettings size={18} stroke={1.5} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil {...icon} />} onClick={onEdit}>
          {t('edit')}
        </Menu.Item>
        <Menu.Item c="var(--error)" leftSection={<IconTrash {...icon} />} onClick={onRemove}>
          {t('remove')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
