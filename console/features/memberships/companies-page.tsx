import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Outside } from '../../core/outside.tsx';
import { TitledPage } from '../../core/titled-page.tsx';
import { useSignOut } from '../auth/use-sign-out.ts';
import { MyAccounts } from './my-accounts.tsx';
import { MyRequests } from './my-requests.tsx';

/** OC-19: the accounts that ask me, and those that I serve. */
export function CompaniesPage() {
  const { t } = useTranslation('memberships');
  return (
    <TitledPage title={t('companies.title')} says={t('companies.says')}>
      <MyRequests />
      <MyAccounts />
    </TitledPage>
  );
}

/** For a person who serves no account (any more): the requests are all there is to do. */
export function NoCompany() {
  const { t } = useTranslation('memberships');
  const signOut = useSignOut();
  return (
    <Outside title={t('none.title')} says={t('none.says')}>
      <MyRequests />
      <div>
        <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
          {t('none.signOut')}
        </Button>
      </div>
    </Outside>
  );
}
