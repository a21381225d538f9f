import { Button, PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useRouterState } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Me } from '#protocol/auth.ts';
import { ApiError, api } from '../../core/api.ts';
import { FormError, fieldErrors, useWait } from '../../core/form-error.tsx';
import { Outside } from '../../core/outside.tsx';
import page from '../../core/page.module.css';
import { meQuery } from './session.ts';

/** `/reset-password#TOKEN`, the link of the mail: a new password, then signed in. */
export function ResetPasswordPage() {
  const { t } = useTranslation('auth');
  const token = useRouterState({ select: (state) => state.location.hash });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { password: '' },
    validate: { password: (value) => (value.length < 10 ? t('shortPassword') : null) },
  });
  const redeem = useMutation({
    mutationFn: (password: string) =>
      api<Me>('POST', '/v1/password-reset/redeem', { body: { token, password } }),
    onSuccess: (me) => {
      queries.clear();
      queries.setQueryData(meQuery.queryKey, me);
      notifications.show({ message: t('reset.done') });
      return navigate({ to: '/' });
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const wait = useWait(redeem.error);
  const useless =
    token.length < 20 ||
    (redeem.error instanceof ApiError &&
      (redeem.error.code === 'not_allowed' || 'token' in redeem.error.fields));
  if (useless)
    return (
      <Outside title={t('reset.title')} says={<span role="alert">{t('reset.useless')}</span>}>
        <Link to="/forgot-password">{t('reset.again')}</Link>
      </Outside>
    );
  return (
    <Outside title={t('reset.title')} says={t('reset.says')}>
      <form
        className={page.form}
        noValidate
        onSubmit={form.onSubmit(({ password }) => redeem.mutate(password))}
      >
        <PasswordInput
          size="md"
          label={t('password.next')}
          description={t('tenCharacters')}
          autoComplete="new-password"
          autoFocus
          visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
          {...form.getInputProps('password')}
        />
        <FormError error={redeem.error} />
        <Button type="submit" size="md" loading={redeem.isPending} disabled={wait > 0}>
          {t('reset.set')}
        </Button>
      </form>
    </Outside>
  );
}
