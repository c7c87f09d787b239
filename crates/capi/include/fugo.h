/*
 * fugo (符号): symbols for Japan's MyNumber, one for each agency.
 *
 * Generated from crates/capi/src; do not edit. The contract is crates/capi/README.md, installed as
 * share/doc/fugo/README.md; in short:
 *
 * - Every call returns a fugo_status, 0 for done; results go out through pointers. `error` may be NULL.
 * - Every buffer has its length in bytes beside it, or `count` rows; no NUL is needed in what goes in.
 * - A call that fails leaves its outputs zeroed; it writes nothing to an output that is NULL, of the wrong length, or that
 *   overlaps another argument (then to none).
 * - A variable for a new handle holds NULL before the call, and still holds it if the call fails.
 * - A handle never changes: any number of threads may use one at once. One thread frees it, when no other uses it.
 * - The library keeps no state that calls share, prints nothing, and lets no panic out.
 *
 * Treat every symbol as the number that it stands for (個人番号): it is not anonymous.
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
 * What `row`, `at` and `found` hold where a status has nothing to tell there.
 */
#define FUGO_NONE 18446744073709551615ull

/**
 * Digits of a MyNumber (個人番号): ASCII, without a NUL at the end.
 */
#define FUGO_NUMBER_LEN 12

/**
 * Digits of its body, which the check digit follows.
 */
#define FUGO_BODY_LEN 11

/**
 * Room for every scope as text, and a NUL.
 */
#define FUGO_SCOPE_TEXT_SIZE 64

/**
 * The longest label.
 */
#define FUGO_LABEL_MAX 51

/**
 * Bytes of a key.
 */
#define FUGO_KEY_LEN 32

/**
 * Bytes of a key's tag, which names the key and is no secret.
 */
#define FUGO_TAG_LEN 4

/**
 * Bytes of a symbol (符号).
 */
#define FUGO_SYMBOL_LEN 16

/**
 * Room for the text of every symbol, 44 to 47 characters by purpose, and a NUL; the length of a row of texts.
 */
#define FUGO_SYMBOL_TEXT_SIZE 48

/**
 * Bytes of a pair of new and previous number.
 */
#define FUGO_PAIR_LEN 24

/**
 * What every call returns: 0, or why it failed. One number for each word of the library's closed vocabularies, which
 * `fugo_status_kind` gives. A number never changes its meaning; later versions may have more of them.
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
     * The number of rows times their length is more than there are addresses.
     */
    FUGO_STATUS_OVERFLOW = 3,
    /**
     * An output shares bytes with an input or with another output.
     */
    FUGO_STATUS_OVERLAP = 4,
    /**
     * A handle of another type, or none of this library's.
     */
    FUGO_STATUS_WRONG_HANDLE = 5,
    /**
     * An argument has none of the values that it may have.
     */
    FUGO_STATUS_UNKNOWN_VALUE = 6,
    /**
     * Header and library are not of versions that go together.
     */
    FUGO_STATUS_VERSION_MISMATCH = 7,
    /**
     * The variable for a new handle is not NULL: it may hold one, which would never be wiped.
     */
    FUGO_STATUS_OCCUPIED_HANDLE = 8,
    /**
     * A fault in the library was stopped. Report it with `at` and `found` of the error.
     */
    FUGO_STATUS_PANIC = 10,
    /**
     * The system gave no random bytes.
     */
    FUGO_STATUS_RANDOM = 11,
    /**
     * A failure for which this version has no status of its own.
     */
    FUGO_STATUS_OTHER = 12,
    /**
     * Some rows were refused; the others are done.
     */
    FUGO_STATUS_ROWS_REFUSED = 20,
    /**
     * A byte is no ASCII digit.
     */
    FUGO_STATUS_NON_DIGIT = 101,
    /**
     * Digits only, but not as many as there must be.
     */
    FUGO_STATUS_LENGTH = 102,
    /**
     * The last digit is not the check digit of those before it.
     */
    FUGO_STATUS_CHECK_DIGIT = 103,
    /**
     * Twelve zeros.
     */
    FUGO_STATUS_NEVER_ISSUED = 104,
    /**
     * Nothing but spaces and invisibles; a passphrase or identity file with nothing in it.
     */
    FUGO_STATUS_EMPTY = 201,
    /**
     * 1.23457E+11: digits are lost.
     */
    FUGO_STATUS_SCIENTIFIC_NOTATION = 202,
    /**
     * A character that is neither a digit nor an accepted separator.
     */
    FUGO_STATUS_CHARACTER = 203,
    /**
     * Separators elsewhere than between three groups of four digits.
     */
    FUGO_STATUS_GROUPING = 204,
    /**
     * Not UTF-8.
     */
    FUGO_STATUS_NOT_TEXT = 205,
    /**
     * Not written purpose/id/epoch.
     */
    FUGO_STATUS_SCOPE_FORM = 301,
    /**
     * The id breaks its alphabet or length.
     */
    FUGO_STATUS_SCOPE_ID = 302,
    /**
     * Insurers and eligibility have the one id `all`.
     */
    FUGO_STATUS_SCOPE_ID_FIXED = 303,
    /**
     * An epoch is 1 to 4294967295.
     */
    FUGO_STATUS_EPOCH_ZERO = 304,
    /**
     * No purpose of that name or number.
     */
    FUGO_STATUS_UNKNOWN_PURPOSE = 305,
    /**
     * A key or text of another purpose than the one that is needed.
     */
    FUGO_STATUS_WRONG_PURPOSE = 401,
    /**
     * Eligibility symbols start from the insurers' epoch 1 only.
     */
    FUGO_STATUS_INSURERS_EPOCH = 402,
    /**
     * An eligibility key alone cannot start from a number.
     */
    FUGO_STATUS_INSURERS_MISSING = 403,
    /**
     * Not a whole symbol in lower case with a matching checksum.
     */
    FUGO_STATUS_CORRUPTED = 501,
    /**
     * A human-readable part that this version does not know.
     */
    FUGO_STATUS_UNKNOWN_PART = 502,
    /**
     * The text is of another scope or epoch.
     */
    FUGO_STATUS_WRONG_KEY = 503,
    /**
     * Sixteen zero bytes, which stand for a refused row or a failed call and are nobody's symbol.
     */
    FUGO_STATUS_NO_SYMBOL = 504,
    /**
     * A pair names one number twice.
     */
    FUGO_STATUS_SELF_PAIR = 601,
    /**
     * A new number stands in two pairs.
     */
    FUGO_STATUS_DUPLICATE_NEW = 602,
    /**
     * A previous number stands in two pairs.
     */
    FUGO_STATUS_DUPLICATE_PREVIOUS = 603,
    /**
     * A chain of re-issued numbers comes back to where it began.
     */
    FUGO_STATUS_CYCLE = 604,
    /**
     * A line that such a file does not have.
     */
    FUGO_STATUS_UNKNOWN_LINE = 701,
    /**
     * A line is missing or out of order.
     */
    FUGO_STATUS_MISSING_LINE = 702,
    /**
     * A value that does not parse.
     */
    FUGO_STATUS_BAD_VALUE = 703,
    /**
     * The tag is not that of the key.
     */
    FUGO_STATUS_TAG_MISMATCH = 704,
    /**
     * A root key where a scope's was asked for, or the reverse.
     */
    FUGO_STATUS_WRONG_KIND = 705,
    /**
     * Neither an age file nor `fugo-key 1`.
     */
    FUGO_STATUS_NOT_A_KEY_FILE = 801,
    /**
     * Cut, altered, or of a later version.
     */
    FUGO_STATUS_DAMAGED = 802,
    /**
     * More than 65536 bytes.
     */
    FUGO_STATUS_TOO_LARGE = 803,
    /**
     * Locked with a passphrase, and none was given.
     */
    FUGO_STATUS_PASSPHRASE_NEEDED = 804,
    /**
     * The passphrase does not open the file.
     */
    FUGO_STATUS_WRONG_PASSPHRASE = 805,
    /**
     * Locked to recipients, and no identity was given.
     */
    FUGO_STATUS_IDENTITY_NEEDED = 806,
    /**
     * No identity given opens the file.
     */
    FUGO_STATUS_WRONG_IDENTITY = 807,
    /**
     * The file asks for more work than is accepted.
     */
    FUGO_STATUS_EXCESSIVE_WORK = 808,
    /**
     * Group or others have a right to a file that holds a secret.
     */
    FUGO_STATUS_OTHERS_CAN_READ = 809,
    /**
     * A production key without encryption.
     */
    FUGO_STATUS_PLAINTEXT_PRODUCTION = 810,
    /**
     * A line of an identity file is no X25519 identity.
     */
    FUGO_STATUS_IDENTITY = 811,
    /**
     * The system could not open or read a file.
     */
    FUGO_STATUS_IO = 812,
    /**
     * A production key that a passphrase locks with less work than is accepted.
     */
    FUGO_STATUS_INSUFFICIENT_WORK = 813,
    /**
     * More recipients than are tried.
     */
    FUGO_STATUS_TOO_MANY_RECIPIENTS = 814,
    /**
     * A path that names no regular file.
     */
    FUGO_STATUS_NOT_A_FILE = 815,
    /**
     * A test key where test keys were not asked for.
     */
    FUGO_STATUS_TEST_KEY = 816,
    /**
     * A production key that anybody can guess.
     */
    FUGO_STATUS_WEAK_KEY = 817,
    /**
     * More identities than are tried.
     */
    FUGO_STATUS_TOO_MANY_IDENTITIES = 818,
    /**
     * A passphrase with a control character or a byte order mark.
     */
    FUGO_STATUS_CONTROL_CHARACTER = 819,
    /**
     * A file is there already; a key file is never replaced.
     */
    FUGO_STATUS_EXISTS = 820,
    /**
     * A passphrase of no characters.
     */
    FUGO_STATUS_EMPTY_PASSPHRASE = 821,
    /**
     * A passphrase of fewer than 12 characters, or of fewer than 5 different ones.
     */
    FUGO_STATUS_SHORT_PASSPHRASE = 822,
    /**
     * No recipient: nobody could open the file.
     */
    FUGO_STATUS_NO_RECIPIENT = 823,
    /**
     * A line that is no X25519 recipient.
     */
    FUGO_STATUS_RECIPIENT = 824,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum fugo_status fugo_status;
#else
typedef int32_t fugo_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What normalisation changed: bits of the `changes` of `fugo_normalize`.
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
 * What symbols are for.
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
 * What opens a key file.
 */
enum fugo_unlock
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Nothing: a test key in plaintext.
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
     * Added to one of the others: test keys are taken too. Without it a file that says `use: test` is refused.
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
 * What locks a new key file.
 */
enum fugo_seal
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Nothing: for test keys only.
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
     * Recipients of age (`age1...`), one a line; the identity of any one of them opens the file.
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
 * Which rung of the ladder a key is.
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
     * The key of one scope.
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
 * What a key may be used for.
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
 * A key ready to derive symbols: its HMAC states are prepared once.
 */
typedef struct fugo_key fugo_key;

/**
 * What a key file said: one key, what it may be used for, and its tag.
 */
typedef struct fugo_key_file fugo_key_file;

/**
 * Which number a person had first. A leaked number is replaced by a new one, and the person keeps the symbols of the
 * first.
 */
typedef struct fugo_lineage fugo_lineage;

/**
 * The root of a key ladder. Whoever has it can derive every symbol of every scope.
 */
typedef struct fugo_root_key fugo_root_key;

/**
 * The key of one scope: of one purpose, id and epoch.
 */
typedef struct fugo_scope_key fugo_scope_key;

/**
 * Details of a failure: written by every call that is given one, also when it succeeds (then `FUGO_STATUS_OK` and
 * three times `FUGO_NONE`). It holds offsets, lengths and numbers of lines, never a part of a value. Every function
 * takes NULL instead of one. It is an output: where it overlaps another argument the call fails with OVERLAP and does
 * not write it.
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
 * Which file: 0 the key file, 1 the one that unlocks it, 2 the identity file where a passphrase is given too. What is not in the table is `FUGO_NONE`.
 */
typedef struct {
    /**
     * What the call returned.
     */
    fugo_status status;
    /**
     * Row or pair, from 0.
     */
    uint64_t row;
    /**
     * Where.
     */
    uint64_t at;
    /**
     * What was found.
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
 * The library's version as text, such as `0.1.0`. Static: never NULL, never freed.
 */
const char *fugo_version_text(void);

/**
 * How batches are derived on this processor, for reports and bug reports: `sha-ni` with the SHA extensions of x86,
 * `avx2` eight at a time with AVX2, `portable` otherwise. The symbols are the same. Static: never NULL, never freed.
 */
const char *fugo_level(void);

/**
 * Whether a program that was compiled with the header of version `header` runs with this library: the same major
 * version (while that is 0, the same minor version too), and a library no older than the header. Call it once, as
 * `fugo_version_check(FUGO_VERSION)`. Otherwise `FUGO_STATUS_VERSION_MISMATCH`.
 */
fugo_status fugo_version_check(uint32_t header);

/**
 * One English sentence about a status, for people. Static: never NULL, never freed. It takes any number; one that is
 * no status has a sentence that says so.
 */
const char *fugo_status_message(int32_t status);

/**
 * The word of a status, for programs and logs: `ok`, `non-digit`, `check-digit` and so on, the same in every binding
 * of the library and in its test vectors. Static: never NULL, never freed. A number that is no status has `unknown`.
 */
const char *fugo_status_kind(int32_t status);

/**
 * Whether `text`, `text_len` bytes, is a MyNumber: exactly twelve ASCII digits, the last of them the check digit of
 * the first eleven. No white space, no other digits, no NUL. Failures, the first that applies: NON_DIGIT (`at`),
 * LENGTH (`found`), CHECK_DIGIT, NEVER_ISSUED (twelve zeros). A valid number need not be anybody's: one random text of
 * twelve digits in ten is valid.
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
 * `digits` := the MyNumber in `text` (UTF-8) as real files have it: groups of four with spaces, hyphens or points
 * between, full-width digits, invisible characters, spaces around. `digits_len` is FUGO_NUMBER_LEN; the twelve digits
 * passed the strict check. `*changes` says what was changed, as FUGO_CHANGE bits.
 *
 * With `restore_zeros` 1 nine to eleven digits get their lost leading zeros back; this makes another person's number
 * of one other eleven-digit code in ten, so count FUGO_CHANGE_ZEROS_RESTORED. With 0 they are refused. For an integer,
 * give its decimal text as `%lld` prints it: `%012lld` would make a person of every tenth row number.
 *
 * Failures: NOT_TEXT (`at`), EMPTY, SCIENTIFIC_NOTATION, CHARACTER (`at`), GROUPING, LENGTH (`found`); then those of
 * `fugo_number_check`; UNKNOWN_VALUE for another `restore_zeros`.
 */
fugo_status fugo_normalize(const char *text,
                           size_t text_len,
                           int32_t restore_zeros,
                           char *digits,
                           size_t digits_len,
                           uint32_t *changes,
                           fugo_error *error);

/**
 * The name of a purpose, `agency` to `portal`, as in scopes; empty if the number is no purpose. Static: never NULL,
 * never freed.
 */
const char *fugo_purpose_name(int32_t purpose);

/**
 * `text` := `purpose/id/epoch`, such as `agency/nta/1`, checked, and NUL up to `text_size`, which is at least
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
 * scope written `purpose/id/epoch`: what its key is derived with, if you do that in an HSM. `label_size` is at least
 * FUGO_LABEL_MAX; `*label_len` := 12 to 51, and zeros follow. Failures: SCOPE_FORM, SCOPE_ID, SCOPE_ID_FIXED,
 * EPOCH_ZERO, UNKNOWN_PURPOSE, NOT_TEXT.
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
 * `*out` := the root key of these bytes; `bytes_len` is FUGO_KEY_LEN. Wipe your own copy.
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
 * Wipes and frees `*key` and sets it to NULL. Nothing if `key` or `*key` is NULL.
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
 * `*out` := the key of this scope from the bytes that its root key made for it (in an HSM, say); `bytes_len` is
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
 * `text` := the scope, `purpose/id/epoch`, and NUL up to `text_size`, which is at least FUGO_SCOPE_TEXT_SIZE.
 */
fugo_status fugo_scope_key_scope(const fugo_scope_key *key,
                                 char *text,
                                 size_t text_size,
                                 fugo_error *error);

/**
 * `*equal` := 1 if both keys are of one scope and have the same bytes, else 0; bytes are compared in constant time. No
 * function gives a key's bytes back.
 */
fugo_status fugo_scope_key_equal(const fugo_scope_key *first,
                                 const fugo_scope_key *second,
                                 int32_t *equal,
                                 fugo_error *error);

/**
 * Wipes and frees `*key` and sets it to NULL. Nothing if `key` or `*key` is NULL.
 */
fugo_status fugo_scope_key_free(fugo_scope_key **key);

/**
 * `*out` := a key that derives symbols of `key`'s scope from numbers; any purpose but eligibility. `key` may be freed.
 * Failure: INSURERS_MISSING for an eligibility key.
 */
fugo_status fugo_key_new(const fugo_scope_key *key,
                         fugo_key **out,
                         fugo_error *error);

/**
 * `*out` := a key that derives eligibility symbols from numbers, through the insurers' symbol: both scope keys, that
 * of the insurers of epoch 1. It also derives from insurers' symbols. Both may be freed. Failures: WRONG_PURPOSE,
 * INSURERS_EPOCH.
 */
fugo_status fugo_key_eligibility(const fugo_scope_key *insurers,
                                 const fugo_scope_key *eligibility,
                                 fugo_key **out,
                                 fugo_error *error);

/**
 * `*out` := the issuer's key, which derives eligibility symbols from insurers' symbols alone and takes no numbers: the
 * scope key of eligibility, which may be freed. Failure: WRONG_PURPOSE.
 */
fugo_status fugo_key_issuer(const fugo_scope_key *eligibility,
                            fugo_key **out,
                            fugo_error *error);

/**
 * `tag` := the tag of the key that symbols are named by; `tag_len` is FUGO_TAG_LEN.
 */
fugo_status fugo_key_tag(const fugo_key *key, uint8_t *tag, size_t tag_len, fugo_error *error);

/**
 * `text` := the scope of the symbols, and NUL up to `text_size`, which is at least FUGO_SCOPE_TEXT_SIZE.
 */
fugo_status fugo_key_scope(const fugo_key *key,
                           char *text,
                           size_t text_size,
                           fugo_error *error);

/**
 * Wipes and frees `*key` and sets it to NULL. Nothing if `key` or `*key` is NULL.
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
 * `symbols[i]` := the symbol of `numbers[i]`, as `fugo_derive`, for `count` rows: 12 digits in, 16 bytes out, row
 * behind row with nothing in between. A row that is refused has a symbol of zeros, which is no symbol of anybody.
 *
 * `statuses`, if not NULL, gets FUGO_STATUS_OK or why the row was refused, for each of the `count` rows. `refused`, if
 * not NULL, gets how many were. If any row was, the call returns FUGO_STATUS_ROWS_REFUSED (the error's `row` is the
 * first of them, `found` how many) with all other rows done; so FUGO_STATUS_OK means that every row has its symbol.
 *
 * Memory: 12 KiB, wiped, whatever the count. One thread; for more, split the rows and share the key.
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
 * `fugo_derive_batch` of the person's first numbers: each of the `count` numbers that `lineage` lists as new is replaced
 * by the first number of the same person (`fugo_lineage_first`) before its symbol is derived, so that the person keeps
 * one symbol. `reissued`, if not NULL, gets how many rows were replaced. All else is as `fugo_derive_batch` says.
 * Failures: those of `fugo_derive_batch`; NULL_POINTER if `lineage` is NULL, which is not a lineage of no pairs.
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
 * `symbol` := HMAC-SHA-256(eligibility key, insurers' symbol of epoch 1)[0..16]: the issuer's way, in which no number
 * appears. Both lengths are FUGO_SYMBOL_LEN. The bytes of a symbol do not say their epoch: only insurers' symbols of
 * epoch 1 belong here; decode them from their text form with the tag of that key. Failures: WRONG_PURPOSE for a key of
 * another purpose than eligibility; NO_SYMBOL for sixteen zero bytes, which a failed call leaves.
 */
fugo_status fugo_derive_from_insurers(const fugo_key *key,
                                      const uint8_t *insurers,
                                      size_t insurers_len,
                                      uint8_t *symbol,
                                      size_t symbol_len,
                                      fugo_error *error);

/**
 * `symbols[i]` := the eligibility symbol of `insurers[i]`, as `fugo_derive_from_insurers`, for `count` rows: 16 bytes
 * in, 16 bytes out, row behind row. A row of sixteen zero bytes, which an earlier call refused, stays so; the call then
 * returns FUGO_STATUS_ROWS_REFUSED (the error's `row` is the first of them, `found` how many) with all other rows done.
 * Failures: OVERFLOW, OVERLAP, NULL_POINTER, WRONG_PURPOSE.
 */
fugo_status fugo_derive_from_insurers_batch(const fugo_key *key,
                                            const uint8_t *insurers,
                                            uint8_t *symbols,
                                            size_t count,
                                            fugo_error *error);

/**
 * `text` := the text form of a symbol that `key` made: Bech32m over tag || symbol, 44 to 47 characters such as
 * `kikan1...`, and NUL up to `text_size`, which is at least FUGO_SYMBOL_TEXT_SIZE. `symbol_len` is FUGO_SYMBOL_LEN.
 * Failure: NO_SYMBOL for sixteen zero bytes, which a failed call leaves.
 */
fugo_status fugo_text_encode(const fugo_key *key,
                             const uint8_t *symbol,
                             size_t symbol_len,
                             char *text,
                             size_t text_size,
                             fugo_error *error);

/**
 * `texts[i]` := the text form of `symbols[i]`, as `fugo_text_encode`, for `count` rows: 16 bytes in,
 * FUGO_SYMBOL_TEXT_SIZE bytes out, row behind row, NUL behind each text up to the end of its row. A row of sixteen zero
 * bytes, which is a refused row, becomes a row of NUL: an empty text. Failures: OVERFLOW, OVERLAP, NULL_POINTER.
 */
fugo_status fugo_text_encode_batch(const fugo_key *key,
                                   const uint8_t *symbols,
                                   char *texts,
                                   size_t count,
                                   fugo_error *error);

/**
 * `symbol` := the symbol that has this text under `key`; the text must be what encoding gives, byte for byte, without
 * a NUL among its `text_len` bytes. `symbol_len` is FUGO_SYMBOL_LEN. Failures: CORRUPTED; then, only behind a good
 * checksum, UNKNOWN_PART, WRONG_PURPOSE (`found`), WRONG_KEY (`found`).
 */
fugo_status fugo_text_decode(const fugo_key *key,
                             const char *text,
                             size_t text_len,
                             uint8_t *symbol,
                             size_t symbol_len,
                             fugo_error *error);

/**
 * `fugo_text_encode` for who receives symbols and has no key: `purpose` is a fugo_purpose, `tag` the tag of the key,
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
 * `fugo_text_decode` for who receives symbols and has no key: `purpose` is the fugo_purpose and `tag`, of FUGO_TAG_LEN
 * bytes, the tag that are expected. Failures: those of `fugo_text_decode`; UNKNOWN_PURPOSE.
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
 * `*out` := the key file at `path` (bytes as the system has them, UTF-8 on Windows; no NUL needed), opened with
 * `unlock`:
 *
 * | how                         | unlock, unlock_len                                                         |
 * |-----------------------------|----------------------------------------------------------------------------|
 * | FUGO_UNLOCK_NONE            | NULL, 0                                                                    |
 * | FUGO_UNLOCK_PASSPHRASE      | the passphrase, UTF-8; wipe your own copy                                  |
 * | FUGO_UNLOCK_PASSPHRASE_FILE | the path of a file of its owner's only, whose first line is the passphrase |
 * | FUGO_UNLOCK_IDENTITY_FILE   | the path of an age identity file of its owner's only                       |
 *
 * `| FUGO_UNLOCK_TEST_KEYS` takes test keys too, for published and invented numbers; without it they are refused
 * (TEST_KEY). A passphrase takes about a second and 256 MiB. The tag is recomputed. Failures: those of
 * `fugo_key_file_parse`; TEST_KEY, WEAK_KEY, NOT_A_FILE, INSUFFICIENT_WORK, TOO_MANY_RECIPIENTS, NOT_A_KEY_FILE, DAMAGED, TOO_LARGE, PASSPHRASE_NEEDED, WRONG_PASSPHRASE, IDENTITY_NEEDED, WRONG_IDENTITY,
 * EXCESSIVE_WORK, OTHERS_CAN_READ, PLAINTEXT_PRODUCTION, IO; of what unlocks NOT_TEXT, EMPTY, IDENTITY (`at` is the
 * line), OTHERS_CAN_READ, TOO_LARGE, IO (`at` is 1); UNKNOWN_VALUE.
 */
fugo_status fugo_key_file_load(const char *path,
                               size_t path_len,
                               int32_t how,
                               const char *unlock,
                               size_t unlock_len,
                               fugo_key_file **out,
                               fugo_error *error);

/**
 * `*out` := the key file whose bytes are given, as a store of secrets gives them, opened as by `fugo_key_file_load`.
 * Failures: the same, without those of reading a file at `path`.
 */
fugo_status fugo_key_file_open(const uint8_t *bytes,
                               size_t bytes_len,
                               int32_t how,
                               const char *unlock,
                               size_t unlock_len,
                               fugo_key_file **out,
                               fugo_error *error);

/**
 * `*out` := the key file at `path`, opened with a passphrase or an age identity, whichever it is locked with: a program
 * that is given both need not know. `how` and `passphrase` are FUGO_UNLOCK_NONE, FUGO_UNLOCK_PASSPHRASE or
 * FUGO_UNLOCK_PASSPHRASE_FILE as in `fugo_key_file_load`, with or without `| FUGO_UNLOCK_TEST_KEYS`; `identity_file` is
 * the path of an age identity file, or NULL, 0. Both are read before the key file is tried. Failures: those of
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
 * `*out` := the key file whose bytes are given, opened as by `fugo_key_file_load_either`. Failures: the same, without
 * those of reading a file at `path`.
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
 * `*out` := the key file whose plaintext, what is inside the encryption, is given. Failures, with `at` the number of
 * the line from 1: UNKNOWN_LINE, MISSING_LINE, BAD_VALUE, TAG_MISMATCH. Whether it is a test key is not looked at:
 * `fugo_key_file_usage` tells.
 */
fugo_status fugo_key_file_parse(const char *plaintext,
                                size_t plaintext_len,
                                fugo_key_file **out,
                                fugo_error *error);

/**
 * `*out` := the file of a root key, not written yet; `usage` is FUGO_USE_PRODUCTION or FUGO_USE_TEST. The key may be
 * freed. Failure: UNKNOWN_VALUE.
 */
fugo_status fugo_key_file_of_root(const fugo_root_key *key,
                                  int32_t usage,
                                  fugo_key_file **out,
                                  fugo_error *error);

/**
 * `*out` := the file of a scope's key, as `fugo_key_file_of_root`.
 */
fugo_status fugo_key_file_of_scope(const fugo_scope_key *key,
                                   int32_t usage,
                                   fugo_key_file **out,
                                   fugo_error *error);

/**
 * Writes a new file at `path`, readable by its owner only, whole or not at all, and locked as `how`, a fugo_seal, and
 * `with` say. A file that exists is never replaced. A passphrase takes about a second and 256 MiB. Failures: EXISTS,
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
 * `tag` := the tag of the key; `tag_len` is FUGO_TAG_LEN.
 */
fugo_status fugo_key_file_tag(const fugo_key_file *file,
                              uint8_t *tag,
                              size_t tag_len,
                              fugo_error *error);

/**
 * `text` := the scope of a scope's key, and NUL up to `text_size`, which is at least FUGO_SCOPE_TEXT_SIZE. Failure:
 * WRONG_KIND for a root key.
 */
fugo_status fugo_key_file_scope(const fugo_key_file *file,
                                char *text,
                                size_t text_size,
                                fugo_error *error);

/**
 * `*out` := the root key of the file, which may be freed. Failure: WRONG_KIND for a scope's key.
 */
fugo_status fugo_key_file_root_key(const fugo_key_file *file,
                                   fugo_root_key **out,
                                   fugo_error *error);

/**
 * `*out` := the scope key of the file, which may be freed. Failure: WRONG_KIND for a root key.
 */
fugo_status fugo_key_file_scope_key(const fugo_key_file *file,
                                    fugo_scope_key **out,
                                    fugo_error *error);

/**
 * Wipes and frees `*file` and sets it to NULL. Nothing if `file` or `*file` is NULL.
 */
fugo_status fugo_key_file_free(fugo_key_file **file);

/**
 * `*out` := the lineage of `count` pairs of 24 bytes, new number and previous number, pair behind pair. A number
 * stands at most once in each column; chains are resolved. Failures, with `row` the pair from 0: NON_DIGIT (`at`, 0 to
 * 23), CHECK_DIGIT and NEVER_ISSUED (`at` 0 the new number, 12 the previous one), SELF_PAIR, DUPLICATE_NEW,
 * DUPLICATE_PREVIOUS; CYCLE, without a row; OVERFLOW. Memory: 24 bytes a pair, and 36 more while it is made.
 */
fugo_status fugo_lineage_new(const char *pairs,
                             size_t count,
                             fugo_lineage **out,
                             fugo_error *error);

/**
 * `first` := the first number of the person who has `number`; the number itself if it is in no pair as a new one.
 * `first_len` is FUGO_NUMBER_LEN. Failures: those of `fugo_number_check`.
 */
fugo_status fugo_lineage_first(const fugo_lineage *lineage,
                               const char *number,
                               size_t number_len,
                               char *first,
                               size_t first_len,
                               fugo_error *error);

/**
 * Wipes and frees `*lineage` and sets it to NULL. Nothing if `lineage` or `*lineage` is NULL.
 */
fugo_status fugo_lineage_free(fugo_lineage **lineage);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* FUGO_H */
