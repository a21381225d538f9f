import type { Recipe } from './recipe.ts';
import { killServer } from './recipes/kill-server.ts';

export const recipes: readonly Recipe[] = [killServer];
