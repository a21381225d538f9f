import { TextInput, type TextInputProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** As protocol/operators.ts has it. */
export const isHandle = (value: string): boolean => /^[a-z0-9][a-z0-9._-]{0,38}[a-z0-9]$/.test(value);

/** OP-02: what the operator signs in with, beside the e-mail. */
export function HandleField(field: TextInputProps) {
  const { t } = useTranslation('operators');
  return (
    <TextInput
      label={t('add.handle')}
      description={t('add.handleHint')}
      autoCapitalize="none"
      autoComplete="off"
      spellCheck={false}
      {...field}
    />
  );
}
