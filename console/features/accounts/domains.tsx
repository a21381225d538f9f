import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Ago } from '../../core/ago.tsx';
import { ApiError, api } from '../../core/api.ts';
import { useMembership } from '../../core/membership.ts';
import page from '../../core/page.module.css';
import { Failure, Skeleton } from '../../core/states.tsx';
import { domainsQuery } from './queries.ts';

/** The sites on which the account's chat may show. */
export function Domains() {
  const { t } = useTranslation('accounts');
  const { operatorId } = useMembership();
  const queries = useQueryClient();
  const domains = useQuery(domainsQuery(operatorId));
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: domainsQuery(operatorId).queryKey }),
      queries.invalidateQueries({ queryKey: ['widget-check', operatorId] }),
    ]);
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { address: '' },
    validate: { address: (value) => (value.trim() === '' ? t('domains.needsAddress') : null) },
  });
  const add = useMutation({
    mutationFn: (address: string) => api('POST', '/v1/account/domains', { operatorId, body: { address } }),
    onSuccess: () => {
      form.reset();
      return refresh();
    },
    onError: (error) =>
      form.setFieldError('address', error instanceof ApiError ? error.message : t('failed')),
  });
  const remove = useMutation({
    mutationFn: (host: string) =>
      api('DELETE', `/v1/account/domains/${encodeURIComponent(host)}`, { operatorId }),
    onSuccess: refresh,
  });

  return (
    <section className={page.section} aria-labelledby="domains">
      <h2 id="domains">{t('domains.title')}</h2>
      <p>{t('domains.says')}</p>
      {domains.isPending && <Skeleton rows={2} />}
      {domains.isError && <Failure error={domains.error} retry={() => void domains.refetch()} />}
      {remove.isError && <Failure error={remove.error} />}
      {domains.data !== undefined && domains.data.domains.length > 0 && (
        <ul className={page.rows} aria-label={t('domains.title')}>
          {domains.data.domains.map(({ host, lastSeenAt }) => (
            <li key={host}>
              <span className={page.grow}>{host}</span>
              <span className={page.meta}>
                {lastSeenAt === null ? (
                  t('domains.neverSeen')
                ) : (
                  <>
                    {t('domains.seen')} <Ago at={lastSeenAt} inWords />
                  </>
                )}
              </span>
              <Button
                variant="default"
                size="compact-sm"
                aria-label={t('domains.removeOne', { host })}
                loading={remove.isPending && remove.variables === host}
                onClick={() => remove.mutate(host)}
              >
                {t('domains.remove')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <form
        noValidate
        className={page.line}
        onSubmit={form.onSubmit(({ address }) => add.mutate(address.trim()))}
      >
        <TextInput
          className={page.grow}
          aria-label={t('domains.address')}
          placeholder="www.example.com"
          inputMode="url"
          autoCapitalize="none"
          spellCheck={false}
          {...form.getInputProps('address')}
        />
        <Button type="submit" variant="default" loading={add.isPending}>
          {t('domains.add')}
        </Button>
      </form>
    </section>
  );
}
