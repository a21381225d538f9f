import type { Department } from '#protocol/routing.ts';
import { Refusal } from '../../core/errors.ts';

/** Throws `conflict` when another department has this name, whatever its capitals. */
export function checkName(departments: Department[], name: string, own?: string): void {
  const taken = departments.find((one) => one.id !== own && one.name.toLowerCase() === name.toLowerCase());
  if (!taken) return;
  const sentence = `There is a department "${taken.name}" already. Please choose another name.`;
  throw new Refusal('conflict', sentence, { fields: { name: sentence } });
}
