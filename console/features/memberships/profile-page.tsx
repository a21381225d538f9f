import { TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Operator } from '#protocol/operators.ts';
import { api } from '../../core/api.ts';
import { FormError, fieldErrors } from '../../core/form-error.tsx';
import { useMembership } from '../../core/membership.ts';
import page from '../../core/page.module.css';
import { SaveBar } from '../../core/save-bar.tsx';
import { TitledPage } from '../../core/titled-page.tsx';
import { meQuery } from '../auth/session.ts';

/** OC-18: the own name, one for each account. */
export function ProfilePage() {
  const { t } = useTranslation('memberships');
  const { operatorId, name, handle, role, account } = useMembership();
  const queries = useQueryClient();
  // Until something is typed the field follows the name, which an administrator may change too.
  const [typed, setTyped] = useState<string | null>(null);
  const value = typed ?? name;
  const save = useMutation({
    mutationFn: () => api<Operator>('PATCH', '/v1/profile', { operatorId, body: { name: value } }),
    onSuccess: async () => {
      notifications.show({ message: t('profile.saved') });
      await queries.invalidateQueries({ queryKey: meQuery.queryKey });
      setTyped(null);
    },
  });
  const empty = value.trim() === '';
  return (
    <TitledPage title={t('profile.title')} says={t('profile.says', { account: account.title })}>
      <form
        noValidate
        className={page.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!empty) save.mutate();
        }}
      >
        <section className={page.section}>
          <TextInput
            label={t('profile.name')}
            description={t('profile.nameHint')}
            maxLength={120}
            dir="auto"
            autoComplete="name"
            value={value}
            onChange={(event) => setTyped(event.currentTarget.value)}
            error={empty ? t('profile.needsName') : fieldErrors(save.error)['name']}
          />
          <TextInput label={t('profile.handle')} value={handle} readOnly variant="unstyled" />
          <TextInput label={t('profile.role')} value={t(`role.${role}`)} readOnly variant="unstyled" />
        </section>
        <FormError error={save.error} />
        <SaveBar dirty={value !== name} saving={save.isPending} onDiscard={() => setTyped(null)} />
      </form>
    </TitledPage>
  );
}
