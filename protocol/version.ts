/**
 * History
 * 1: first.
 */
export const PROTOCOL_VERSION = 1;

/** Oldest version that this server still understands. */
export const OLDEST_SUPPORTED = 1;

/** SHA-256 of the JSON Schemas of `up` and `down`: protocol/version.test.ts makes it change together with the version. */
export const SCHEMA_HASH = '057660f5f771cf58e0444ee9f749b626a6f455de2b0c5b4dcb61ba14e35ec0f2';

/** Most conversations that a `hello` resumes, the first it names; the rest is followed one by one. */
export const RESUME_LIMIT = 50;
