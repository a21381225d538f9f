import type { WidgetCheck } from '#protocol/chatboxes.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { listDomains } from '../accounts/list-domains.ts';
import { findGaps } from '../routing/find-gaps.ts';
import { readRoutedOperators, readRoutingConfig } from '../routing/read-routing.ts';
import { standingOf } from '../routing/serves-widget.ts';
import { checkRouting } from './check-routing.ts';
import { shownBy } from './shown-by.ts';
import { findChatbox } from './store.ts';

/**
 * "Why is my widget not showing?" (VI-14): every reason there can be, in the order to mend it. What visitors see now is
 * asked of the engine that serves them. Throws `not_found`.
 */
export async function checkWidget(
  context: Context,
  actor: OperatorActor,
  chatboxId: string,
): Promise<WidgetCheck> {
  const { config, db } = context;
  const { box, domains, rules, operators } = await db.inAccount(actor.accountId, async (tx) => ({
    box: await findChatbox(tx, actor.accountId, chatboxId),
    domains: await listDomains(tx, actor.accountId),
    rules: await readRoutingConfig(tx, actor.accountId),
    operators: await readRoutedOperators(tx, actor.accountId),
  }));
  if (!box) throw notFound('chatbox');
  const hosts = domains.map(({ host }) => host);
  const gaps = findGaps(rules, operators, hosts, new Date());
  const { hours, who } = checkRouting(rules, operators, gaps, box.settings);
  const shown = new Set(
    hosts.length > 0
      ? gaps.now.map(({ decision }) => shownBy(box.settings, standingOf(decision)).state)
      : (['hidden'] as const),
  );
  const [only] = shown;
  const people = operators.filter(({ status }) => status === 'online').length;
  const seen = domains.find(({ lastSeenAt }) => lastSeenAt !== null);
  const whenOffline = {
    form: 'it offers the offline form',
    image: 'it shows the offline image',
    hide: 'it is hidden',
  };
  const point = (code: WidgetCheck['points'][number]['code'], ok: boolean, says: string, fix: string) => ({
    code,
    ok,
    says,
    fix: ok ? null : fix,
  });
  return {
    snippet: `<script async src="${config.chat.url}/w/${box.key}.js"></script>`,
    testPage: `${config.chat.url}/test/${box.key}`,
    shows: shown.size === 1 && only !== undefined ? only : 'differs',
    points: [
      point(
        'domain',
        domains.length > 0,
        domains.length > 0
          ? `The widget may run on ${hosts.join(', ')}.`
          : 'No domain is registered, so the widget is not shown anywhere.',
        '/widget-code#domains',
      ),
      point(
        'operator',
        true,
        `${operators.length} ${operators.length === 1 ? 'person answers' : 'people answer'} for this account.`,
        '/settings/operators',
      ),
      ...hours,
      point(
        'online',
        people > 0,
        people > 0
          ? `${people} ${people === 1 ? 'person is' : 'people are'} online now.`
          : `Nobody is online now; while that is so, ${whenOffline[box.settings.whenOffline]}.`,
        '/?status=online',
      ),
      ...who,
      point(
        'installed',
        seen !== undefined,
        seen
          ? `The widget was seen on ${seen.host}.`
          : 'The widget code has not been seen on any of your pages yet.',
        '/widget-code#snippet',
      ),
    ],
  };
}
