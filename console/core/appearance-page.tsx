import { Radio, Switch, useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import page from './page.module.css';
import { TitledPage } from './titled-page.tsx';
import { useUi } from './ui-store.ts';

/** How this console looks in this browser. Takes effect at once. */
export function AppearancePage() {
  const { t } = useTranslation('core');
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { density, singleKeys, enterSends } = useUi();
  return (
    <TitledPage title={t('appearance.title')} says={t('appearance.says')}>
      <section className={page.section}>
        <Radio.Group
          label={t('appearance.colours')}
          value={colorScheme}
          onChange={(value) => setColorScheme(value as typeof colorScheme)}
        >
          <div className={page.form}>
            <Radio value="auto" label={t('appearance.auto')} />
            <Radio value="light" label={t('appearance.light')} />
            <Radio value="dark" label={t('appearance.dark')} />
          </div>
        </Radio.Group>
      </section>
      <section className={page.section}>
        <Radio.Group
          label={t('appearance.density')}
          value={density}
          onChange={(value) => useUi.setState({ density: value as typeof density })}
        >
          <div className={page.form}>
            <Radio value="comfortable" label={t('appearance.comfortable')} />
            <Radio value="compact" label={t('appearance.compact')} />
          </div>
        </Radio.Group>
      </section>
      <section className={page.section}>
        <h2>{t('appearance.keyboard')}</h2>
        <Switch
          label={t('appearance.enterSends')}
          description={t('appearance.enterSendsSays')}
          checked={enterSends}
          onChange={(event) => useUi.setState({ enterSends: event.currentTarget.checked })}
        />
        <Switch
          label={t('keys.single')}
          description={t('appearance.singleKeysSays')}
          checked={singleKeys}
          onChange={(event) => useUi.setState({ singleKeys: event.currentTarget.checked })}
        />
      </section>
    </TitledPage>
  );
}
