import { Radio, type RadioGroupProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import page from '../../core/page.module.css';

/** OP-02: the two roles, each with what it may. */
export function RoleField(field: Omit<RadioGroupProps, 'children'>) {
  const { t } = useTranslation('operators');
  return (
    <Radio.Group label={t('add.role')} {...field}>
      <div className={page.form}>
        <Radio value="normal" label={t('role.normal')} description={t('add.normalSays')} mt={4} />
        <Radio
          value="administrator"
          label={t('role.administrator')}
          description={t('add.administratorSays')}
        />
      </div>
    </Radio.Group>
  );
}
