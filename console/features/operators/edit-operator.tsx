import { Button, Drawer, NumberInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Operator } from '#protocol/operators.ts';
import { api } from '../../core/api.ts';
import { FormError, fieldErrors } from '../../core/form-error.tsx';
import { useMembership } from '../../core/membership.ts';
import page from '../../core/page.module.css';
import { HandleField, isHandle } from './handle-field.tsx';
import { RoleField } from './role-field.tsx';

type Props = { operator: Operator | null; onClose: () => void };

/** "Edit profile" (OP-03). */
export function EditOperator({ operator, onClose }: Props) {
  const { t } = useTranslation('operators');
  return (
    <Drawer
      opened={operator !== null}
      onClose={onClose}
      title={t('edit.title')}
      closeButtonProps={{ 'aria-label': t('add.close') }}
    >
      {operator !== null && <Inside key={operator.id} operator={operator} onClose={onClose} />}
    </Drawer>
  );
}

function Inside({ operator, onClose }: { operator: Operator; onClose: () => void }) {
  const { t } = useTranslation('operators');
  const { operatorId } = useMembership();
  const queries = useQueryClient();
  const { id, name, handle, role, capacity } = operator;
  const form = useForm({
    initialValues: { name, handle, role, capacity: capacity ?? ('' as number | string) },
    validate: {
      name: (value) => (value.trim() === '' ? t('add.needsName') : null),
      handle: (value) => (isHandle(value) ? null : t('add.needsHandle')),
    },
  });
  const save = useMutation({
    mutationFn: (values: typeof form.values) =>
      api<Operator>('PATCH', `/v1/operators/${id}`, {
        operatorId,
        body: { ...values, capacity: typeof values.capacity === 'number' ? values.capacity : null },
      }),
    onSuccess: (saved) => {
      notifications.show({ message: t('edit.saved', { name: saved.name }) });
      onClose();
      return queries.invalidateQueries({ queryKey: ['me'] });
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  return (
    <form className={page.form} noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <TextInput
        label={t('add.name')}
        autoComplete="off"
        maxLength={120}
        dir="auto"
        data-autofocus
        {...form.getInputProps('name')}
      />
      <HandleField {...form.getInputProps('handle')} />
      <RoleField {...form.getInputProps('role')} />
      <NumberInput
        label={t('edit.capacity')}
        description={t('edit.capacityHint')}
        min={1}
        max={1000}
        allowDecimal={false}
        clampBehavior="strict"
        {...form.getInputProps('capacity')}
      />
      <FormError error={save.error} />
      <div className={page.line}>
        <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
          {t('edit.save')}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  );
}
