import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { VerifiedEmail } from '#protocol/auth.ts';
import { ApiError, api } from '../../core/api.ts';
import { FormError, useWait } from '../../core/form-error.tsx';
import { Outside } from '../../core/outside.tsx';
import { meQuery } from './session.ts';

/** `/verify-email#TOKEN`. A press, because programs that look at mail open its links too. */
export function VerifyEmailPage() {
  const { t } = useTranslation('auth');
  const token = useRouterState({ select: (state) => state.location.hash });
  const queries = useQueryClient();
  const redeem = useMutation({
    mutationFn: () => api<VerifiedEmail>('POST', '/v1/email-verification/redeem', { body: { token } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: meQuery.queryKey }),
  });
  const wait = useWait(redeem.error);
  const go = <Link to="/">{t('verify.go')}</Link>;
  if (redeem.isSuccess)
    return (
      <Outside
        title={t('verify.doneTitle')}
        says={<span role="status">{t('verify.done', { email: redeem.data.email })}</span>}
      >
        {go}
      </Outside>
    );
  const useless =
    token.length < 20 ||
    (redeem.error instanceof ApiError && ['not_allowed', 'invalid'].includes(redeem.error.code));
  if (useless)
    return (
      <Outside title={t('verify.title')} says={<span role="alert">{t('verify.useless')}</span>}>
        {go}
      </Outside>
    );
  return (
    <Outside title={t('verify.title')} says={t('verify.says')}>
      <FormError error={redeem.error} />
      <Button
        size="md"
        autoFocus
        loading={redeem.isPending}
        disabled={wait > 0}
        onClick={() => redeem.mutate()}
      >
        {t('verify.confirm')}
      </Button>
    </Outside>
  );
}
