import { ColorInput, NumberInput, Radio, SegmentedControl, Switch, TextInput, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { Chatbox, ChatboxSettings } from '#protocol/chatboxes.ts';
import { api } from '../../core/api.ts';
import { textOn } from '../../core/contrast.ts';
import { FormError, fieldErrors } from '../../core/form-error.tsx';
import { useMembership } from '../../core/membership.ts';
import page from '../../core/page.module.css';
import { SaveBar } from '../../core/save-bar.tsx';
import styles from './chatbox-form.module.css';
import { chatboxesQuery } from './queries.ts';

type Values = Omit<ChatboxSettings, 'title' | 'greeting' | 'autoOpenAfter'> & {
  title: string;
  greeting: string;
  autoOpen: boolean;
  autoOpenAfter: number;
};

const toValues = ({ title, greeting, autoOpenAfter, ...rest }: ChatboxSettings): Values => ({
  ...rest,
  title: title ?? '',
  greeting: greeting ?? '',
  autoOpen: autoOpenAfter !== null,
  autoOpenAfter: autoOpenAfter ?? 30,
});

const toSettings = ({ title, greeting, autoOpen, autoOpenAfter, ...rest }: Values): ChatboxSettings => ({
  ...rest,
  title: title.trim() === '' ? null : title.trim(),
  greeting: greeting.trim() === '' ? null : greeting,
  autoOpenAfter: autoOpen ? autoOpenAfter : null,
});

const COLOUR = /^#[0-9a-f]{6}$/;

function ColourCheck({ colour }: { colour: string }) {
  const { t } = useTranslation('chatboxes');
  if (!COLOUR.test(colour)) return null;
  const { text, ratio } = textOn(colour);
  return (
    <div className={styles.colour}>
      <span className={styles.sample} style={{ background: colour, color: text }}>
        {t('box.sample')}
      </span>
      <span>{t('box.contrast', { ratio: ratio.toFixed(1) })}</span>
    </div>
  );
}

type ChoiceProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: [string, string][];
};

function Choice({ label, value, onChange, options }: ChoiceProps) {
  const labelId = useId();
  return (
    <div>
      <div id={labelId} className="mantine-InputWrapper-label">
        {label}
      </div>
      <SegmentedControl
        aria-labelledby={labelId}
        size="sm"
        value={value}
        onChange={onChange}
        data={options.map(([option, name]) => ({ value: option, label: name }))}
      />
    </div>
  );
}

/** How chat looks and behaves on the site (VI-02 to VI-06). */
export function ChatboxForm({ box }: { box: Chatbox }) {
  const { t } = useTranslation('chatboxes');
  const { operatorId } = useMembership();
  const queries = useQueryClient();
  const form = useForm<Values>({
    initialValues: toValues(box.settings),
    validate: {
      colour: (value) => {
        if (!COLOUR.test(value)) return t('box.needsColour');
        return textOn(value).ratio < 4.5 ? t('box.lowContrast') : null;
      },
    },
  });
  const save = useMutation({
    mutationFn: (values: Values) =>
      api('PATCH', `/v1/chatboxes/${box.id}`, { operatorId, body: { settings: toSettings(values) } }),
    onSuccess: (_, values) => {
      form.resetDirty(values);
      form.setInitialValues(values);
      notifications.show({ message: t('box.saved') });
      return queries.invalidateQueries({ queryKey: chatboxesQuery(operatorId).queryKey });
    },
    onError: (error) => {
      const fields = Object.entries(fieldErrors(error)).map(([path, says]) => [
        path.replace(/^settings\./, ''),
        says,
      ]);
      form.setErrors(Object.fromEntries(fields));
    },
  });
  const { values } = form;
  const pick = <K extends keyof Values>(field: K) => ({
    value: values[field] as string,
    onChange: (value: string) => form.setFieldValue(field as string, value as never),
  });
  const needs: [string, string][] = [
    ['hidden', t('box.field.hidden')],
    ['optional', t('box.field.optional')],
    ['required', t('box.field.required')],
  ];
  return (
    <form noValidate className={page.form} onSubmit={form.onSubmit((changed) => save.mutate(changed))}>
      <section className={page.section} aria-labelledby="box-look">
        <h2 id="box-look">{t('box.look')}</h2>
        <TextInput
          label={t('box.name')}
          description={t('box.nameHint')}
          maxLength={60}
          dir="auto"
          {...form.getInputProps('title')}
        />
        <Textarea
          label={t('box.greeting')}
          description={t('box.greetingHint')}
          maxLength={300}
          autosize
          minRows={2}
          dir="auto"
          {...form.getInputProps('greeting')}
        />
        <ColorInput
          label={t('box.colour')}
          format="hex"
          eyeDropperButtonProps={{ 'aria-label': t('box.pick') }}
          popoverProps={{ withinPortal: true }}
          {...form.getInputProps('colour')}
          onChange={(colour) => form.setFieldValue('colour', colour.toLowerCase())}
        />
        <ColourCheck colour={values.colour} />
      </section>
      <section className={page.section} aria-labelledby="box-place">
        <h2 id="box-place">{t('box.place')}</h2>
        <Choice
          label={t('box.side')}
          {...pick('side')}
          options={[
            ['left', t('box.left')],
            ['right', t('box.right')],
          ]}
        />
        <div className={page.pair}>
          <NumberInput
            label={t('box.offsetX')}
            min={0}
            max={400}
            clampBehavior="strict"
            {...form.getInputProps('offsetX')}
          />
          <NumberInput
            label={t('box.offsetY')}
            min={0}
            max={400}
            clampBehavior="strict"
            {...form.getInputProps('offsetY')}
          />
        </div>
        <Switch label={t('box.autoOpen')} {...form.getInputProps('autoOpen', { type: 'checkbox' })} />
        {values.autoOpen && (
          <NumberInput
            label={t('box.autoOpenAfter')}
            min={0}
            max={3600}
            clampBehavior="strict"
            {...form.getInputProps('autoOpenAfter')}
          />
        )}
      </section>
      <section className={page.section} aria-labelledby="box-form">
        <h2 id="box-form">{t('box.welcome')}</h2>
        <p>{t('box.welcomeSays')}</p>
        <Choice label={t('box.nameField')} {...pick('nameField')} options={needs} />
        <Choice label={t('box.emailField')} {...pick('emailField')} options={needs} />
      </section>
      <section className={page.section} aria-labelledby="box-offline">
        <h2 id="box-offline">{t('box.offline')}</h2>
        <Radio.Group aria-labelledby="box-offline" {...form.getInputProps('whenOffline')}>
          <div className={page.form}>
            <Radio value="form" label={t('box.offlineForm')} description={t('box.offlineFormSays')} />
            <Radio value="image" label={t('box.offlineImage')} description={t('box.offlineImageSays')} />
            <Radio value="hide" label={t('box.offlineHide')} description={t('box.offlineHideSays')} />
          </div>
        </Radio.Group>
      </section>
      <FormError error={save.error} />
      <SaveBar dirty={form.isDirty()} saving={save.isPending} onDiscard={form.reset} />
    </form>
  );
}
