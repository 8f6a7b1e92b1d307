// Limits of the core that the screens keep to, so that nobody comes upon them by being refused.

/** The most characters of a remark, or of an answer in a report: `COMMENT_LIMIT` in the core's `remark.rs`. */
export const WORDS_LIMIT = 4000;

/** The fewest characters of a password: `PASSWORD_CHARACTERS` in the server's `passwords.rs`. */
export const PASSWORD_CHARACTERS = 10;

/** The most stories in one page of the list: `STORIES_LIMIT` in the core's `queue.rs`. */
export const STORIES_LIMIT = 200;

/** How many seconds a device's clock may be wrong before people are told: `CLOCK_TOLERANCE` in the core's `protocol.rs`. */
export const CLOCK_TOLERANCE = 600;

/** The most characters of a reason for which an identity is taken out: `REASON` in the server's `identities.rs`. */
export const REASON_CHARACTERS = 400;
