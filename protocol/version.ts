/**
 * History
 * 1: first.
 */
export const PROTOCOL_VERSION = 1;

/** Oldest version that this server still understands. */
export const OLDEST_SUPPORTED = 1;

/** SHA-256 of the JSON Schemas of `up` and `down`: protocol/version.test.ts makes it change together with the version. */
export const SCHEMA_HASH = '57b5a8cccbefdbcce679a4940bf8d4faeaf57013dd65e191df65d89c7cbec42e';

/** Most conversations that a `hello` resumes, the first it names; the rest is followed one by one. */
export const RESUME_LIMIT = 50;
