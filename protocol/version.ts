/**
 * History
 * 1: first.
 */
export const PROTOCOL_VERSION = 1;

/** Oldest version that this server still understands. */
export const OLDEST_SUPPORTED = 1;

/** SHA-256 of the JSON Schemas of `up` and `down`: protocol/version.test.ts makes it change together with the version. */
export const SCHEMA_HASH = '72000e7c31d0ebc32e8e68b6d22efbf6144313f13ee1e50605186e65422f20c1';
