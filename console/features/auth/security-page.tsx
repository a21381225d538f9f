import { useTranslation } from 'react-i18next';
import page from '../../core/page.module.css';
import { ChangePassword } from './change-password.tsx';
import { MyAddress } from './my-address.tsx';
import { MySessions } from './my-sessions.tsx';

export function SecurityPage() {
  const { t } = useTranslation('auth');
  return (
    <div className={page.content}>
      <header className={page.head}>
        <h1>{t('security.title')}</h1>
        <p>{t('security.says')}</p>
      </header>
      <MyAddress />
      <MySessions />
      <ChangePassword />
    </div>
  );
}
