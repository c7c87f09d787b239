/*
 * fugo (符号): symbols for Japan's MyNumber, one for each agency.
 *
 * Generated from crates/capi/src; do not edit. The contract is crates/capi/README.md, installed as
 * share/doc/fugo/README.md; in short:
 *
 * - Every call returns a fugo_status; 0 is success. Results are written through pointers. `error` may be NULL.
 * - Every buffer is passed with its length in bytes, or with `count` rows. Inputs need no NUL at the end.
 * - A call that fails zeroes its outputs. It writes nothing to an output that is NULL or has the wrong length. If an
 *   output overlaps another argument, the call writes to no output.
 * - A variable for a new handle must be NULL before the call. It is still NULL if the call fails.
 * - A handle never changes, except a fugo_translation, which has a lock: any number of threads may use one at once. One
 *   thread frees it when no other uses it.
 * - Calls share no state. The library prints nothing, and no panic leaves it.
 *
 * Treat every symbol as the number that it represents (個人番号): it is not anonymous.
 */


#ifndef FUGO_H
#define FUGO_H

#include <stddef.h>
#include <stdint.h>

/** The version that this header describes, as `fugo_version` counts. */
#define FUGO_VERSION ((uint32_t)FUGO_VERSION_MAJOR << 16 | FUGO_VERSION_MINOR << 8 | FUGO_VERSION_PATCH)


/**
 * The version that this header describes.
 */
#define FUGO_VERSION_MAJOR 0

/**
 * The version that this header describes.
 */
#define FUGO_VERSION_MINOR 1

/**
 * The version that this header describes.
 */
#define FUGO_VERSION_PATCH 0

/**
 * The value of `row`, `at` and `found` where a status does not use them.
 */
#define FUGO_NONE 18446744073709551615ull

/**
 * The number of digits of a MyNumber (個人番号). They are ASCII; no NUL follows them.
 */
#define FUGO_NUMBER_LEN 12

/**
 * The number of digits of its body: the digits before the check digit.
 */
#define FUGO_BODY_LEN 11

/**
 * The size of a buffer for any scope as text and a NUL.
 */
#define FUGO_SCOPE_TEXT_SIZE 64

/**
 * The length of the longest label in bytes.
 */
#define FUGO_LABEL_MAX 51

/**
 * The length of a key in bytes.
 */
#define FUGO_KEY_LEN 32

/**
 * The length of a key tag in bytes. The tag identifies the key and is not secret.
 */
#define FUGO_TAG_LEN 4

/**
 * The length of a symbol (符号) in bytes.
 */
#define FUGO_SYMBOL_LEN 16

/**
 * The size of a buffer for the text form of any symbol (44 to 47 characters, depending on the purpose) and a NUL. Also
 * the length of a row in a batch of texts.
 */
#define FUGO_SYMBOL_TEXT_SIZE 48

/**
 * The length in bytes of a pair: the new number, then the previous number.
 */
#define FUGO_PAIR_LEN 24

/**
 * The status that every call returns: 0 for success, another number for a failure. Each status has one kind, a word
 * that `fugo_status_kind` returns. A number never changes its meaning. Later versions may add numbers.
 */
enum fugo_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Done.
     */
    FUGO_STATUS_OK = 0,
    /**
     * A required pointer is NULL.
     */
    FUGO_STATUS_NULL_POINTER = 1,
    /**
     * A buffer has the wrong length.
     */
    FUGO_STATUS_BUFFER_LENGTH = 2,
    /**
     * The number of rows times the length of a row exceeds the address space.
     */
    FUGO_STATUS_OVERFLOW = 3,
    /**
     * An output shares bytes with an input or with another output.
     */
    FUGO_STATUS_OVERLAP = 4,
    /**
     * The handle has the wrong type, or this library did not create it.
     */
    FUGO_STATUS_WRONG_HANDLE = 5,
    /**
     * An argument has a value that is not allowed.
     */
    FUGO_STATUS_UNKNOWN_VALUE = 6,
    /**
     * The versions of the header and the library are not compatible.
     */
    FUGO_STATUS_VERSION_MISMATCH = 7,
    /**
     * The variable for a new handle is not NULL. It may hold a handle, which would never be wiped.
     */
    FUGO_STATUS_OCCUPIED_HANDLE = 8,
    /**
     * The library has a bug: it panicked, and the call was stopped. Report it with `at` and `found` of the error.
     */
    FUGO_STATUS_PANIC = 10,
    /**
     * The system's random generator failed.
     */
    FUGO_STATUS_RANDOM = 11,
    /**
     * A failure that has no status of its own in this version.
     */
    FUGO_STATUS_OTHER = 12,
    /**
     * Some rows were refused. The others have their results.
     */
    FUGO_STATUS_ROWS_REFUSED = 20,
    /**
     * A byte is not an ASCII digit.
     */
    FUGO_STATUS_NON_DIGIT = 101,
    /**
     * The text has only digits, but the wrong number of them.
     */
    FUGO_STATUS_LENGTH = 102,
    /**
     * The last digit is not the check digit of the digits before it.
     */
    FUGO_STATUS_CHECK_DIGIT = 103,
    /**
     * The number is twelve zeros.
     */
    FUGO_STATUS_NEVER_ISSUED = 104,
    /**
     * The text has only spaces and invisible characters, or the passphrase or identity file is empty.
     */
    FUGO_STATUS_EMPTY = 201,
    /**
     * The text is like 1.23457E+11: digits are lost.
     */
    FUGO_STATUS_SCIENTIFIC_NOTATION = 202,
    /**
     * A character is neither a digit nor an accepted separator.
     */
    FUGO_STATUS_CHARACTER = 203,
    /**
     * A separator is not between two of the three groups of four digits.
     */
    FUGO_STATUS_GROUPING = 204,
    /**
     * The text is not UTF-8.
     */
    FUGO_STATUS_NOT_TEXT = 205,
    /**
     * The scope is not written purpose/id/epoch.
     */
    FUGO_STATUS_SCOPE_FORM = 301,
    /**
     * The scope id has a character or a length that is not allowed.
     */
    FUGO_STATUS_SCOPE_ID = 302,
    /**
     * The scope id of insurers and eligibility must be `all`.
     */
    FUGO_STATUS_SCOPE_ID_FIXED = 303,
    /**
     * The epoch is not 1 to 4294967295.
     */
    FUGO_STATUS_EPOCH_ZERO = 304,
    /**
     * No purpose has this name or number.
     */
    FUGO_STATUS_UNKNOWN_PURPOSE = 305,
    /**
     * The key or the text has the wrong purpose.
     */
    FUGO_STATUS_WRONG_PURPOSE = 401,
    /**
     * The insurers' key is not of epoch 1. Eligibility symbols are derived from insurers' symbols of epoch 1 only.
     */
    FUGO_STATUS_INSURERS_EPOCH = 402,
    /**
     * An eligibility key alone cannot derive from a number.
     */
    FUGO_STATUS_INSURERS_MISSING = 403,
    /**
     * Both keys of a translation are one key.
     */
    FUGO_STATUS_SAME_KEY = 404,
    /**
     * The text is not a complete symbol in lower case with a matching checksum.
     */
    FUGO_STATUS_CORRUPTED = 501,
    /**
     * This version does not know the human-readable part.
     */
    FUGO_STATUS_UNKNOWN_PART = 502,
    /**
     * The text is of another scope or epoch.
     */
    FUGO_STATUS_WRONG_KEY = 503,
    /**
     * The symbol is sixteen zero bytes. They mark a refused row or a failed call and are never a person's symbol.
     */
    FUGO_STATUS_NO_SYMBOL = 504,
    /**
     * Nobody in the roster has the symbol.
     */
    FUGO_STATUS_UNKNOWN_SYMBOL = 505,
    /**
     * A pair has the same number twice.
     */
    FUGO_STATUS_SELF_PAIR = 601,
    /**
     * Two pairs have the same new number.
     */
    FUGO_STATUS_DUPLICATE_NEW = 602,
    /**
     * Two pairs have the same previous number.
     */
    FUGO_STATUS_DUPLICATE_PREVIOUS = 603,
    /**
     * A chain of re-issued numbers is a cycle.
     */
    FUGO_STATUS_CYCLE = 604,
    /**
     * A line does not belong in a key file of this kind.
     */
    FUGO_STATUS_UNKNOWN_LINE = 701,
    /**
     * A line is missing or out of order.
     */
    FUGO_STATUS_MISSING_LINE = 702,
    /**
     * A value does not parse.
     */
    FUGO_STATUS_BAD_VALUE = 703,
    /**
     * The tag does not match the key.
     */
    FUGO_STATUS_TAG_MISMATCH = 704,
    /**
     * The file has a root key where a scope key was expected, or the reverse.
     */
    FUGO_STATUS_WRONG_KIND = 705,
    /**
     * The file is not an age file and does not start with `fugo-key 1`.
     */
    FUGO_STATUS_NOT_A_KEY_FILE = 801,
    /**
     * The age file is truncated or altered, or has a later version.
     */
    FUGO_STATUS_DAMAGED = 802,
    /**
     * The file has more than 65536 bytes.
     */
    FUGO_STATUS_TOO_LARGE = 803,
    /**
     * The file is locked with a passphrase, and no passphrase was given.
     */
    FUGO_STATUS_PASSPHRASE_NEEDED = 804,
    /**
     * The passphrase does not open the file.
     */
    FUGO_STATUS_WRONG_PASSPHRASE = 805,
    /**
     * The file is locked to recipients, and no identity was given.
     */
    FUGO_STATUS_IDENTITY_NEEDED = 806,
    /**
     * None of the identities opens the file.
     */
    FUGO_STATUS_WRONG_IDENTITY = 807,
    /**
     * The file needs more scrypt work than is accepted.
     */
    FUGO_STATUS_EXCESSIVE_WORK = 808,
    /**
     * The group or others have access to a file that holds a secret.
     */
    FUGO_STATUS_OTHERS_CAN_READ = 809,
    /**
     * A production key is not encrypted.
     */
    FUGO_STATUS_PLAINTEXT_PRODUCTION = 810,
    /**
     * A line of an identity file is not an X25519 identity.
     */
    FUGO_STATUS_IDENTITY = 811,
    /**
     * The system could not open or read a file.
     */
    FUGO_STATUS_IO = 812,
    /**
     * A passphrase locks a production key with less scrypt work than is accepted.
     */
    FUGO_STATUS_INSUFFICIENT_WORK = 813,
    /**
     * The file has more than 64 recipients.
     */
    FUGO_STATUS_TOO_MANY_RECIPIENTS = 814,
    /**
     * The path does not name a regular file.
     */
    FUGO_STATUS_NOT_A_FILE = 815,
    /**
     * The file holds a test key, and test keys were not allowed.
     */
    FUGO_STATUS_TEST_KEY = 816,
    /**
     * Anybody can guess the production key.
     */
    FUGO_STATUS_WEAK_KEY = 817,
    /**
     * The file has more than 64 identities.
     */
    FUGO_STATUS_TOO_MANY_IDENTITIES = 818,
    /**
     * The passphrase has a control character or a byte order mark.
     */
    FUGO_STATUS_CONTROL_CHARACTER = 819,
    /**
     * The file exists already. A key file is never replaced.
     */
    FUGO_STATUS_EXISTS = 820,
    /**
     * The passphrase is empty.
     */
    FUGO_STATUS_EMPTY_PASSPHRASE = 821,
    /**
     * The passphrase has fewer than 12 characters, or fewer than 5 different characters.
     */
    FUGO_STATUS_SHORT_PASSPHRASE = 822,
    /**
     * There is no recipient, so nobody could open the file.
     */
    FUGO_STATUS_NO_RECIPIENT = 823,
    /**
     * A line is not an X25519 recipient.
     */
    FUGO_STATUS_RECIPIENT = 824,
    /**
     * The text is not the address of a key.
     */
    FUGO_STATUS_ADDRESS = 825,
    /**
     * The program that holds the key gave no answer.
     */
    FUGO_STATUS_PROGRAM = 826,
    /**
     * The token that holds the key refused, or this library does not know tokens.
     */
    FUGO_STATUS_TOKEN = 827,
    /**
     * The module of the token is missing or does not start.
     */
    FUGO_STATUS_TOKEN_MODULE = 828,
    /**
     * Not exactly one token fits the address.
     */
    FUGO_STATUS_NO_TOKEN = 829,
    /**
     * The token needs a PIN, and the address names no source of it.
     */
    FUGO_STATUS_PIN_NEEDED = 830,
    /**
     * The PIN is wrong. The token counts wrong PINs, and locks.
     */
    FUGO_STATUS_WRONG_PIN = 831,
    /**
     * The PIN of the token is locked.
     */
    FUGO_STATUS_PIN_LOCKED = 832,
    /**
     * Not exactly one key of fugo in the token fits the address.
     */
    FUGO_STATUS_NO_KEY = 833,
    /**
     * The session with the token was lost, or the token gives no further one.
     */
    FUGO_STATUS_SESSION_LOST = 834,
    /**
     * The token keeps the key, and this call needs its bytes.
     */
    FUGO_STATUS_NO_BYTES = 835,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum fugo_status fugo_status;
#else
typedef int32_t fugo_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The changes that normalisation made: bits of `changes` of `fugo_normalize`.
 */
enum fugo_change
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Invisible characters were deleted.
     */
    FUGO_CHANGE_INVISIBLES = 1,
    /**
     * Spaces or line ends were trimmed.
     */
    FUGO_CHANGE_TRIMMED = 2,
    /**
     * Full-width digits were mapped to ASCII.
     */
    FUGO_CHANGE_FULL_WIDTH = 4,
    /**
     * Separators between groups of four were dropped.
     */
    FUGO_CHANGE_SEPARATORS = 8,
    /**
     * Leading zeros were restored.
     */
    FUGO_CHANGE_ZEROS_RESTORED = 16,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum fugo_change fugo_change;
#else
typedef int32_t fugo_change;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The purpose of symbols.
 */
enum fugo_purpose
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * 機関別符号: one agency.
     */
    FUGO_PURPOSE_AGENCY = 1,
    /**
     * 保険者全体の機関別符号: all health insurers together; the one id is `all`.
     */
    FUGO_PURPOSE_INSURERS = 2,
    /**
     * 保険資格符号: health-insurance eligibility; the one id is `all`.
     */
    FUGO_PURPOSE_ELIGIBILITY = 3,
    /**
     * 地域連携: a regional care network.
     */
    FUGO_PURPOSE_NETWORK = 4,
    /**
     * 研究: one provision of data to one study.
     */
    FUGO_PURPOSE_RESEARCH = 5,
    /**
     * 登録: a registry such as the national cancer registry.
     */
    FUGO_PURPOSE_REGISTRY = 6,
    /**
     * ポータル: a person's own portal.
     */
    FUGO_PURPOSE_PORTAL = 7,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum fugo_purpose fugo_purpose;
#else
typedef int32_t fugo_purpose;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How a key file is opened.
 */
enum fugo_unlock
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The file is a test key in plaintext.
     */
    FUGO_UNLOCK_NONE = 0,
    /**
     * The passphrase itself, UTF-8.
     */
    FUGO_UNLOCK_PASSPHRASE = 1,
    /**
     * The path of a file whose first line is the passphrase.
     */
    FUGO_UNLOCK_PASSPHRASE_FILE = 2,
    /**
     * The path of an age identity file (X25519).
     */
    FUGO_UNLOCK_IDENTITY_FILE = 3,
    /**
     * Add this to one of the others to accept test keys too. Without it a file with `use: test` is refused.
     */
    FUGO_UNLOCK_TEST_KEYS = 16,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum fugo_unlock fugo_unlock;
#else
typedef int32_t fugo_unlock;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How a new key file is locked.
 */
enum fugo_seal
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The file is not locked; for test keys only.
     */
    FUGO_SEAL_PLAINTEXT = 0,
    /**
     * The passphrase itself, UTF-8, of at least 12 characters.
     */
    FUGO_SEAL_PASSPHRASE = 1,
    /**
     * The path of a file whose first line is the passphrase.
     */
    FUGO_SEAL_PASSPHRASE_FILE = 2,
    /**
     * Recipients of age (`age1...`), one per line. The identity of any one of them opens the file.
     */
    FUGO_SEAL_RECIPIENTS = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum fugo_seal fugo_seal;
#else
typedef int32_t fugo_seal;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The kind of key that a key file holds.
 */
enum fugo_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * A root key.
     */
    FUGO_KIND_ROOT = 1,
    /**
     * A scope key.
     */
    FUGO_KIND_SCOPE = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum fugo_kind fugo_kind;
#else
typedef int32_t fugo_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The permitted use of a key.
 */
enum fugo_use
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Real numbers.
     */
    FUGO_USE_PRODUCTION = 1,
    /**
     * Published or invented numbers only.
     */
    FUGO_USE_TEST = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum fugo_use fugo_use;
#else
typedef int32_t fugo_use;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A key ready to derive symbols: its HMAC states are prepared once. If a token keeps the key, the token derives each
 * symbol, and any call that derives can also fail with SESSION_LOST or TOKEN.
 */
typedef struct fugo_key fugo_key;

/**
 * The content of a key file: one key, its permitted use, and its tag. From a `pkcs11:` address it may be the key of a
 * scope that the token keeps; then there are no bytes of it here.
 */
typedef struct fugo_key_file fugo_key_file;

/**
 * The first number of each person whose number was replaced. A leaked number is replaced by a new one, and the person
 * keeps the symbols of the first number.
 */
typedef struct fugo_lineage fugo_lineage;

/**
 * A root key. Whoever has it can derive every symbol of every scope.
 */
typedef struct fugo_root_key fugo_root_key;

/**
 * A scope key: the key of one purpose, scope id and epoch. If it came from a token that keeps it, the handle has no bytes
 * of the key.
 */
typedef struct fugo_scope_key fugo_scope_key;

/**
 * A translation (情報連携): from symbols of one scope to symbols of another, by way of the numbers of a roster. Only a
 * handle of this type changes: `fugo_translation_add` adds to it. Threads may share it, and wait for each other.
 */
typedef struct fugo_translation fugo_translation;

/**
 * Details of a failure. Every call with an `error` that is not NULL writes it. After success it holds
 * `FUGO_STATUS_OK`, and the other fields are `FUGO_NONE`. It holds offsets, lengths and line numbers, never a part of
 * a value. It is an output: if it overlaps another argument, the call fails with OVERLAP and does not write it.
 *
 * | status                                       | row       | at                  | found                     |
 * |----------------------------------------------|-----------|---------------------|---------------------------|
 * | NULL_POINTER, WRONG_HANDLE, OCCUPIED_HANDLE  |           | argument, from 1    |                           |
 * | BUFFER_LENGTH                                |           | argument, from 1    | the length given          |
 * | OVERFLOW                                     |           | argument, from 1    |                           |
 * | OVERLAP                                      |           | output, from 1      | the other argument        |
 * | NON_DIGIT, CHARACTER, NOT_TEXT               |           | byte offset, from 0 |                           |
 * | LENGTH                                       |           |                     | number of digits          |
 * | NON_DIGIT in a lineage                       | pair      | offset in the pair  |                           |
 * | CHECK_DIGIT, NEVER_ISSUED in a lineage       | pair      | 0 new, 12 previous  |                           |
 * | SELF_PAIR, DUPLICATE_NEW, DUPLICATE_PREVIOUS | pair      |                     |                           |
 * | ROWS_REFUSED                                 | the first |                     | how many                  |
 * | WRONG_PURPOSE                                |           |                     | its fugo_purpose          |
 * | WRONG_KEY                                    |           |                     | its tag, big-endian       |
 * | INSURERS_EPOCH                               |           |                     | its epoch                 |
 * | UNKNOWN_LINE, MISSING_LINE, BAD_VALUE        |           | line, from 1        |                           |
 * | TAG_MISMATCH, IDENTITY                       |           | line, from 1        |                           |
 * | EXCESSIVE_WORK, INSUFFICIENT_WORK            |           |                     | log2 of the work          |
 * | OTHERS_CAN_READ, TOO_LARGE                   |           | which file          |                           |
 * | IO                                           |           | which file          | the system's error number |
 * | PANIC                                        |           | line of the source  | its column                |
 *
 * Which file: 0 is the key file, 1 is the file that unlocks it, 2 is the identity file of a call that takes a passphrase
 * too. A field that the table leaves empty is `FUGO_NONE`.
 */
typedef struct {
    /**
     * The status that the call returned.
     */
    fugo_status status;
    /**
     * The row or pair, counted from 0.
     */
    uint64_t row;
    /**
     * The position, as in the table above.
     */
    uint64_t at;
    /**
     * The value that was found, as in the table above.
     */
    uint64_t found;
} fugo_error;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The library's version: `major << 16 | minor << 8 | patch`. `FUGO_VERSION` is the header's.
 */
uint32_t fugo_version(void);

/**
 * The library's version as text, such as `0.1.0`. It is static: never NULL, and not to free.
 */
const char *fugo_version_text(void);

/**
 * How this processor derives batches, for reports: `sha-ni` with the SHA extensions of x86, `avx512` or `avx2` with
 * sixteen or eight symbols at a time, and `portable` otherwise. The symbols are the same. The text is static: it is
 * never NULL and must not be freed.
 */
const char *fugo_level(void);

/**
 * Checks that a program that was compiled with the header of version `header` can use this library. Both need the same
 * major version (and the same minor version while the major version is 0), and the library must not be older than the
 * header. Otherwise the call returns `FUGO_STATUS_VERSION_MISMATCH`. Call it once, as
 * `fugo_version_check(FUGO_VERSION)`.
 */
fugo_status fugo_version_check(uint32_t header);

/**
 * The message of a status, in English, for people. It is static: never NULL, and not to free. Any number may be
 * given; for a number that is not a status, the message says so.
 */
const char *fugo_status_message(int32_t status);

/**
 * The kind of a status, for programs and logs: `ok`, `non-digit`, `check-digit` and so on. The words are the same in
 * every binding and in the test vectors. The text is static: never NULL, and not to free. For a number that is not a
 * status it is `unknown`.
 */
const char *fugo_status_kind(int32_t status);

/**
 * Checks that `text`, of `text_len` bytes, is a valid MyNumber: exactly twelve ASCII digits, of which the last is the
 * check digit of the first eleven. White space, other digits and NUL are refused. Failures, in the order of the
 * checks: NON_DIGIT (`at`), LENGTH (`found`), CHECK_DIGIT, NEVER_ISSUED (twelve zeros). A valid number may belong to
 * nobody: about one in ten random texts of twelve digits is valid.
 */
fugo_status fugo_number_check(const char *text,
                              size_t text_len,
                              fugo_error *error);

/**
 * `*digit` := the check digit, 0 to 9, of the eleven ASCII digits of `body`: with P_n the n-th digit from the right
 * and Q_n = n + 1 for n up to 6, n - 5 after that, r = (sum of P_n Q_n) mod 11, it is 0 if r is at most 1, else 11 -
 * r. Failures: NON_DIGIT (`at`), LENGTH (`found`).
 */
fugo_status fugo_check_digit(const char *body,
                             size_t body_len,
                             uint8_t *digit,
                             fugo_error *error);

/**
 * `digits` := the MyNumber in `text` (UTF-8), normalised. Accepted are groups of four digits separated by spaces,
 * hyphens or points, full-width digits, invisible characters, and spaces before and after. `digits_len` is
 * FUGO_NUMBER_LEN. The twelve digits must then pass the strict check. `*changes` holds the changes that were made, as
 * FUGO_CHANGE bits.
 *
 * If `restore_zeros` is 1, nine to eleven digits get their lost leading zeros back. This turns about one in ten other
 * eleven-digit codes into some person's number, so count FUGO_CHANGE_ZEROS_RESTORED. If it is 0, they are refused.
 * For an integer, pass its decimal text as `%lld` prints it: `%012lld` would turn every tenth row number into some
 * person's number.
 *
 * Failures: NOT_TEXT (`at`), EMPTY, SCIENTIFIC_NOTATION, CHARACTER (`at`), GROUPING, LENGTH (`found`); then those of
 * `fugo_number_check`; UNKNOWN_VALUE if `restore_zeros` is not 0 or 1.
 */
fugo_status fugo_normalize(const char *text,
                           size_t text_len,
                           int32_t restore_zeros,
                           char *digits,
                           size_t digits_len,
                           uint32_t *changes,
                           fugo_error *error);

/**
 * The name of a purpose as in scopes: `agency` to `portal`. It is empty if the number is not a purpose. It is static:
 * never NULL, and not to free.
 */
const char *fugo_purpose_name(int32_t purpose);

/**
 * `text` := `purpose/id/epoch`, such as `agency/nta/1`, after checks, then NUL up to `text_size`, which is at least
 * FUGO_SCOPE_TEXT_SIZE. Failures: UNKNOWN_PURPOSE, SCOPE_ID, SCOPE_ID_FIXED, EPOCH_ZERO, NOT_TEXT.
 */
fugo_status fugo_scope_text(const char *purpose,
                            size_t purpose_len,
                            const char *id,
                            size_t id_len,
                            uint32_t epoch,
                            char *text,
                            size_t text_size,
                            fugo_error *error);

/**
 * `label` := `"fugo" || 0x01 || purpose (1 byte) || epoch (4 bytes, big-endian) || length of id (1 byte) || id` of a
 * scope written `purpose/id/epoch`. To derive the scope key in an HSM, use the label as HKDF `info`. `label_size` is
 * at least FUGO_LABEL_MAX. `*label_len` := 12 to 51; zeros fill the rest. Failures: SCOPE_FORM, SCOPE_ID,
 * SCOPE_ID_FIXED, EPOCH_ZERO, UNKNOWN_PURPOSE, NOT_TEXT.
 */
fugo_status fugo_scope_label(const char *scope,
                             size_t scope_len,
                             uint8_t *label,
                             size_t label_size,
                             size_t *label_len,
                             fugo_error *error);

/**
 * `*out` := a new root key from the system's random generator. Failure: RANDOM.
 */
fugo_status fugo_root_key_random(fugo_root_key **out, fugo_error *error);

/**
 * `*out` := the root key with these bytes; `bytes_len` is FUGO_KEY_LEN. Wipe your own copy.
 */
fugo_status fugo_root_key_from_bytes(const uint8_t *bytes,
                                     size_t bytes_len,
                                     fugo_root_key **out,
                                     fugo_error *error);

/**
 * `tag` := HMAC-SHA-256(key, "fugo" || 0x01 || "tag" || 0x01)[0..4]; `tag_len` is FUGO_TAG_LEN.
 */
fugo_status fugo_root_key_tag(const fugo_root_key *key,
                              uint8_t *tag,
                              size_t tag_len,
                              fugo_error *error);

/**
 * Wipes and frees `*key` and sets it to NULL. Does nothing if `key` or `*key` is NULL.
 */
fugo_status fugo_root_key_free(fugo_root_key **key);

/**
 * `*out` := ScopeKey = HKDF-Expand-SHA-256(PRK = root, info = label of the scope, L = 32), for a scope written
 * `purpose/id/epoch`. Failures: those of `fugo_scope_label`.
 */
fugo_status fugo_scope_key_derive(const fugo_root_key *root,
                                  const char *scope,
                                  size_t scope_len,
                                  fugo_scope_key **out,
                                  fugo_error *error);

/**
 * `*out` := the scope key with these bytes, which were derived elsewhere, for example in an HSM. `bytes_len` is
 * FUGO_KEY_LEN. Wipe your own copy. Failures: those of `fugo_scope_label`.
 */
fugo_status fugo_scope_key_from_bytes(const char *scope,
                                      size_t scope_len,
                                      const uint8_t *bytes,
                                      size_t bytes_len,
                                      fugo_scope_key **out,
                                      fugo_error *error);

/**
 * `tag` := HMAC-SHA-256(key, "fugo" || 0x01 || "tag" || 0x01)[0..4]; `tag_len` is FUGO_TAG_LEN.
 */
fugo_status fugo_scope_key_tag(const fugo_scope_key *key,
                               uint8_t *tag,
                               size_t tag_len,
                               fugo_error *error);

/**
 * `text` := the scope, `purpose/id/epoch`, then NUL up to `text_size`, which is at least FUGO_SCOPE_TEXT_SIZE.
 */
fugo_status fugo_scope_key_scope(const fugo_scope_key *key,
                                 char *text,
                                 size_t text_size,
                                 fugo_error *error);

/**
 * `*equal` := 1 if both keys have the same scope and the same bytes, else 0. The bytes are compared in constant time.
 * No function returns the bytes of a key. Failure: NO_BYTES if a token keeps one of the keys.
 */
fugo_status fugo_scope_key_equal(const fugo_scope_key *first,
                                 const fugo_scope_key *second,
                                 int32_t *equal,
                                 fugo_error *error);

/**
 * Wipes and frees `*key` and sets it to NULL. Does nothing if `key` or `*key` is NULL.
 */
fugo_status fugo_scope_key_free(fugo_scope_key **key);

/**
 * `*out` := a key that derives symbols of `key`'s scope from numbers, for any purpose but eligibility. `key` may be
 * freed afterwards. Failure: INSURERS_MISSING for an eligibility key.
 */
fugo_status fugo_key_new(const fugo_scope_key *key,
                         fugo_key **out,
                         fugo_error *error);

/**
 * `*out` := a key that derives eligibility symbols from numbers, through the insurers' symbol. It also derives from
 * insurers' symbols. It needs both scope keys; the insurers' key must be of epoch 1. Both may be freed afterwards.
 * Failures: WRONG_PURPOSE, INSURERS_EPOCH.
 */
fugo_status fugo_key_eligibility(const fugo_scope_key *insurers,
                                 const fugo_scope_key *eligibility,
                                 fugo_key **out,
                                 fugo_error *error);

/**
 * `*out` := the issuer's key, which derives eligibility symbols from insurers' symbols only, never from numbers. It
 * needs the scope key of eligibility, which may be freed afterwards. Failure: WRONG_PURPOSE.
 */
fugo_status fugo_key_issuer(const fugo_scope_key *eligibility,
                            fugo_key **out,
                            fugo_error *error);

/**
 * `tag` := the key tag in the text form of this key's symbols. `tag_len` is FUGO_TAG_LEN.
 */
fugo_status fugo_key_tag(const fugo_key *key, uint8_t *tag, size_t tag_len, fugo_error *error);

/**
 * `text` := the scope of the symbols, then NUL up to `text_size`, which is at least FUGO_SCOPE_TEXT_SIZE.
 */
fugo_status fugo_key_scope(const fugo_key *key,
                           char *text,
                           size_t text_size,
                           fugo_error *error);

/**
 * Wipes and frees `*key` and sets it to NULL. Does nothing if `key` or `*key` is NULL.
 */
fugo_status fugo_key_free(fugo_key **key);

/**
 * `symbol` := HMAC-SHA-256(key, twelve ASCII digits)[0..16], or for an eligibility key
 * HMAC-SHA-256(eligibility key, HMAC-SHA-256(insurers' key of epoch 1, digits)[0..16])[0..16]. `symbol_len` is
 * FUGO_SYMBOL_LEN. Failures: those of `fugo_number_check`; INSURERS_MISSING for an issuer's key.
 */
fugo_status fugo_derive(const fugo_key *key,
                        const char *number,
                        size_t number_len,
                        uint8_t *symbol,
                        size_t symbol_len,
                        fugo_error *error);

/**
 * `symbols[i]` := the symbol of `numbers[i]`, as with `fugo_derive`, for `count` rows. An input row has 12 digits, an
 * output row 16 bytes, without separators. The output of a refused row is zeros, which are never a person's symbol.
 *
 * `statuses`, if not NULL, gets one status for each of the `count` rows: FUGO_STATUS_OK, or the reason why the row was
 * refused. `refused`, if not NULL, gets the number of refused rows. If any row was refused, all other rows still get
 * their symbols, and the call returns FUGO_STATUS_ROWS_REFUSED; the error's `row` is the first refused row, and
 * `found` is their number. So FUGO_STATUS_OK means that every row has its symbol.
 *
 * Memory: 12 KiB for any count, wiped. The call uses one thread; to use more, split the rows and share the key.
 * Failures: OVERFLOW, OVERLAP, NULL_POINTER, INSURERS_MISSING for an issuer's key.
 */
fugo_status fugo_derive_batch(const fugo_key *key,
                              const char *numbers,
                              uint8_t *symbols,
                              size_t count,
                              fugo_status *statuses,
                              size_t *refused,
                              fugo_error *error);

/**
 * `symbols[i]` := the symbol of the person's first number. Each of the `count` numbers that `lineage` lists as new is
 * replaced by the first number of the same person (`fugo_lineage_first`) before its symbol is derived, so that the person
 * keeps one symbol. `reissued`, if not NULL, is set to the number of rows that were replaced. The rest is as for
 * `fugo_derive_batch`. Failures: those of `fugo_derive_batch`; NULL_POINTER if `lineage` is NULL.
 */
fugo_status fugo_derive_batch_lineage(const fugo_key *key,
                                      const fugo_lineage *lineage,
                                      const char *numbers,
                                      uint8_t *symbols,
                                      size_t count,
                                      fugo_status *statuses,
                                      size_t *refused,
                                      size_t *reissued,
                                      fugo_error *error);

/**
 * `symbol` := HMAC-SHA-256(eligibility key, insurers' symbol of epoch 1)[0..16]. The issuer derives this way and never
 * sees a number. Both lengths are FUGO_SYMBOL_LEN. Give insurers' symbols of epoch 1 only: the bytes of a symbol do
 * not show their epoch, so decode them from their text form with the tag of that key. Failures: WRONG_PURPOSE if the
 * key's purpose is not eligibility; NO_SYMBOL for sixteen zero bytes, the output of a failed call.
 */
fugo_status fugo_derive_from_insurers(const fugo_key *key,
                                      const uint8_t *insurers,
                                      size_t insurers_len,
                                      uint8_t *symbol,
                                      size_t symbol_len,
                                      fugo_error *error);

/**
 * `symbols[i]` := the eligibility symbol of `insurers[i]`, as with `fugo_derive_from_insurers`, for `count` rows.
 * Input and output rows have 16 bytes, without separators. A row of sixteen zero bytes, which an earlier call refused,
 * is refused again, and its output is zeros. All other rows still get their symbols, and the call returns
 * FUGO_STATUS_ROWS_REFUSED; the error's `row` is the first refused row, and `found` is their number. Failures:
 * OVERFLOW, OVERLAP, NULL_POINTER, WRONG_PURPOSE.
 */
fugo_status fugo_derive_from_insurers_batch(const fugo_key *key,
                                            const uint8_t *insurers,
                                            uint8_t *symbols,
                                            size_t count,
                                            fugo_error *error);

/**
 * `text` := the text form of a symbol of `key`: Bech32m over tag || symbol, 44 to 47 characters such as `kikan1...`,
 * then NUL up to `text_size`, which is at least FUGO_SYMBOL_TEXT_SIZE. `symbol_len` is FUGO_SYMBOL_LEN. Failure:
 * NO_SYMBOL for sixteen zero bytes, the output of a failed call.
 */
fugo_status fugo_text_encode(const fugo_key *key,
                             const uint8_t *symbol,
                             size_t symbol_len,
                             char *text,
                             size_t text_size,
                             fugo_error *error);

/**
 * `texts[i]` := the text form of `symbols[i]`, as with `fugo_text_encode`, for `count` rows. An input row has 16
 * bytes, an output row FUGO_SYMBOL_TEXT_SIZE bytes, without separators. NUL fills each row after its text. A refused
 * row, which is sixteen zero bytes, becomes a row of NUL: an empty text. Failures: OVERFLOW, OVERLAP, NULL_POINTER.
 */
fugo_status fugo_text_encode_batch(const fugo_key *key,
                                   const uint8_t *symbols,
                                   char *texts,
                                   size_t count,
                                   fugo_error *error);

/**
 * `symbol` := the symbol that has this text form under `key`. The text must be byte for byte the encoder's output; its
 * `text_len` bytes have no NUL. `symbol_len` is FUGO_SYMBOL_LEN. Failures: CORRUPTED; then, only if the checksum is
 * valid, UNKNOWN_PART, WRONG_PURPOSE (`found`), WRONG_KEY (`found`).
 */
fugo_status fugo_text_decode(const fugo_key *key,
                             const char *text,
                             size_t text_len,
                             uint8_t *symbol,
                             size_t symbol_len,
                             fugo_error *error);

/**
 * `fugo_text_encode` for a receiver of symbols, who has no key: `purpose` is a fugo_purpose, and `tag` is the key tag,
 * of FUGO_TAG_LEN bytes. Failures: UNKNOWN_PURPOSE; NO_SYMBOL for sixteen zero bytes.
 */
fugo_status fugo_text_encode_tagged(int32_t purpose,
                                    const uint8_t *tag,
                                    size_t tag_len,
                                    const uint8_t *symbol,
                                    size_t symbol_len,
                                    char *text,
                                    size_t text_size,
                                    fugo_error *error);

/**
 * `fugo_text_decode` for a receiver of symbols, who has no key: `purpose` is the expected fugo_purpose, and `tag` is
 * the expected key tag, of FUGO_TAG_LEN bytes. Failures: those of `fugo_text_decode`; UNKNOWN_PURPOSE.
 */
fugo_status fugo_text_decode_tagged(int32_t purpose,
                                    const uint8_t *tag,
                                    size_t tag_len,
                                    const char *text,
                                    size_t text_len,
                                    uint8_t *symbol,
                                    size_t symbol_len,
                                    fugo_error *error);

/**
 * Reads a text of any purpose and key: `*purpose` := its fugo_purpose, `tag` := the tag of its key, `symbol` := the
 * symbol. `tag_len` is FUGO_TAG_LEN, `symbol_len` FUGO_SYMBOL_LEN. Whose symbol it is, is not checked: hold purpose
 * and tag against those you expect, or use `fugo_text_decode`. Failures: CORRUPTED, UNKNOWN_PART.
 */
fugo_status fugo_text_read(const char *text,
                           size_t text_len,
                           int32_t *purpose,
                           uint8_t *tag,
                           size_t tag_len,
                           uint8_t *symbol,
                           size_t symbol_len,
                           fugo_error *error);

/**
 * `*out` := the key file at `path`, opened with `unlock`. The bytes of the path are as in the file system, UTF-8 on
 * Windows; no NUL is needed.
 *
 * | how                         | unlock, unlock_len                                                         |
 * |-----------------------------|----------------------------------------------------------------------------|
 * | FUGO_UNLOCK_NONE            | NULL, 0                                                                    |
 * | FUGO_UNLOCK_PASSPHRASE      | the passphrase, UTF-8; wipe your own copy                                  |
 * | FUGO_UNLOCK_PASSPHRASE_FILE | the path of a file that only its owner can read; line 1 is the passphrase  |
 * | FUGO_UNLOCK_IDENTITY_FILE   | the path of an age identity file that only its owner can read              |
 *
 * Add `| FUGO_UNLOCK_TEST_KEYS` to accept test keys too, for published and invented numbers. Without it they are
 * refused (TEST_KEY). A passphrase takes about one second and 256 MiB. The tag is recomputed and compared.
 *
 * Failures of the key file: those of `fugo_key_file_parse`; TEST_KEY, WEAK_KEY, NOT_A_FILE, INSUFFICIENT_WORK,
 * TOO_MANY_RECIPIENTS, NOT_A_KEY_FILE, DAMAGED, TOO_LARGE, PASSPHRASE_NEEDED, WRONG_PASSPHRASE, IDENTITY_NEEDED,
 * WRONG_IDENTITY, EXCESSIVE_WORK, OTHERS_CAN_READ, PLAINTEXT_PRODUCTION, IO. Failures of the passphrase or the file
 * that unlocks it: NOT_TEXT, EMPTY, IDENTITY (`at` is the line), OTHERS_CAN_READ, TOO_LARGE, IO (`at` is 1). Also
 * UNKNOWN_VALUE.
 */
fugo_status fugo_key_file_load(const char *path,
                               size_t path_len,
                               int32_t how,
                               const char *unlock,
                               size_t unlock_len,
                               fugo_key_file **out,
                               fugo_error *error);

/**
 * `*out` := the key at an address (docs/custody.md): the path of a key file, `exec:` and a program, or a `pkcs11:` URI
 * (RFC 7512).
 *
 * A program MACs with the root key. Before `@exec:` there must be the scope and the tag of the key, such as
 * `agency/nta/1=7c2cb2a1@exec:/usr/local/lib/mac`; the tag confirms the answer. A root key in a token needs them too.
 * The key of a scope in a token stays there: the handle has no bytes of it, and the token derives each symbol. Such a
 * handle gives its scope, tag and use, and a fugo_scope_key for `fugo_key_new` and its sisters; the calls that need bytes
 * fail with NO_BYTES. The PIN is in the file or the descriptor that `pin-source` names, and never in the address. The
 * handle keeps a session; a child of `fork` must open its own.
 *
 * The program and the token's module run as the user of this process, so take no address from others. `how` and `unlock`
 * open a key file, as in `fugo_key_file_load`, and say whether test keys are accepted; a program and a token need NONE.
 *
 * Failures: those of `fugo_key_file_load`; ADDRESS, PROGRAM, TAG_MISMATCH, WRONG_KEY for the key of another scope,
 * WRONG_KIND; of a token TOKEN_MODULE, NO_TOKEN, PIN_NEEDED, WRONG_PIN, PIN_LOCKED, NO_KEY, SESSION_LOST, and TOKEN for
 * all others and for a library without tokens.
 */
fugo_status fugo_key_file_at(const char *address,
                             size_t address_len,
                             int32_t how,
                             const char *unlock,
                             size_t unlock_len,
                             fugo_key_file **out,
                             fugo_error *error);

/**
 * `*out` := the key file with these bytes, for example from a secret store, opened as with `fugo_key_file_load`.
 * Failures: the same, except those of reading the file at `path`.
 */
fugo_status fugo_key_file_open(const uint8_t *bytes,
                               size_t bytes_len,
                               int32_t how,
                               const char *unlock,
                               size_t unlock_len,
                               fugo_key_file **out,
                               fugo_error *error);

/**
 * `*out` := the key file at `path`, opened with a passphrase or with an age identity, whichever locks it. A program that
 * has both need not know which. `how` and `passphrase` are FUGO_UNLOCK_NONE, FUGO_UNLOCK_PASSPHRASE or
 * FUGO_UNLOCK_PASSPHRASE_FILE as for `fugo_key_file_load`, with or without `| FUGO_UNLOCK_TEST_KEYS`. `identity_file` is
 * the path of an age identity file, or NULL, 0. Both secrets are read before the key file is opened. Failures: those of
 * `fugo_key_file_load`; `at` is 2 for IO, OTHERS_CAN_READ and TOO_LARGE of the identity file.
 */
fugo_status fugo_key_file_load_either(const char *path,
                                      size_t path_len,
                                      int32_t how,
                                      const char *passphrase,
                                      size_t passphrase_len,
                                      const char *identity_file,
                                      size_t identity_file_len,
                                      fugo_key_file **out,
                                      fugo_error *error);

/**
 * `*out` := the key file with these bytes, opened as `fugo_key_file_load_either` opens it. Failures: the same, except those
 * of reading the file at `path`.
 */
fugo_status fugo_key_file_open_either(const uint8_t *bytes,
                                      size_t bytes_len,
                                      int32_t how,
                                      const char *passphrase,
                                      size_t passphrase_len,
                                      const char *identity_file,
                                      size_t identity_file_len,
                                      fugo_key_file **out,
                                      fugo_error *error);

/**
 * `*out` := the key file with this plaintext, already decrypted. Failures, with `at` the line number from 1:
 * UNKNOWN_LINE, MISSING_LINE, BAD_VALUE, TAG_MISMATCH. Test keys are accepted: call `fugo_key_file_usage` to learn the
 * permitted use.
 */
fugo_status fugo_key_file_parse(const char *plaintext,
                                size_t plaintext_len,
                                fugo_key_file **out,
                                fugo_error *error);

/**
 * `*out` := a key file for a root key, not written yet. `usage` is FUGO_USE_PRODUCTION or FUGO_USE_TEST. The key may
 * be freed afterwards. Failure: UNKNOWN_VALUE.
 */
fugo_status fugo_key_file_of_root(const fugo_root_key *key,
                                  int32_t usage,
                                  fugo_key_file **out,
                                  fugo_error *error);

/**
 * `*out` := a key file for a scope key, as with `fugo_key_file_of_root`.
 */
fugo_status fugo_key_file_of_scope(const fugo_scope_key *key,
                                   int32_t usage,
                                   fugo_key_file **out,
                                   fugo_error *error);

/**
 * Writes a new file at `path`, readable by its owner only, completely or not at all. `how`, a fugo_seal, and `with`
 * say how it is locked. A file that exists is never replaced. A passphrase takes about one second and 256 MiB.
 * Failures: EXISTS,
 * EMPTY_PASSPHRASE, SHORT_PASSPHRASE, NO_RECIPIENT, RECIPIENT, TOO_MANY_RECIPIENTS, PLAINTEXT_PRODUCTION, WEAK_KEY,
 * IO; of a passphrase file those of `fugo_key_file_load`; UNKNOWN_VALUE.
 */
fugo_status fugo_key_file_create(const fugo_key_file *file,
                                 const char *path,
                                 size_t path_len,
                                 int32_t how,
                                 const char *with,
                                 size_t with_len,
                                 fugo_error *error);

/**
 * `*kind` := FUGO_KIND_ROOT or FUGO_KIND_SCOPE.
 */
fugo_status fugo_key_file_kind(const fugo_key_file *file, int32_t *kind, fugo_error *error);

/**
 * `*usage` := FUGO_USE_PRODUCTION or FUGO_USE_TEST.
 */
fugo_status fugo_key_file_usage(const fugo_key_file *file, int32_t *usage, fugo_error *error);

/**
 * `tag` := the key tag; `tag_len` is FUGO_TAG_LEN.
 */
fugo_status fugo_key_file_tag(const fugo_key_file *file,
                              uint8_t *tag,
                              size_t tag_len,
                              fugo_error *error);

/**
 * `text` := the scope of a scope key, then NUL up to `text_size`, which is at least FUGO_SCOPE_TEXT_SIZE. Failure:
 * WRONG_KIND for a root key.
 */
fugo_status fugo_key_file_scope(const fugo_key_file *file,
                                char *text,
                                size_t text_size,
                                fugo_error *error);

/**
 * `*out` := the root key of the file. `file` may be freed afterwards. Failure: WRONG_KIND for a scope key.
 */
fugo_status fugo_key_file_root_key(const fugo_key_file *file,
                                   fugo_root_key **out,
                                   fugo_error *error);

/**
 * `*out` := the scope key of the file. `file` may be freed afterwards. Failure: WRONG_KIND for a root key.
 */
fugo_status fugo_key_file_scope_key(const fugo_key_file *file,
                                    fugo_scope_key **out,
                                    fugo_error *error);

/**
 * Wipes and frees `*file` and sets it to NULL. Does nothing if `file` or `*file` is NULL.
 */
fugo_status fugo_key_file_free(fugo_key_file **file);

/**
 * `*out` := the lineage of `count` pairs. Each pair is 24 bytes, the new number and then the previous number, without
 * separators. Chains are resolved. A number may be the new number of one pair only, and the previous number of one
 * pair only. Failures, with `row` the pair counted from 0: NON_DIGIT (`at` is 0 to 23), CHECK_DIGIT and NEVER_ISSUED
 * (`at` is 0 for the new number, 12 for the previous number), SELF_PAIR, DUPLICATE_NEW, DUPLICATE_PREVIOUS. CYCLE has
 * no row. OVERFLOW. Memory: 24 bytes per pair, and 36 more per pair during the call.
 */
fugo_status fugo_lineage_new(const char *pairs,
                             size_t count,
                             fugo_lineage **out,
                             fugo_error *error);

/**
 * `first` := the first number of the person who has `number`, or `number` itself if no pair has it as new number.
 * `first_len` is FUGO_NUMBER_LEN. Failures: those of `fugo_number_check`.
 */
fugo_status fugo_lineage_first(const fugo_lineage *lineage,
                               const char *number,
                               size_t number_len,
                               char *first,
                               size_t first_len,
                               fugo_error *error);

/**
 * Wipes and frees `*lineage` and sets it to NULL. Does nothing if `lineage` or `*lineage` is NULL.
 */
fugo_status fugo_lineage_free(fugo_lineage **lineage);

/**
 * `*out` := a translation of the `count` symbols `asked`, 16 bytes each, from the scope of `from` to the scope of `to`.
 * The keys may be freed afterwards. A symbol may be there twice. A row of sixteen zero bytes, which an earlier call
 * refused, is nobody's.
 *
 * A translation links the two scopes for its people. `fugo translate` asks for a grant, and records each run (番号法
 * 23条). These functions do neither: the caller must.
 *
 * Memory: about 50 bytes for each symbol, whatever the roster has; wiped by `fugo_translation_free`. Failures: SAME_KEY;
 * INSURERS_MISSING for an issuer's key; NO_BYTES for a key that a token keeps, which would be asked for every person of
 * the roster; NULL_POINTER, WRONG_HANDLE, OVERFLOW, OVERLAP, OCCUPIED_HANDLE.
 */
fugo_status fugo_translation_new(const fugo_key *from,
                                 const fugo_key *to,
                                 const uint8_t *asked,
                                 size_t count,
                                 fugo_translation **out,
                                 fugo_error *error);

/**
 * Finds the people of `count` rows of the roster, 12 digits each, without separators. Give the whole roster, in as many
 * calls as you like. A row that is given twice changes nothing.
 *
 * `lineage` may be NULL. If it is not, each re-issued number is replaced by the person's first number, and `reissued`,
 * if not NULL, gets the number of these rows. `statuses` and `refused` are as in `fugo_derive_batch`: if a row is
 * refused, all others are added, and the call returns FUGO_STATUS_ROWS_REFUSED. A symbol whose person is in a refused
 * row stays unknown. Failures: NULL_POINTER, WRONG_HANDLE, OVERFLOW, OVERLAP; then no row is added.
 */
fugo_status fugo_translation_add(const fugo_translation *translation,
                                 const fugo_lineage *lineage,
                                 const char *numbers,
                                 size_t count,
                                 fugo_status *statuses,
                                 size_t *refused,
                                 size_t *reissued,
                                 fugo_error *error);

/**
 * `symbols[i]` := the symbol, under the key `to`, of the person with the symbol `asked[i]`, 16 bytes. `count` is the
 * number of asked symbols. The rows have their order, and an order links scopes: sort the rows by the new symbols before
 * you give them to anybody who has the old ones.
 *
 * A row whose person was not found is zeros, and its status is UNKNOWN_SYMBOL; a row that was zeros when it was asked
 * has the status NO_SYMBOL. `statuses` and `refused`, each if not NULL, get the statuses and the number of rows without
 * a symbol. If there is such a row, the call returns FUGO_STATUS_ROWS_REFUSED, and the others have their symbols.
 * More rows may be added after this call. Failures: BUFFER_LENGTH if `count` is another; NULL_POINTER, WRONG_HANDLE,
 * OVERFLOW, OVERLAP.
 */
fugo_status fugo_translation_symbols(const fugo_translation *translation,
                                     uint8_t *symbols,
                                     size_t count,
                                     fugo_status *statuses,
                                     size_t *refused,
                                     fugo_error *error);

/**
 * Wipes and frees `*translation` and sets it to NULL. Does nothing if `translation` or `*translation` is NULL.
 */
fugo_status fugo_translation_free(fugo_translation **translation);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* FUGO_H */
