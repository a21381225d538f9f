import { IconVolumeOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useRinging } from '../../core/notify.ts';
import { chime, unlockSound, useSound } from '../../core/sound.ts';
import { useUi } from '../../core/ui-store.ts';
import styles from './sound-blocked.module.css';

/** Browsers keep a page silent until its first click: says so, and a click here is that click and a test. */
export function SoundBlocked() {
  const { t } = useTranslation('conversations');
  const wanted = useUi((state) => state.sound);
  const blocked = useSound((state) => state.blocked);
  const elsewhere = useRinging((state) => state.elsewhere);
  if (!wanted || !blocked || elsewhere) return null;
  return (
    <button type="button" className={styles.blocked} onClick={() => void unlockSound().then(chime)}>
      <IconVolumeOff size={16} stroke={1.5} aria-hidden />
      {t('soundBlocked')}
    </button>
  );
}
