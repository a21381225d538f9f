import type { ChatboxSettings, WidgetState } from '#protocol/chatboxes.ts';
import type { Service } from '../routing/serves-widget.ts';

export type Shown = { state: WidgetState; form: boolean };

/** What the box makes of what the engine decided: what nobody answers is a form, an image or nothing (VI-05). */
export function shownBy(
  { whenOffline }: Pick<ChatboxSettings, 'whenOffline'>,
  { state, form }: Pick<Service, 'state' | 'form'>,
): Shown {
  const offersForm = form || whenOffline === 'form';
  const hides = state === 'offline' && !offersForm && whenOffline === 'hide';
  return { state: hides ? 'hidden' : state, form: offersForm };
}
