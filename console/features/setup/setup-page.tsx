import { Anchor, Button, PasswordInput, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useRouterState } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '#protocol/auth.ts';
import { ApiError, api } from '../../core/api.ts';
import { FormError, fieldErrors, useWait } from '../../core/form-error.tsx';
import { languageOptions } from '../../core/languages.ts';
import { Outside } from '../../core/outside.tsx';
import page from '../../core/page.module.css';
import { Failure, Skeleton } from '../../core/states.tsx';
import { meQuery } from '../auth/session.ts';
import { proposeAccountName } from './account-name.ts';

const FIRST_STEP = ['name', 'email', 'password'];

/** `/setup#TOKEN`: the first person, then the company. The token is in the fragment, so no server log has it. */
export function SetupPage() {
  const { t } = useTranslation('setup');
  const token = useRouterState({ select: (state) => state.location.hash });
  const state = useQuery({
    queryKey: ['setup'],
    queryFn: () => api<{ needed: boolean }>('GET', '/v1/setup'),
  });
  if (state.isPending)
    return (
      <Outside title={t('title')}>
        <Skeleton rows={3} shape="field" />
      </Outside>
    );
  if (state.isError)
    return (
      <Outside title={t('title')}>
        <Failure error={state.error} retry={() => void state.refetch()} />
      </Outside>
    );
  if (!state.data.needed)
    return (
      <Outside
        title={t('done.title')}
        says={
          <>
            {t('done.says')} <Link to="/sign-in">{t('done.signIn')}</Link>
          </>
        }
      />
    );
  if (token === '') return <Outside title={t('title')} says={t('noToken')} />;
  return <SetupForm token={token} />;
}

function SetupForm({ token }: { token: string }) {
  const { t } = useTranslation('setup');
  const [step, setStep] = useState<1 | 2>(1);
  const nameTouched = useRef(false);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: {
      name: '',
      email: '',
      password: '',
      account: { title: '', name: '', domain: '', language: navigator.language.split('-')[0] ?? 'en' },
    },
    validate: (values) => ({
      name: values.name.trim() === '' ? t('needsName') : null,
      email: /^\S+@\S+$/.test(values.email) ? null : t('needsEmail'),
      password: values.password.length < 10 ? t('needsPassword') : null,
      'account.title': step === 2 && values.account.title.trim() === '' ? t('needsTitle') : null,
      'account.name':
        step === 2 && !/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])$/.test(values.account.name)
          ? t('needsAccountName')
          : null,
      'account.domain': step === 2 && values.account.domain.trim() === '' ? t('needsDomain') : null,
    }),
    onValuesChange: ({ account }, before) => {
      if (account.name !== before.account.name && account.title === before.account.title)
        nameTouched.current = true;
      if (account.title === before.account.title || nameTouched.current) return;
      form.setFieldValue('account.name', proposeAccountName(account.title));
    },
  });
  const setUp = useMutation({
    mutationFn: (values: typeof form.values) =>
      api<Me>('POST', '/v1/setup', { body: { token, ...values, email: values.email.trim() } }),
    onSuccess: (me) => {
      queries.setQueryData(meQuery.queryKey, me);
      queries.setQueryData(['setup'], { needed: false });
      return navigate({ to: '/widget-code' });
    },
    onError: (error) => {
      const fields = fieldErrors(error);
      form.setErrors(fields);
      if (Object.keys(fields).some((field) => FIRST_STEP.includes(field))) setStep(1);
    },
  });
  const wait = useWait(setUp.error);
  const wrongToken =
    setUp.error instanceof ApiError && ['not_allowed', 'not_found'].includes(setUp.error.code);
  if (wrongToken) return <Outside title={t('title')} says={t('wrongToken')} />;

  return (
    <Outside title={t('title')} says={step === 1 ? t('you.says') : t('company.says')}>
      <form
        className={page.form}
        noValidate
        aria-label={step === 1 ? t('you.title') : t('company.title')}
        onSubmit={form.onSubmit((values) => (step === 1 ? setStep(2) : setUp.mutate(values)))}
      >
        <p className={page.meta}>
          {t('step', { step })} · {step === 1 ? t('you.title') : t('company.title')}
        </p>
        {step === 1 ? <You key="you" form={form} /> : <Company key="company" form={form} />}
        <FormError error={setUp.error} />
        <Button type="submit" size="md" loading={setUp.isPending} disabled={wait > 0}>
          {step === 1 ? t('continue') : t('finish')}
        </Button>
        {step === 2 && (
          <Anchor component="button" type="button" fz="sm" onClick={() => setStep(1)}>
            {t('back')}
          </Anchor>
        )}
      </form>
    </Outside>
  );
}

type FormProps = { form: { getInputProps: (path: string) => object; key: (path: string) => string } };

function You({ form }: FormProps) {
  const { t } = useTranslation('setup');
  return (
    <>
      <TextInput
        size="md"
        label={t('you.name')}
        autoComplete="name"
        autoFocus
        {...form.getInputProps('name')}
      />
      <TextInput
        size="md"
        label={t('you.email')}
        type="email"
        autoComplete="email"
        {...form.getInputProps('email')}
      />
      <PasswordInput
        size="md"
        label={t('you.password')}
        description={t('you.passwordHint')}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': t('you.showPassword') }}
        {...form.getInputProps('password')}
      />
    </>
  );
}

function Company({ form }: FormProps) {
  const { t } = useTranslation('setup');
  return (
    <>
      <TextInput
        size="md"
        label={t('company.name')}
        autoComplete="organization"
        autoFocus
        {...form.getInputProps('account.title')}
      />
      <TextInput
        size="md"
        key={form.key('account.name')}
        label={t('company.short')}
        description={t('company.shortHint')}
        autoCapitalize="none"
        spellCheck={false}
        {...form.getInputProps('account.name')}
      />
      <TextInput
        size="md"
        label={t('company.domain')}
        description={t('company.domainHint')}
        placeholder="www.example.com"
        inputMode="url"
        autoCapitalize="none"
        spellCheck={false}
        {...form.getInputProps('account.domain')}
      />
      <Select
        size="md"
        label={t('company.language')}
        data={languageOptions()}
        searchable
        allowDeselect={false}
        {...form.getInputProps('account.language')}
      />
    </>
  );
}
