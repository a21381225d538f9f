import { useTranslation } from 'react-i18next';
import type { RoutingDecision, RoutingStep } from '#protocol/routing.ts';
import { comingTime, names } from '../../core/format.ts';
import { languageName } from '../../core/languages.ts';
import styles from './decision-steps.module.css';

/** OP-13: why a visitor goes to whom, step by step, in sentences. */
export function DecisionSteps({ decision }: { decision: RoutingDecision }) {
  const { t } = useTranslation('routing');
  const sentence = useSentence();
  return (
    <ol className={styles.steps}>
      {decision.steps.map((step, index) => (
        // A kind of step is taken once at most.
        <li key={step.step}>{sentence(step, index === 0)}</li>
      ))}
      <li className={styles.outcome} data-outcome={decision.outcome}>
        {t(`step.outcome.${decision.outcome}`)}
      </li>
    </ol>
  );
}

function useSentence(): (step: RoutingStep, first: boolean) => string {
  const { t } = useTranslation('routing');
  return (step, first) => {
    switch (step.step) {
      case 'hours':
        if (step.open) return t('step.open');
        return step.opensAt === null
          ? t('step.closed')
          : t('step.closedUntil', { time: comingTime(step.opensAt, Date.now()) });
      case 'page':
        return step.rule === null
          ? t('step.noRule', { count: step.operators })
          : t('step.rule', { ...step.rule, count: step.operators });
      case 'department':
        return t('step.department', { name: step.department.name, count: step.operators });
      case 'language':
        return t('step.language', { language: languageName(step.language), count: step.operators });
      case 'fallback':
        return t(`step.fallback.${step.fallback}`, {
          language: languageName(step.language),
          count: step.operators,
        });
      case 'present':
        return t(first ? 'step.presentOfAll' : 'step.present', { count: step.operators });
      case 'free': {
        const more = step.operators - step.names.length;
        const all = more > 0 ? [...step.names, t('step.more', { count: more })] : step.names;
        return t('step.free', { count: step.operators, names: names(all) });
      }
      case 'chosen':
        return t(`step.chosen.${step.by}`, { names: names(step.names) });
    }
  };
}
