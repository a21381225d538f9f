/**
 * History
 * 1: first.
 */
export const PROTOCOL_VERSION = 1;

/** Oldest version that this server still understands. */
export const OLDEST_SUPPORTED = 1;

/** SHA-256 of the JSON Schemas of `up` and `down`: protocol/version.test.ts makes it change together with the version. */
export const SCHEMA_HASH = '12ed6efac8a519c2361d825396ad47893ba6696ab0809a1750ce9060c2861f18';
