/**
 * History
 * 1: first.
 */
export const PROTOCOL_VERSION = 1;

/** Oldest version that this server still understands. */
export const OLDEST_SUPPORTED = 1;

/** SHA-256 of the JSON Schemas of `up` and `down`: protocol/version.test.ts makes it change together with the version. */
export const SCHEMA_HASH = 'bd1fee77bd178bb0970400942cf908fa321442c5f5e2338bd3e6d36192466d65';

/** Most conversations that a `hello` resumes, the first it names; the rest is followed one by one. */
export const RESUME_LIMIT = 50;
