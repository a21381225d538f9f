import { useFrame } from '../frame.ts';
import { Icon } from '../icons.tsx';

/** After a message was left. */
export function Thanks({ email, again }: { email: string; again: () => void }) {
  const { t } = useFrame();
  return (
    <div class="notice" role="status">
      <span class="seal">
        <Icon name="check" size={28} />
      </span>
      <h2>{t('thanks')}</h2>
      <p>{t('thanksText', { email })}</p>
      <button type="button" class="text" data-focus onClick={again}>
        {t('writeAnother')}
      </button>
    </div>
  );
}
