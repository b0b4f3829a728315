// The bridge's limits. The host page enforces them; the runtime keeps below them, so that an app
// that only uses the runtime never breaks one.

/** Version of the protocol; the first message names it. */
export const PROTOCOL_VERSION = 1;

/** The longest message from the frame, in UTF-16 code units. Checked before parsing. */
export const MAX_MESSAGE_CHARS = 1024 * 1024;

/** The longest call that is passed on to the server, in bytes of UTF-8: its body limit is 1 MiB. */
export const MAX_CALL_BYTES = 1024 * 1024 - 1024;

/** How deep objects and arrays may be nested in a message. Checked before parsing. */
export const MAX_DEPTH = 32;

/** How deep a record may be nested, itself counted: the call around it takes two levels. */
export const MAX_RECORD_DEPTH = MAX_DEPTH - 2;

/** The longest message from the host page, in UTF-16 code units; `init` alone may be longer. */
export const MAX_HOST_MESSAGE_CHARS = 2 * 1024 * 1024;

/** From this length on, a result is sent in parts of this length, in UTF-16 code units of its JSON. */
export const RESULT_PART_CHARS = 512 * 1024;

/** The longest result of a call, in UTF-16 code units of its JSON. */
export const MAX_RESULT_CHARS = 8 * 1024 * 1024;

/**
 * After a message of more than this many UTF-16 code units the host page does something else
 * before it sends the next: signing takes time on the thread that draws the page.
 */
export const BREATH_CHARS = 64 * 1024;

/** Calls that the frame may have unanswered at a time, beside streams and questions. */
export const MAX_IN_FLIGHT = 64;

/** Streams that a frame may have open at a time. */
export const MAX_STREAMS = 16;

/** Answers of models that come at a time, over all windows of a browser. */
export const MAX_MODEL_STREAMS = 2;

/** How long a model's answer waits for its app to take a piece before it is given up, in milliseconds. */
export const UNREAD_MS = 30_000;

/** How long the runtime keeps to itself that an app has taken pieces, in milliseconds. */
export const CREDIT_PAUSE_MS = 5_000;

/** Chunks that a stream may send before the frame asks for more. */
export const STREAM_CREDITS = 32;

/** The most chunks that a frame can have asked for ahead of their coming. */
export const MAX_CREDITS = 1024;

/** Calls of one frame that may wait for the person at a time. */
export const MAX_QUESTIONS = 8;

/** How long one call may take, in milliseconds, counted from when the host page received it. */
export const CALL_TIMEOUT_MS = 30_000;

/** Messages per second, and how many may come at once. */
export const MESSAGE_RATE = { perSecond: 100, burst: 200 } as const;

/** UTF-16 code units per second, and how many may come at once. */
export const VOLUME_RATE = { perSecond: 4 * 1024 * 1024, burst: 8 * 1024 * 1024 } as const;

/** Broken rules after which the host page removes the frame. */
export const MAX_VIOLATIONS = 10;

/** How long a loaded frame may be silent before it is given up, in milliseconds. */
export const HELLO_TIMEOUT_MS = 5_000;

/** How long a frame may take to load its document, in milliseconds. */
export const LOAD_TIMEOUT_MS = 30_000;

/** The longest storage key, in bytes of UTF-8, as on the server. */
export const MAX_KEY_BYTES = 1024;

/** The most bytes of UTF-8 of keys and values in one storage area, as on the server. */
export const MAX_STORAGE_BYTES = 5 * 1024 * 1024;

/**
 * The longest part of a stored value in one message, in UTF-16 code units: even if each of them is
 * escaped in JSON, the message stays below its limit.
 */
export const STORAGE_PART_CHARS = 160 * 1024;

/** The longest error message that is passed on, in characters. */
export const MAX_ERROR_CHARS = 2_000;

/** The longest stack trace that is passed on, in characters. */
export const MAX_STACK_CHARS = 8_000;

/** The longest console line that is passed on, in characters. */
export const MAX_CONSOLE_CHARS = 2_000;

/** The longest text of a dialog or a toast of the host page, in characters. */
export const MAX_DIALOG_CHARS = 2_000;

/** The longest text that an app may offer to copy, in characters. */
export const MAX_COPY_CHARS = 512 * 1024;

/** How much of it is shown, in characters. */
export const MAX_SHOWN_COPY_CHARS = 2_000;

/** The largest file that an app may offer to save, in bytes. */
export const MAX_DOWNLOAD_BYTES = 32 * 1024 * 1024;

/** The largest piece of such a file in one message, in bytes; base64 makes it a third longer. */
export const DOWNLOAD_PART_BYTES = 384 * 1024;

/** The longest file name that an app may offer, in characters. */
export const MAX_NAME_CHARS = 120;

/** The lowest and the greatest height that an app may ask for, in CSS pixels. */
export const FRAME_HEIGHT = { least: 120, most: 10_000 } as const;
