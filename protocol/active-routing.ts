import type { Routing } from './routing.ts';

/** Which choice is active (OP-10). Beside the schemas, so that front-ends take it without them. */
export const activeRouting = ({
  settings,
  departments,
  rules,
}: Routing): 'everybody' | 'departments' | 'urls' | 'both' => {
  const urls = settings.urlRouting && rules.length > 0;
  if (departments.length === 0) return urls ? 'urls' : 'everybody';
  if (!settings.urlRouting) return 'departments';
  return settings.combine ? (urls ? 'both' : 'departments') : urls ? 'urls' : 'everybody';
};

/** Whether the page that a visitor is on decides. */
export const usesRules = (routing: Routing): boolean => ['urls', 'both'].includes(activeRouting(routing));

/** Whether visitors choose a department. */
export const usesDepartments = (routing: Routing): boolean =>
  ['departments', 'both'].includes(activeRouting(routing));
