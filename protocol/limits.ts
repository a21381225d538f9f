/** Most conversations that a `hello` resumes, the first it names; the rest is followed one by one. */
export const RESUME_LIMIT = 50;
