import { Button } from '@mantine/core';
import { IconCircleCheck, IconMailQuestion } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../core/api.ts';
import { FormError, useWait } from '../../core/form-error.tsx';
import page from '../../core/page.module.css';
import { meQuery } from './session.ts';

/** My e-mail address: whether it is proved to be mine, and the mail for it again (AC-01). */
export function MyAddress() {
  const { t } = useTranslation('auth');
  const { data: me } = useQuery({ ...meQuery, refetchOnWindowFocus: 'always' });
  const send = useMutation({ mutationFn: () => api('POST', '/v1/person/email-verification') });
  const wait = useWait(send.error);
  if (me === undefined) return null;
  const { email, emailVerified } = me.person;
  return (
    <section className={page.section} aria-labelledby="my-address">
      <h2 id="my-address">{t('address.title')}</h2>
      <p>{t('address.says')}</p>
      <ul className={page.rows}>
        <li>
          {emailVerified ? (
            <IconCircleCheck size={16} stroke={1.5} color="var(--ok)" aria-hidden />
          ) : (
            <IconMailQuestion size={16} stroke={1.5} color="var(--warn)" aria-hidden />
          )}
          <span className={page.grow}>
            {email}{' '}
            <span className={page.meta}>
              {emailVerified ? t('address.verified') : t('address.unverified')}
            </span>
          </span>
          {!emailVerified && (
            <Button
              variant="default"
              size="compact-sm"
              loading={send.isPending}
              disabled={wait > 0 || send.isSuccess}
              onClick={() => send.mutate()}
            >
              {t('address.send')}
            </Button>
          )}
        </li>
      </ul>
      <FormError error={send.error} />
      {send.isSuccess && !emailVerified && <p role="status">{t('address.sent')}</p>}
    </section>
  );
}
