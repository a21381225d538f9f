/**
 * History
 * 1: first.
 */
export const PROTOCOL_VERSION = 1;

/** Oldest version that this server still understands. */
export const OLDEST_SUPPORTED = 1;

/** SHA-256 of the JSON Schemas of `up` and `down`: protocol/version.test.ts makes it change together with the version. */
export const SCHEMA_HASH = 'c3b65319c8cc8f1d3825c715d77a1f79b149614263e606284027b46a8657bad6';
