import { Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Account } from '#protocol/accounts.ts';
import { api } from '../../core/api.ts';
import { FormError, fieldErrors } from '../../core/form-error.tsx';
import { languageOptions } from '../../core/languages.ts';
import { useMembership } from '../../core/membership.ts';
import page from '../../core/page.module.css';
import { SaveBar } from '../../core/save-bar.tsx';
import { Failure, Skeleton } from '../../core/states.tsx';
import { TitledPage } from '../../core/titled-page.tsx';
import { accountQuery } from './queries.ts';

export function AccountPage() {
  const { t } = useTranslation('accounts');
  const { operatorId } = useMembership();
  const account = useQuery(accountQuery(operatorId));
  return (
    <TitledPage title={t('title')} says={t('says')}>
      {account.isPending && <Skeleton rows={3} shape="field" />}
      {account.isError && <Failure error={account.error} retry={() => void account.refetch()} />}
      {account.data !== undefined && <AccountForm key={account.data.id} account={account.data} />}
    </TitledPage>
  );
}

function AccountForm({ account }: { account: Account }) {
  const { t } = useTranslation('accounts');
  const { operatorId } = useMembership();
  const queries = useQueryClient();
  const form = useForm({
    initialValues: { title: account.title, language: account.language },
    validate: { title: (value) => (value.trim() === '' ? t('needsTitle') : null) },
  });
  const save = useMutation({
    mutationFn: (body: { title: string; language: string }) =>
      api('PATCH', '/v1/account', { operatorId, body }),
    onSuccess: (_, values) => {
      form.setInitialValues(values);
      form.resetDirty(values);
      notifications.show({ message: t('saved') });
      return Promise.all([
        queries.invalidateQueries({ queryKey: accountQuery(operatorId).queryKey }),
        queries.invalidateQueries({ queryKey: ['me'] }),
      ]);
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  return (
    <form noValidate className={page.form} onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <section className={page.section}>
        <TextInput label={t('companyName')} maxLength={120} dir="auto" {...form.getInputProps('title')} />
        <TextInput
          label={t('shortName')}
          description={t('shortNameHint')}
          value={account.name}
          readOnly
          variant="unstyled"
        />
        <Select
          label={t('language')}
          description={t('languageHint')}
          data={languageOptions(account.language)}
          searchable
          allowDeselect={false}
          {...form.getInputProps('language')}
        />
      </section>
      <FormError error={save.error} />
      <SaveBar dirty={form.isDirty()} saving={save.isPending} onDiscard={form.reset} />
    </form>
  );
}
