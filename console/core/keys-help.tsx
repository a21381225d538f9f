import { Modal, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useActions } from './actions.ts';
import styles from './keys-help.module.css';
import { Keys } from './palette.tsx';
import { useUi } from './ui-store.ts';

/** The keys that work on the screen behind it, and the switch that turns single keys off. */
export function KeysHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('core');
  const actions = useActions((state) => state.actions);
  const singleKeys = useUi((state) => state.singleKeys);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('keys.title')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <dl className={styles.keys}>
        <div>
          <dt>{t('palette.title')}</dt>
          <dd>
            <Keys keys={['Ctrl', 'KeyK']} />
            <span className="visually-hidden">Ctrl K</span>
          </dd>
        </div>
        {actions
          .filter((action) => action.keys !== undefined)
          .map((action) => (
            <div key={action.id}>
              <dt>{action.label}</dt>
              <dd>
                <Keys keys={action.keys ?? []} />
                <span className="visually-hidden">{action.keys?.join(' ')}</span>
              </dd>
            </div>
          ))}
      </dl>
      <Switch
        label={t('keys.single')}
        checked={singleKeys}
        onChange={(event) => useUi.setState({ singleKeys: event.currentTarget.checked })}
      />
    </Modal>
  );
}
