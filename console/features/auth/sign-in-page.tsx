import { Anchor, Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, getRouteApi, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me, SignIn } from '#protocol/auth.ts';
import { api } from '../../core/api.ts';
import { FormError, fieldErrors, useWait } from '../../core/form-error.tsx';
import { Outside } from '../../core/outside.tsx';
import page from '../../core/page.module.css';
import { returnPath } from '../../core/return-path.ts';
import { useUi } from '../../core/ui-store.ts';
import { meQuery } from './session.ts';

const route = getRouteApi('/sign-in');

/** The two ways of OC-01: e-mail and password, or account, handle and password. */
export function SignInPage() {
  const { t } = useTranslation('auth');
  const [byHandle, setByHandle] = useState(false);
  const { from } = route.useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  const setup = useQuery({
    queryKey: ['setup'],
    queryFn: () => api<{ needed: boolean }>('GET', '/v1/setup'),
  });
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: '', account: '', handle: '', password: '' },
    validate: (values) => ({
      email: !byHandle && !/^\S+@\S+$/.test(values.email) ? t('needsEmail') : null,
      account: byHandle && values.account.trim() === '' ? t('needsAccount') : null,
      handle: byHandle && values.handle.trim() === '' ? t('needsHandle') : null,
      password: values.password === '' ? t('needsPassword') : null,
    }),
  });
  const signIn = useMutation({
    mutationFn: (body: SignIn) => api<Me>('POST', '/v1/session', { body }),
    onSuccess: (me, body) => {
      // OC-01: with an account's name one works in that account.
      const named = 'account' in body ? body.account : undefined;
      const chosen = me.memberships.find(({ account }) => account.name === named);
      if (chosen !== undefined) useUi.setState({ operatorId: chosen.operatorId });
      queries.clear();
      queries.setQueryData(meQuery.queryKey, me);
      router.history.push(returnPath(from));
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const wait = useWait(signIn.error);

  return (
    <Outside
      title={t('title')}
      says={
        setup.data?.needed === true ? (
          <>
            {t('notSetUp')} <Link to="/setup">{t('toSetup')}</Link>
          </>
        ) : undefined
      }
    >
      <form
        className={page.form}
        noValidate
        onSubmit={form.onSubmit(({ email, account, handle, password }) =>
          signIn.mutate(
            byHandle
              ? { account: account.trim().toLowerCase(), handle: handle.trim().toLowerCase(), password }
              : { email: email.trim(), password },
          ),
        )}
      >
        {byHandle ? (
          <>
            <TextInput
              key="account"
              size="md"
              label={t('account')}
              autoComplete="organization"
              autoCapitalize="none"
              spellCheck={false}
              {...form.getInputProps('account')}
            />
            <TextInput
              key="handle"
              size="md"
              label={t('handle')}
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              {...form.getInputProps('handle')}
            />
          </>
        ) : (
          <TextInput
            key="email"
            size="md"
            type="email"
            label={t('email')}
            autoComplete="username"
            {...form.getInputProps('email')}
          />
        )}
        <PasswordInput
          size="md"
          label={t('passwordLabel')}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
          {...form.getInputProps('password')}
        />
        <FormError error={signIn.error} />
        <Button type="submit" size="md" loading={signIn.isPending} disabled={wait > 0}>
          {t('signIn')}
        </Button>
        <Anchor renderRoot={(props) => <Link to="/forgot-password" {...props} />} fz="sm" ta="center">
          {t('forgotLink')}
        </Anchor>
        <Anchor component="button" type="button" fz="sm" onClick={() => setByHandle(!byHandle)}>
          {byHandle ? t('useEmail') : t('useHandle')}
        </Anchor>
      </form>
    </Outside>
  );
}
