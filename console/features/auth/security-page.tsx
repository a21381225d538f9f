import { useTranslation } from 'react-i18next';
import { TitledPage } from '../../core/titled-page.tsx';
import { ChangePassword } from './change-password.tsx';
import { MyAddress } from './my-address.tsx';
import { MySessions } from './my-sessions.tsx';

export function SecurityPage() {
  const { t } = useTranslation('auth');
  return (
    <TitledPage title={t('security.title')} says={t('security.says')}>
      <MyAddress />
      <MySessions />
      <ChangePassword />
    </TitledPage>
  );
}
