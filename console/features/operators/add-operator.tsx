import { Button, CopyButton, Drawer, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { AddedOperator } from '#protocol/memberships.ts';
import type { Role } from '#protocol/operators.ts';
import { api } from '../../core/api.ts';
import { FormError, fieldErrors } from '../../core/form-error.tsx';
import { useMembership } from '../../core/membership.ts';
import page from '../../core/page.module.css';
import { requestsQuery } from '../memberships/queries.ts';
import { HandleField, isHandle } from './handle-field.tsx';
import { RoleField } from './role-field.tsx';

const empty = { name: '', email: '', handle: '', role: 'normal' as Role, password: '', confirmation: '' };

/** "Add operator" (OP-01). Without a password the server makes one, shown here once. */
export function AddOperator({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('operators');
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      title={t('add.title')}
      closeButtonProps={{ 'aria-label': t('add.close') }}
    >
      <Inside onClose={onClose} />
    </Drawer>
  );
}

function Inside({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('operators');
  const { operatorId } = useMembership();
  const queries = useQueryClient();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: empty,
    validate: {
      name: (value) => (value.trim() === '' ? t('add.needsName') : null),
      email: (value) => (/^\S+@\S+$/.test(value) ? null : t('add.needsEmail')),
      handle: (value) => (isHandle(value) ? null : t('add.needsHandle')),
      password: (value) => (value === '' || value.length >= 10 ? null : t('add.shortPassword')),
      confirmation: (value, values) => (value === values.password ? null : t('add.differs')),
    },
  });
  const add = useMutation({
    mutationFn: ({ name, email, handle, role, password }: typeof empty) =>
      api<AddedOperator>('POST', '/v1/operators', {
        operatorId,
        body: { name, email: email.trim(), handle, role, ...(password === '' ? {} : { password }) },
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: requestsQuery(operatorId).queryKey }),
    onError: (error) => form.setErrors(fieldErrors(error)),
  });

  if (add.data !== undefined) {
    const { password } = 'operator' in add.data ? add.data : {};
    return (
      <div className={page.form}>
        <p role="status">
          {'operator' in add.data
            ? t('add.done', { name: add.data.operator.name })
            : t('add.asked', { email: add.data.request.email })}
        </p>
        {password !== undefined && (
          <>
            <p>{t('add.once')}</p>
            <div className={page.line}>
              <code>{password}</code>
              <CopyButton value={password}>
                {({ copied, copy }) => (
                  <Button variant="default" size="compact-sm" onClick={copy}>
                    {copied ? t('add.copied') : t('add.copy')}
                  </Button>
                )}
              </CopyButton>
            </div>
          </>
        )}
        <div>
          <Button onClick={onClose}>{t('add.finish')}</Button>
        </div>
      </div>
    );
  }
  const eye = { 'aria-label': t('add.showPassword') };
  return (
    <form className={page.form} noValidate onSubmit={form.onSubmit((values) => add.mutate(values))}>
      <TextInput label={t('add.name')} autoComplete="off" data-autofocus {...form.getInputProps('name')} />
      <TextInput label={t('add.email')} type="email" autoComplete="off" {...form.getInputProps('email')} />
      <HandleField {...form.getInputProps('handle')} />
      <RoleField {...form.getInputProps('role')} />
      <PasswordInput
        label={t('add.password')}
        description={t('add.passwordHint')}
        autoComplete="new-password"
        visibilityToggleButtonProps={eye}
        {...form.getInputProps('password')}
      />
      <PasswordInput
        label={t('add.confirmation')}
        autoComplete="new-password"
        visibilityToggleButtonProps={eye}
        {...form.getInputProps('confirmation')}
      />
      <FormError error={add.error} />
      <div>
        <Button type="submit" loading={add.isPending}>
          {t('add.submit')}
        </Button>
      </div>
    </form>
  );
}
