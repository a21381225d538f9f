import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../core/api.ts';
import { FormError, fieldErrors, useWait } from '../../core/form-error.tsx';
import { Outside } from '../../core/outside.tsx';
import page from '../../core/page.module.css';

/** Asks for the mail with which a new password is chosen (AC-01). It says the same whoever the address belongs to. */
export function ForgotPasswordPage() {
  const { t } = useTranslation('auth');
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: '' },
    validate: { email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : t('needsEmail')) },
  });
  const ask = useMutation({
    mutationFn: (email: string) => api('POST', '/v1/password-reset', { body: { email } }),
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const wait = useWait(ask.error);
  const back = <Link to="/sign-in">{t('toSignIn')}</Link>;
  if (ask.isSuccess)
    return (
      <Outside
        title={t('forgot.sentTitle')}
        says={<span role="status">{t('forgot.sent', { email: ask.variables })}</span>}
      >
        {back}
      </Outside>
    );
  return (
    <Outside title={t('forgot.title')} says={t('forgot.says')}>
      <form
        className={page.form}
        noValidate
        onSubmit={form.onSubmit(({ email }) => ask.mutate(email.trim()))}
      >
        <TextInput
          size="md"
          type="email"
          label={t('email')}
          autoComplete="username"
          autoFocus
          {...form.getInputProps('email')}
        />
        <FormError error={ask.error} />
        <Button type="submit" size="md" loading={ask.isPending} disabled={wait > 0}>
          {t('forgot.send')}
        </Button>
        {back}
      </form>
    </Outside>
  );
}
