import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Routing, RoutingDecision } from '#protocol/routing.ts';
import { api } from '../../core/api.ts';
import { FormError, fieldErrors } from '../../core/form-error.tsx';
import { languageOptions } from '../../core/languages.ts';
import { useMembership } from '../../core/membership.ts';
import page from '../../core/page.module.css';
import { DecisionSteps } from './decision-steps.tsx';
import { RoutingPage } from './routing-page.tsx';

type Visitor = { page: string; language: string | null; departmentId: string | null; at: string | null };

/** OP-13: "who would get a visitor of this page, language, department, now?", by the same function as for a real one. */
export function SimulatorPage() {
  const { t } = useTranslation('routing');
  return (
    <RoutingPage title={t('simulator.title')} says={t('simulator.says')}>
      {(routing) => <Simulator routing={routing} />}
    </RoutingPage>
  );
}

/** What people paste has no scheme. */
const urlOf = (text: string): string | null => {
  const address = text.trim();
  if (address === '') return null;
  return /^[a-z]+:\/\//i.test(address) ? address : `https://${address}`;
};

/** A moment of this browser's clock, as an instant; null for none. */
const instantOf = (local: string | null): string | null => {
  const at = new Date(local ?? '');
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
};

function Simulator({ routing }: { routing: Routing }) {
  const { t } = useTranslation('routing');
  const { operatorId } = useMembership();
  const [visitor, setVisitor] = useState<Visitor>({ page: '', language: null, departmentId: null, at: null });
  const set = (part: Partial<Visitor>) => setVisitor({ ...visitor, ...part });
  const simulate = useMutation({
    mutationFn: () =>
      api<RoutingDecision>('POST', '/v1/routing/simulate', {
        operatorId,
        body: { ...visitor, page: urlOf(visitor.page), at: instantOf(visitor.at) },
      }),
  });
  const errors = fieldErrors(simulate.error);
  const noTime = visitor.at !== null && instantOf(visitor.at) === null;
  return (
    <>
      <form
        className={`${page.form} ${page.section}`}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          simulate.mutate();
        }}
      >
        <TextInput
          label={t('simulator.page')}
          description={t('simulator.pageHint')}
          placeholder="shop.example/cart"
          inputMode="url"
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          maxLength={2000}
          dir="ltr"
          value={visitor.page}
          error={errors['page'] === undefined ? undefined : t('simulator.noPage')}
          onChange={(event) => set({ page: event.currentTarget.value })}
        />
        <div className={page.pair}>
          <Select
            label={t('simulator.language')}
            placeholder={t('simulator.anyLanguage')}
            data={languageOptions()}
            searchable
            clearable
            clearButtonProps={{ 'aria-label': t('simulator.anyLanguage') }}
            value={visitor.language}
            onChange={(language) => set({ language })}
          />
          {routing.departments.length > 0 && (
            <Select
              label={t('simulator.department')}
              placeholder={t('simulator.noDepartment')}
              data={routing.departments.map(({ id, name }) => ({ value: id, label: name }))}
              clearable
              clearButtonProps={{ 'aria-label': t('simulator.noDepartment') }}
              value={visitor.departmentId}
              onChange={(departmentId) => set({ departmentId })}
            />
          )}
        </div>
        <div className={page.line}>
          <SegmentedControl
            aria-label={t('simulator.when')}
            size="sm"
            value={visitor.at === null ? 'now' : 'at'}
            onChange={(when) => set({ at: when === 'now' ? null : '' })}
            data={[
              { value: 'now', label: t('simulator.now') },
              { value: 'at', label: t('simulator.at') },
            ]}
          />
          {visitor.at !== null && (
            <TextInput
              type="datetime-local"
              aria-label={t('simulator.time')}
              value={visitor.at}
              onChange={(event) => set({ at: event.currentTarget.value })}
            />
          )}
        </div>
        {visitor.at !== null && <p className={page.meta}>{t('simulator.clock')}</p>}
        {simulate.isError && Object.keys(errors).length === 0 && <FormError error={simulate.error} />}
        <div>
          <Button type="submit" loading={simulate.isPending} disabled={noTime}>
            {t('simulator.show')}
          </Button>
        </div>
      </form>
      <section className={page.section} aria-live="polite" aria-label={t('simulator.result')}>
        {simulate.data !== undefined && (
          <>
            <h2>{t('simulator.result')}</h2>
            <DecisionSteps decision={simulate.data} />
          </>
        )}
      </section>
    </>
  );
}
