import { Button, Switch } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import page from './page.module.css';
import { chime, unlockSound } from './sound.ts';
import { TitledPage } from './titled-page.tsx';
import { useUi } from './ui-store.ts';

const permissionNow = () => ('Notification' in globalThis ? Notification.permission : 'denied');

/** What tells me that somebody waits, in this browser. */
export function SoundsPage() {
  const { t } = useTranslation('core');
  const sound = useUi((state) => state.sound);
  const [permission, setPermission] = useState(permissionNow);
  const [silent, setSilent] = useState(false);
  const test = async () => {
    const unlocked = await unlockSound();
    setSilent(!unlocked);
    chime();
  };
  const ask = async () => setPermission(await Notification.requestPermission());
  return (
    <TitledPage title={t('sounds.title')} says={t('sounds.says')}>
      <section className={page.section}>
        <h2>{t('sounds.ring')}</h2>
        <Switch
          label={t('sounds.ringSwitch')}
          checked={sound}
          onChange={(event) => useUi.setState({ sound: event.currentTarget.checked })}
        />
        <div className={page.line}>
          <Button variant="default" onClick={() => void test()}>
            {t('sounds.test')}
          </Button>
          {silent && <p role="alert">{t('sounds.blocked')}</p>}
        </div>
      </section>
      <section className={page.section}>
        <h2>{t('sounds.notifications')}</h2>
        <p>{t(`sounds.permission.${permission}`)}</p>
        {permission === 'default' && (
          <div>
            <Button variant="default" onClick={() => void ask()}>
              {t('sounds.allow')}
            </Button>
          </div>
        )}
      </section>
    </TitledPage>
  );
}
