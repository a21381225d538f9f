import { Button, PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../core/api.ts';
import { FormError, fieldErrors } from '../../core/form-error.tsx';
import page from '../../core/page.module.css';
import { sessionsQuery } from './session.ts';

/** A new password ends every other session of the person. */
export function ChangePassword() {
  const { t } = useTranslation('auth');
  const queries = useQueryClient();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { current: '', next: '' },
    validate: {
      current: (value) => (value === '' ? t('needsPassword') : null),
      next: (value) => (value.length < 10 ? t('shortPassword') : null),
    },
  });
  const change = useMutation({
    mutationFn: (body: { current: string; next: string }) => api('POST', '/v1/person/password', { body }),
    onSuccess: () => {
      form.reset();
      notifications.show({ message: t('password.changed') });
      return queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const eye = { 'aria-label': t('showPassword') };
  return (
    <section className={page.section} aria-labelledby="change-password">
      <h2 id="change-password">{t('password.title')}</h2>
      <p>{t('password.says')}</p>
      <form className={page.form} noValidate onSubmit={form.onSubmit((values) => change.mutate(values))}>
        <PasswordInput
          label={t('password.current')}
          autoComplete="current-password"
          visibilityToggleButtonProps={eye}
          {...form.getInputProps('current')}
        />
        <PasswordInput
          label={t('password.next')}
          description={t('tenCharacters')}
          autoComplete="new-password"
          visibilityToggleButtonProps={eye}
          {...form.getInputProps('next')}
        />
        <FormError error={change.error} />
        <div>
          <Button type="submit" loading={change.isPending}>
            {t('password.change')}
          </Button>
        </div>
      </form>
    </section>
  );
}
