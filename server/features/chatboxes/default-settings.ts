import type { ChatboxSettings } from '#protocol/chatboxes.ts';

/** How a box looks before anybody chose: texts come from the widget's language file. */
export const defaultSettings: ChatboxSettings = {
  title: null,
  greeting: null,
  colour: '#3c56ba',
  side: 'right',
  offsetX: 24,
  offsetY: 24,
  autoOpenAfter: null,
  nameField: 'optional',
  emailField: 'optional',
  whenOffline: 'form',
};
