/**
 * History
 * 1: first.
 */
export const PROTOCOL_VERSION = 1;

/** Oldest version that this server still understands. */
export const OLDEST_SUPPORTED = 1;

/** SHA-256 of the JSON Schemas of `up` and `down`: protocol/version.test.ts makes it change together with the version. */
export const SCHEMA_HASH = '3851e3629537fb7946fee9fa22c1828295a90adb05962ebc8c18e522c61fe995';

/** Most conversations that a `hello` resumes, the first it names; the rest is followed one by one. */
export const RESUME_LIMIT = 50;
