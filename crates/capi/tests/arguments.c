/* Wrong arguments of every call: NULL, lengths, overlap, overflow, handles of another type. */
#include "expect.h"

#define HALF (SIZE_MAX / 2)

static fugo_root_key *root;
static fugo_scope_key *scope_key, *insurers_key, *eligibility_key;
static fugo_key *key, *issuer;
static fugo_key_file *file;
static fugo_lineage *lineage;
static fugo_key *other;
static fugo_translation *translation;

static const char PLAINTEXT[] = "fugo-key 1\nkind: root\nuse: test\ntag: 0e84213a\nkey: "
                                "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
static const char PAIR[] = "000000000051" NUMBER;

/* The length of an output is wrong: nothing is written, and `found` is the length. */
#define WRONG_LENGTH(call, length)                                                    \
    do {                                                                              \
        fugo_error error;                                                             \
        memset(bytes, 0xee, sizeof bytes);                                            \
        STATUS(FUGO_STATUS_BUFFER_LENGTH, call);                                      \
        EXPECT(error.status == FUGO_STATUS_BUFFER_LENGTH && error.found == (length)); \
        EXPECT(is_filled(bytes, sizeof bytes, 0xee));                                 \
    } while (0)

/* The call fails, but the output itself is valid: exactly `len` bytes of `bytes` are zeroed. */
#define ZEROED(expected, call, len)                                                          \
    do {                                                                                     \
        memset(bytes, 0xee, sizeof bytes);                                                   \
        STATUS(expected, call);                                                              \
        EXPECT(is_zero(bytes, len) && is_filled(bytes + (len), sizeof bytes - (len), 0xee)); \
    } while (0)

/* The call fails, and nothing is written. */
#define UNTOUCHED(expected, call)                     \
    do {                                              \
        memset(bytes, 0xee, sizeof bytes);            \
        STATUS(expected, call);                       \
        EXPECT(is_filled(bytes, sizeof bytes, 0xee)); \
    } while (0)

/* A handle's variable stays NULL after a failure. */
#define NO_HANDLE(type, expected, call) \
    do {                                \
        type *out = NULL;               \
        STATUS(expected, call);         \
        EXPECT(out == NULL);            \
    } while (0)

/* A variable that is not NULL is refused, named and left unchanged. Its handle would never be wiped. */
#define OCCUPIED(type, argument, call)                                                         \
    do {                                                                                       \
        fugo_error error;                                                                      \
        type *out = (type *)(void *)bytes;                                                     \
        STATUS(FUGO_STATUS_OCCUPIED_HANDLE, call);                                             \
        EXPECT(out == (type *)(void *)bytes && error.status == FUGO_STATUS_OCCUPIED_HANDLE);   \
        EXPECT(error.at == (argument) && error.found == FUGO_NONE && error.row == FUGO_NONE);  \
    } while (0)

/* The error names the argument at fault, counted from 1. */
#define ARGUMENT(expected, place, call)                                \
    do {                                                               \
        fugo_error error;                                              \
        STATUS(expected, call);                                        \
        EXPECT((int)error.status == (int)(expected) && error.at == (place)); \
    } while (0)

static union {
    uint64_t align;
    unsigned char all[256];
} memory;
#define bytes memory.all
#define chars ((char *)bytes)

enum {
    NUL = FUGO_STATUS_NULL_POINTER,
    HND = FUGO_STATUS_WRONG_HANDLE,
    LAP = FUGO_STATUS_OVERLAP,
    OVR = FUGO_STATUS_OVERFLOW
};

static void numbers(void)
{
    uint32_t changes = 9;
    STATUS(NUL, fugo_number_check(NULL, 12, NULL));
    STATUS(OVR, fugo_number_check(NUMBER, SIZE_MAX, NULL));
    STATUS(OVR, fugo_number_check(NUMBER, HALF + 1, NULL));

    STATUS(NUL, fugo_check_digit(NUMBER, 11, NULL, NULL));
    ZEROED(NUL, fugo_check_digit(NULL, 11, bytes, NULL), 1);
    UNTOUCHED(OVR, fugo_check_digit(NUMBER, SIZE_MAX, bytes, NULL));
    UNTOUCHED(LAP, fugo_check_digit(chars, 11, bytes + 10, NULL));

    ZEROED(NUL, fugo_normalize(NULL, 12, 0, chars, 12, &changes, NULL), 12);
    EXPECT(changes == 0);
    ZEROED(NUL, fugo_normalize(NUMBER, 12, 0, chars, 12, NULL, NULL), 12);
    changes = 9;
    STATUS(NUL, fugo_normalize(NUMBER, 12, 0, NULL, 12, &changes, NULL));
    EXPECT(changes == 0);
    WRONG_LENGTH(fugo_normalize(NUMBER, 12, 0, chars, 11, &changes, &error), 11);
    WRONG_LENGTH(fugo_normalize(NUMBER, 12, 0, chars, 13, &changes, &error), 13);
    UNTOUCHED(OVR, fugo_normalize(NUMBER, SIZE_MAX, 0, chars, 12, &changes, NULL));
    UNTOUCHED(OVR, fugo_normalize(NUMBER, 12, 0, chars, SIZE_MAX, &changes, NULL));
    UNTOUCHED(LAP, fugo_normalize(chars, 12, 0, chars + 11, 12, &changes, NULL));
    UNTOUCHED(LAP, fugo_normalize(NUMBER, 12, 0, chars, 12, (uint32_t *)(void *)(bytes + 8), NULL));
    UNTOUCHED(LAP, fugo_normalize(chars, 12, 0, chars + 100, 12, (uint32_t *)(void *)(bytes + 8), NULL));
}

static void scopes(void)
{
    size_t len = 9;
    ZEROED(NUL, fugo_scope_text(NULL, 6, "nta", 3, 1, chars, 64, NULL), 64);
    ZEROED(NUL, fugo_scope_text("agency", 6, NULL, 3, 1, chars, 64, NULL), 64);
    STATUS(NUL, fugo_scope_text("agency", 6, "nta", 3, 1, NULL, 64, NULL));
    WRONG_LENGTH(fugo_scope_text("agency", 6, "nta", 3, 1, chars, 63, &error), 63);
    UNTOUCHED(OVR, fugo_scope_text("agency", SIZE_MAX, "nta", 3, 1, chars, 64, NULL));
    UNTOUCHED(OVR, fugo_scope_text("agency", 6, "nta", SIZE_MAX, 1, chars, 64, NULL));
    UNTOUCHED(LAP, fugo_scope_text(chars + 63, 6, "nta", 3, 1, chars, 64, NULL));
    UNTOUCHED(LAP, fugo_scope_text("agency", 6, chars + 2, 3, 1, chars, 64, NULL));

    ZEROED(NUL, fugo_scope_label(NULL, 12, bytes, 51, &len, NULL), 51);
    EXPECT(len == 0);
    STATUS(NUL, fugo_scope_label(SCOPE, 12, NULL, 51, &len, NULL));
    ZEROED(NUL, fugo_scope_label(SCOPE, 12, bytes, 51, NULL, NULL), 51);
    WRONG_LENGTH(fugo_scope_label(SCOPE, 12, bytes, 50, &len, &error), 50);
    UNTOUCHED(OVR, fugo_scope_label(SCOPE, SIZE_MAX, bytes, 51, &len, NULL));
    UNTOUCHED(LAP, fugo_scope_label(chars, 12, bytes, 51, &len, NULL));
    UNTOUCHED(LAP, fugo_scope_label(SCOPE, 12, bytes, 51, (size_t *)(void *)bytes, NULL));
}

static void roots(void)
{
    STATUS(NUL, fugo_root_key_random(NULL, NULL));
    STATUS(NUL, fugo_root_key_from_bytes(ROOT_BYTES, 32, NULL, NULL));
    NO_HANDLE(fugo_root_key, NUL, fugo_root_key_from_bytes(NULL, 32, &out, NULL));
    NO_HANDLE(fugo_root_key, FUGO_STATUS_BUFFER_LENGTH, fugo_root_key_from_bytes(ROOT_BYTES, 31, &out, NULL));
    NO_HANDLE(fugo_root_key, FUGO_STATUS_BUFFER_LENGTH, fugo_root_key_from_bytes(ROOT_BYTES, 33, &out, NULL));
    NO_HANDLE(fugo_root_key, FUGO_STATUS_BUFFER_LENGTH, fugo_root_key_from_bytes(NULL, 0, &out, NULL));
    UNTOUCHED(LAP, fugo_root_key_from_bytes(bytes, 32, (fugo_root_key **)(void *)bytes, NULL));
    UNTOUCHED(OVR, fugo_root_key_from_bytes(bytes, SIZE_MAX, (fugo_root_key **)(void *)(bytes + 64), NULL));
    ZEROED(NUL, fugo_root_key_tag(NULL, bytes, 4, NULL), 4);
    ZEROED(HND, fugo_root_key_tag((fugo_root_key *)(void *)scope_key, bytes, 4, NULL), 4);
    STATUS(NUL, fugo_root_key_tag(root, NULL, 4, NULL));
    WRONG_LENGTH(fugo_root_key_tag(root, bytes, 3, &error), 3);
    UNTOUCHED(OVR, fugo_root_key_tag(root, bytes, SIZE_MAX, NULL));
    OK(fugo_root_key_free(NULL));
}

static void scope_keys(void)
{
    int32_t equal = 9;
    STATUS(NUL, fugo_scope_key_derive(root, SCOPE, 12, NULL, NULL));
    NO_HANDLE(fugo_scope_key, NUL, fugo_scope_key_derive(NULL, SCOPE, 12, &out, NULL));
    NO_HANDLE(fugo_scope_key, NUL, fugo_scope_key_derive(root, NULL, 12, &out, NULL));
    NO_HANDLE(fugo_scope_key, HND, fugo_scope_key_derive((fugo_root_key *)(void *)key, SCOPE, 12, &out, NULL));
    UNTOUCHED(OVR, fugo_scope_key_derive(root, SCOPE, SIZE_MAX, (fugo_scope_key **)(void *)bytes, NULL));
    UNTOUCHED(LAP, fugo_scope_key_derive(root, chars, 12, (fugo_scope_key **)(void *)bytes, NULL));

    STATUS(NUL, fugo_scope_key_from_bytes(SCOPE, 12, SCOPE_BYTES, 32, NULL, NULL));
    NO_HANDLE(fugo_scope_key, NUL, fugo_scope_key_from_bytes(NULL, 12, SCOPE_BYTES, 32, &out, NULL));
    NO_HANDLE(fugo_scope_key, NUL, fugo_scope_key_from_bytes(SCOPE, 12, NULL, 32, &out, NULL));
    NO_HANDLE(fugo_scope_key, FUGO_STATUS_BUFFER_LENGTH,
              fugo_scope_key_from_bytes(SCOPE, 12, SCOPE_BYTES, 16, &out, NULL));
    UNTOUCHED(OVR, fugo_scope_key_from_bytes(SCOPE, SIZE_MAX, SCOPE_BYTES, 32, (fugo_scope_key **)(void *)bytes, NULL));
    UNTOUCHED(LAP, fugo_scope_key_from_bytes(SCOPE, 12, bytes, 32, (fugo_scope_key **)(void *)bytes, NULL));
    UNTOUCHED(LAP, fugo_scope_key_from_bytes(chars, 12, SCOPE_BYTES, 32, (fugo_scope_key **)(void *)bytes, NULL));

    ZEROED(NUL, fugo_scope_key_tag(NULL, bytes, 4, NULL), 4);
    ZEROED(HND, fugo_scope_key_tag((fugo_scope_key *)(void *)root, bytes, 4, NULL), 4);
    STATUS(NUL, fugo_scope_key_tag(scope_key, NULL, 4, NULL));
    WRONG_LENGTH(fugo_scope_key_tag(scope_key, bytes, 5, &error), 5);
    ZEROED(NUL, fugo_scope_key_scope(NULL, chars, 64, NULL), 64);
    ZEROED(HND, fugo_scope_key_scope((fugo_scope_key *)(void *)root, chars, 64, NULL), 64);
    STATUS(NUL, fugo_scope_key_scope(scope_key, NULL, 64, NULL));
    WRONG_LENGTH(fugo_scope_key_scope(scope_key, chars, 12, &error), 12);
    UNTOUCHED(OVR, fugo_scope_key_scope(scope_key, chars, SIZE_MAX, NULL));

    STATUS(NUL, fugo_scope_key_equal(NULL, scope_key, &equal, NULL));
    EXPECT(equal == 0);
    STATUS(NUL, fugo_scope_key_equal(scope_key, NULL, &equal, NULL));
    STATUS(NUL, fugo_scope_key_equal(scope_key, scope_key, NULL, NULL));
    STATUS(HND, fugo_scope_key_equal(scope_key, (fugo_scope_key *)(void *)root, &equal, NULL));
    OK(fugo_scope_key_free(NULL));
}

static void keys(void)
{
    STATUS(NUL, fugo_key_new(scope_key, NULL, NULL));
    NO_HANDLE(fugo_key, NUL, fugo_key_new(NULL, &out, NULL));
    NO_HANDLE(fugo_key, HND, fugo_key_new((fugo_scope_key *)(void *)root, &out, NULL));
    STATUS(NUL, fugo_key_eligibility(insurers_key, eligibility_key, NULL, NULL));
    NO_HANDLE(fugo_key, NUL, fugo_key_eligibility(NULL, eligibility_key, &out, NULL));
    NO_HANDLE(fugo_key, NUL, fugo_key_eligibility(insurers_key, NULL, &out, NULL));
    NO_HANDLE(fugo_key, HND, fugo_key_eligibility(insurers_key, (fugo_scope_key *)(void *)root, &out, NULL));
    STATUS(NUL, fugo_key_issuer(eligibility_key, NULL, NULL));
    NO_HANDLE(fugo_key, NUL, fugo_key_issuer(NULL, &out, NULL));
    NO_HANDLE(fugo_key, HND, fugo_key_issuer((fugo_scope_key *)(void *)key, &out, NULL));
    ZEROED(NUL, fugo_key_tag(NULL, bytes, 4, NULL), 4);
    ZEROED(HND, fugo_key_tag((fugo_key *)(void *)root, bytes, 4, NULL), 4);
    STATUS(NUL, fugo_key_tag(key, NULL, 4, NULL));
    WRONG_LENGTH(fugo_key_tag(key, bytes, 0, &error), 0);
    ZEROED(NUL, fugo_key_scope(NULL, chars, 70, NULL), 70);
    ZEROED(HND, fugo_key_scope((fugo_key *)(void *)lineage, chars, 64, NULL), 64);
    STATUS(NUL, fugo_key_scope(key, NULL, 64, NULL));
    WRONG_LENGTH(fugo_key_scope(key, chars, 63, &error), 63);
    OK(fugo_key_free(NULL));
}

static void one_symbol(void)
{
    ZEROED(NUL, fugo_derive(NULL, NUMBER, 12, bytes, 16, NULL), 16);
    ZEROED(HND, fugo_derive((fugo_key *)(void *)scope_key, NUMBER, 12, bytes, 16, NULL), 16);
    ZEROED(HND, fugo_derive((fugo_key *)((char *)(void *)key + 1), NUMBER, 12, bytes, 16, NULL), 16);
    ZEROED(NUL, fugo_derive(key, NULL, 12, bytes, 16, NULL), 16);
    STATUS(NUL, fugo_derive(key, NUMBER, 12, NULL, 16, NULL));
    WRONG_LENGTH(fugo_derive(key, NUMBER, 12, bytes, 15, &error), 15);
    WRONG_LENGTH(fugo_derive(key, NUMBER, 12, bytes, 32, &error), 32);
    UNTOUCHED(OVR, fugo_derive(key, NUMBER, SIZE_MAX, bytes, 16, NULL));
    UNTOUCHED(LAP, fugo_derive(key, chars, 12, bytes, 16, NULL));
    UNTOUCHED(LAP, fugo_derive(key, chars + 15, 12, bytes, 16, NULL));
    UNTOUCHED(LAP, fugo_derive(key, chars, 12, bytes + 11, 16, NULL));

    ZEROED(NUL, fugo_derive_from_insurers(NULL, INSURERS, 16, bytes, 16, NULL), 16);
    ZEROED(HND, fugo_derive_from_insurers((fugo_key *)(void *)root, INSURERS, 16, bytes, 16, NULL), 16);
    ZEROED(NUL, fugo_derive_from_insurers(issuer, NULL, 16, bytes, 16, NULL), 16);
    ZEROED(FUGO_STATUS_BUFFER_LENGTH, fugo_derive_from_insurers(issuer, INSURERS, 15, bytes, 16, NULL), 16);
    STATUS(NUL, fugo_derive_from_insurers(issuer, INSURERS, 16, NULL, 16, NULL));
    WRONG_LENGTH(fugo_derive_from_insurers(issuer, INSURERS, 16, bytes, 17, &error), 17);
    UNTOUCHED(OVR, fugo_derive_from_insurers(issuer, INSURERS, SIZE_MAX, bytes, 16, NULL));
    UNTOUCHED(LAP, fugo_derive_from_insurers(issuer, bytes + 15, 16, bytes, 16, NULL));
}

static void batches(void)
{
    static const char numbers[] = NUMBER NUMBER;
    fugo_status statuses[2] = {FUGO_STATUS_OK, FUGO_STATUS_OK};
    size_t refused = 9;
    fugo_error error;
    ZEROED(NUL, fugo_derive_batch(NULL, numbers, bytes, 2, statuses, &refused, &error), 32);
    EXPECT(refused == 0 && statuses[0] == FUGO_STATUS_OTHER && statuses[1] == FUGO_STATUS_OTHER);
    EXPECT(error.status == FUGO_STATUS_NULL_POINTER);
    ZEROED(NUL, fugo_derive_batch(key, NULL, bytes, 2, NULL, NULL, NULL), 32);
    ZEROED(HND, fugo_derive_batch((fugo_key *)(void *)root, numbers, bytes, 2, NULL, NULL, NULL), 32);
    ZEROED(FUGO_STATUS_INSURERS_MISSING, fugo_derive_batch(issuer, numbers, bytes, 2, statuses, NULL, NULL), 32);
    EXPECT(statuses[0] == FUGO_STATUS_OTHER);
    STATUS(NUL, fugo_derive_batch(key, numbers, NULL, 2, statuses, &refused, NULL));
    OK(fugo_derive_batch(key, NULL, NULL, 0, NULL, NULL, NULL));
    UNTOUCHED(OVR, fugo_derive_batch(key, numbers, bytes, SIZE_MAX, statuses, &refused, NULL));
    UNTOUCHED(OVR, fugo_derive_batch(key, numbers, bytes, SIZE_MAX / 16 + 1, NULL, NULL, NULL));
    UNTOUCHED(OVR, fugo_derive_batch(key, numbers, bytes, HALF / 16 + 1, NULL, NULL, NULL));
    /* count * 16 does not overflow, but from this address it exceeds the address space. */
    UNTOUCHED(OVR, fugo_derive_batch(key, (char *)(UINTPTR_MAX - 100), bytes, 9, NULL, NULL, NULL));
    UNTOUCHED(LAP, fugo_derive_batch(key, chars, bytes, 2, NULL, NULL, NULL));
    UNTOUCHED(LAP, fugo_derive_batch(key, chars + 31, bytes, 2, NULL, NULL, NULL));
    UNTOUCHED(LAP, fugo_derive_batch(key, chars, bytes + 23, 2, NULL, NULL, NULL));
    UNTOUCHED(LAP, fugo_derive_batch(key, numbers, bytes, 2, (fugo_status *)(void *)(bytes + 28), NULL, NULL));
    UNTOUCHED(LAP, fugo_derive_batch(key, chars, bytes + 64, 2, (fugo_status *)(void *)(bytes + 20), NULL, NULL));
    UNTOUCHED(LAP, fugo_derive_batch(key, numbers, bytes, 2, NULL, (size_t *)(void *)(bytes + 24), NULL));
    UNTOUCHED(LAP, fugo_derive_batch(key, numbers, bytes + 64, 2, (fugo_status *)(void *)bytes, (size_t *)(void *)bytes,
                                     NULL));
    /* Adjacent buffers do not overlap. */
    memset(bytes, 0, sizeof bytes);
    memcpy(bytes, numbers, 24);
    OK(fugo_derive_batch(key, chars, bytes + 24, 2, (fugo_status *)(void *)(bytes + 56), (size_t *)(void *)(bytes + 64),
                         NULL));
    EXPECT(memcmp(bytes + 24, AGENCY, 16) == 0 && memcmp(bytes + 40, AGENCY, 16) == 0 && is_zero(bytes + 56, 16));
    /* At odd addresses, as a COBOL record may have them. */
    STATUS(FUGO_STATUS_ROWS_REFUSED,
           fugo_derive_batch(key, "12345678901x" NUMBER, bytes + 1, 2, (fugo_status *)(void *)(bytes + 101),
                             (size_t *)(void *)(bytes + 111), NULL));
    EXPECT(is_zero(bytes + 1, 16) && memcmp(bytes + 17, AGENCY, 16) == 0);
    EXPECT(bytes[101] == FUGO_STATUS_NON_DIGIT && is_zero(bytes + 102, 7) && bytes[111] == 1 &&
           is_zero(bytes + 112, 7));

    {
        size_t reissued = 9;
#define LINEAGE(lineage, numbers, symbols, count, statuses, refused, reissued) \
    fugo_derive_batch_lineage(key, lineage, numbers, symbols, count, statuses, refused, reissued, &error)
        refused = 9;
        ZEROED(NUL, LINEAGE(NULL, numbers, bytes, 2, statuses, &refused, &reissued), 32);
        EXPECT(refused == 0 && reissued == 0 && statuses[1] == FUGO_STATUS_OTHER && error.at == 2);
        ZEROED(HND, LINEAGE((fugo_lineage *)(void *)root, numbers, bytes, 2, NULL, NULL, NULL), 32);
        EXPECT(error.at == 2);
        ZEROED(NUL, fugo_derive_batch_lineage(NULL, lineage, numbers, bytes, 2, NULL, NULL, NULL, &error), 32);
        EXPECT(error.at == 1);
        ZEROED(FUGO_STATUS_INSURERS_MISSING,
               fugo_derive_batch_lineage(issuer, lineage, numbers, bytes, 2, statuses, NULL, &reissued, NULL), 32);
        ZEROED(NUL, LINEAGE(lineage, NULL, bytes, 2, NULL, NULL, NULL), 32);
        EXPECT(error.at == 3);
        STATUS(NUL, LINEAGE(lineage, numbers, NULL, 2, NULL, NULL, NULL));
        EXPECT(error.at == 4);
        UNTOUCHED(OVR, LINEAGE(lineage, numbers, bytes, SIZE_MAX / 16 + 1, NULL, NULL, NULL));
        EXPECT(error.at == 4);
        UNTOUCHED(LAP, LINEAGE(lineage, chars, bytes, 2, NULL, NULL, NULL));
        EXPECT(error.at == 4 && error.found == 3);
        UNTOUCHED(LAP, LINEAGE(lineage, numbers, bytes, 2, (fugo_status *)(void *)(bytes + 28), NULL, NULL));
        EXPECT(error.at == 4 && error.found == 6);
        UNTOUCHED(LAP, LINEAGE(lineage, numbers, bytes, 2, NULL, (size_t *)(void *)(bytes + 24), NULL));
        EXPECT(error.at == 4 && error.found == 7);
        UNTOUCHED(LAP, LINEAGE(lineage, numbers, bytes, 2, NULL, NULL, (size_t *)(void *)(bytes + 24)));
        EXPECT(error.at == 4 && error.found == 8);
        UNTOUCHED(LAP, LINEAGE(lineage, numbers, bytes + 64, 2, NULL, (size_t *)(void *)bytes, (size_t *)(void *)bytes));
        UNTOUCHED(LAP, fugo_derive_batch_lineage(key, lineage, numbers, bytes, 2, NULL, NULL, NULL,
                                                 (fugo_error *)(void *)(bytes + 31)));
    }

    /* Rows that were refused before are refused again, and do not become one person. */
    memset(bytes, 0, 48);
    memcpy(bytes + 16, INSURERS, 16);
    STATUS(FUGO_STATUS_ROWS_REFUSED, fugo_derive_from_insurers_batch(issuer, bytes, bytes + 48, 3, &error));
    EXPECT(error.row == 0 && error.found == 2 && error.at == FUGO_NONE);
    EXPECT(is_zero(bytes + 48, 16) && memcmp(bytes + 64, ELIGIBILITY, 16) == 0 && is_zero(bytes + 80, 16));
    memset(bytes + 128, 0, 16);
    STATUS(FUGO_STATUS_NO_SYMBOL, fugo_derive_from_insurers(issuer, bytes + 128, 16, bytes, 16, &error));
    EXPECT(is_zero(bytes, 16));

    ZEROED(NUL, fugo_derive_from_insurers_batch(NULL, INSURERS, bytes, 1, NULL), 16);
    ZEROED(NUL, fugo_derive_from_insurers_batch(issuer, NULL, bytes, 1, NULL), 16);
    ZEROED(HND, fugo_derive_from_insurers_batch((fugo_key *)(void *)root, INSURERS, bytes, 1, NULL), 16);
    STATUS(NUL, fugo_derive_from_insurers_batch(issuer, INSURERS, NULL, 1, NULL));
    UNTOUCHED(OVR, fugo_derive_from_insurers_batch(issuer, INSURERS, bytes, SIZE_MAX / 8, NULL));
    UNTOUCHED(LAP, fugo_derive_from_insurers_batch(issuer, bytes, bytes, 1, NULL));
}

/* Each call that makes a handle, with a variable that already holds one. */
static void occupied(void)
{
    fugo_scope_key *live = NULL, *same;
    OCCUPIED(fugo_root_key, 1, fugo_root_key_random(&out, &error));
    OCCUPIED(fugo_root_key, 3, fugo_root_key_from_bytes(ROOT_BYTES, 32, &out, &error));
    OCCUPIED(fugo_scope_key, 4, fugo_scope_key_derive(root, SCOPE, 12, &out, &error));
    OCCUPIED(fugo_scope_key, 5, fugo_scope_key_from_bytes(SCOPE, 12, SCOPE_BYTES, 32, &out, &error));
    OCCUPIED(fugo_key, 2, fugo_key_new(scope_key, &out, &error));
    OCCUPIED(fugo_key, 3, fugo_key_eligibility(insurers_key, eligibility_key, &out, &error));
    OCCUPIED(fugo_key, 2, fugo_key_issuer(eligibility_key, &out, &error));
    OCCUPIED(fugo_key_file, 3, fugo_key_file_parse(PLAINTEXT, sizeof PLAINTEXT - 1, &out, &error));
    OCCUPIED(fugo_key_file, 6, fugo_key_file_load("x", 1, FUGO_UNLOCK_NONE, NULL, 0, &out, &error));
    OCCUPIED(fugo_key_file, 6, fugo_key_file_at("x", 1, FUGO_UNLOCK_NONE, NULL, 0, &out, &error));
    OCCUPIED(fugo_key_file, 6, fugo_key_file_open(bytes, 1, FUGO_UNLOCK_NONE, NULL, 0, &out, &error));
    OCCUPIED(fugo_key_file, 8, fugo_key_file_load_either("x", 1, FUGO_UNLOCK_NONE, NULL, 0, NULL, 0, &out, &error));
    OCCUPIED(fugo_key_file, 8, fugo_key_file_open_either(bytes, 1, FUGO_UNLOCK_NONE, NULL, 0, NULL, 0, &out, &error));
    OCCUPIED(fugo_root_key, 2, fugo_key_file_root_key(file, &out, &error));
    OCCUPIED(fugo_scope_key, 2, fugo_key_file_scope_key(file, &out, &error));
    OCCUPIED(fugo_lineage, 3, fugo_lineage_new(PAIR, 1, &out, &error));
    OCCUPIED(fugo_translation, 5, fugo_translation_new(key, other, AGENCY, 1, &out, &error));
    /* A live handle stays usable. */
    OK(fugo_scope_key_derive(root, SCOPE, 12, &live, NULL));
    same = live;
    STATUS(FUGO_STATUS_OCCUPIED_HANDLE, fugo_scope_key_derive(root, SCOPE, 12, &live, NULL));
    EXPECT(live == same);
    OK(fugo_scope_key_tag(live, bytes, 4, NULL));
    OK(fugo_scope_key_free(&live));
    OK(fugo_scope_key_derive(root, SCOPE, 12, &live, NULL));
    OK(fugo_scope_key_free(&live));
}

/* Errors about an argument say which one. */
static void named(void)
{
    static const char numbers[] = NUMBER NUMBER;
    fugo_key *no_key = NULL;
    fugo_error found;
    ARGUMENT(NUL, 1, fugo_derive(NULL, NUMBER, 12, bytes, 16, &error));
    ARGUMENT(HND, 1, fugo_derive((fugo_key *)(void *)root, NUMBER, 12, bytes, 16, &error));
    ARGUMENT(NUL, 2, fugo_derive(key, NULL, 12, bytes, 16, &error));
    ARGUMENT(NUL, 4, fugo_derive(key, NUMBER, 12, NULL, 16, &error));
    ARGUMENT(FUGO_STATUS_BUFFER_LENGTH, 4, fugo_derive(key, NUMBER, 12, bytes, 15, &error));
    ARGUMENT(OVR, 2, fugo_derive(key, NUMBER, SIZE_MAX, bytes, 16, &error));
    ARGUMENT(NUL, 3, fugo_derive_batch(key, numbers, NULL, 2, NULL, NULL, &error));
    ARGUMENT(NUL, 6, fugo_scope_text("agency", 6, "nta", 3, 1, NULL, 64, &error));
    ARGUMENT(NUL, 3, fugo_scope_text("agency", 6, NULL, 3, 1, chars, 64, &error));
    ARGUMENT(NUL, 2, fugo_key_eligibility(insurers_key, NULL, &no_key, &error));
    ARGUMENT(NUL, 2, fugo_key_file_tag(file, NULL, 4, &error));
    ARGUMENT(NUL, 1, fugo_key_scope(NULL, chars, 64, &error));
    /* An overlap: the output, and the other argument. */
    ARGUMENT(LAP, 4, fugo_derive(key, chars, 12, bytes, 16, &error));
    STATUS(LAP, fugo_derive(key, chars, 12, bytes, 16, &found));
    EXPECT(found.found == 2);
    ARGUMENT(LAP, 3, fugo_derive_batch(key, numbers, bytes, 2, NULL, (size_t *)(void *)(bytes + 24), &error));
}

/* The error is an output like any other. If it overlaps, it is not written. */
static void errors(void)
{
    static const char numbers[] = NUMBER NUMBER;
#define AT(offset) ((fugo_error *)(void *)(bytes + (offset)))
    UNTOUCHED(LAP, fugo_number_check(chars + 31, 12, AT(0)));
    UNTOUCHED(LAP, fugo_check_digit(NUMBER, 11, bytes + 31, AT(0)));
    UNTOUCHED(LAP, fugo_normalize(NUMBER, 12, 0, chars, 12, (uint32_t *)(void *)(bytes + 64), AT(64)));
    UNTOUCHED(LAP, fugo_scope_text("agency", 6, "nta", 3, 1, chars, 64, AT(63)));
    UNTOUCHED(LAP, fugo_scope_label(SCOPE, 12, bytes, 51, (size_t *)(void *)(bytes + 64), AT(48)));
    UNTOUCHED(LAP, fugo_root_key_random((fugo_root_key **)(void *)bytes, AT(0)));
    UNTOUCHED(LAP, fugo_root_key_from_bytes(bytes, 32, (fugo_root_key **)(void *)(bytes + 64), AT(31)));
    UNTOUCHED(LAP, fugo_root_key_tag(root, bytes, 4, AT(0)));
    UNTOUCHED(LAP, fugo_scope_key_derive(root, SCOPE, 12, (fugo_scope_key **)(void *)bytes, AT(0)));
    UNTOUCHED(LAP, fugo_scope_key_scope(scope_key, chars, 64, AT(0)));
    UNTOUCHED(LAP, fugo_scope_key_equal(scope_key, scope_key, (int32_t *)(void *)bytes, AT(0)));
    UNTOUCHED(LAP, fugo_key_new(scope_key, (fugo_key **)(void *)bytes, AT(0)));
    UNTOUCHED(LAP, fugo_key_tag(key, bytes, 4, AT(0)));
    UNTOUCHED(LAP, fugo_key_scope(key, chars, 64, AT(0)));
    UNTOUCHED(LAP, fugo_derive(key, NUMBER, 12, bytes, 16, AT(15)));
    UNTOUCHED(LAP, fugo_derive(key, chars, 12, bytes + 64, 16, AT(8)));
    UNTOUCHED(LAP, fugo_derive_batch(key, numbers, bytes, 2, NULL, NULL, AT(31)));
    UNTOUCHED(LAP, fugo_derive_batch(key, numbers, bytes, 2, (fugo_status *)(void *)(bytes + 64), NULL, AT(71)));
    UNTOUCHED(LAP, fugo_derive_batch(key, numbers, bytes, 2, NULL, (size_t *)(void *)(bytes + 64), AT(64)));
    UNTOUCHED(LAP, fugo_derive_from_insurers_batch(issuer, INSURERS, bytes, 1, AT(0)));
    UNTOUCHED(LAP, fugo_text_encode(key, AGENCY, 16, chars, 48, AT(47)));
    UNTOUCHED(LAP, fugo_text_decode(key, AGENCY_TEXT, 44, bytes, 16, AT(0)));
    UNTOUCHED(OVR, fugo_derive(key, NUMBER, 12, bytes, 16, (fugo_error *)(UINTPTR_MAX - 8)));
    /* Adjacent buffers do not overlap. */
    OK(fugo_derive(key, NUMBER, 12, bytes, 16, AT(16)));
    EXPECT(memcmp(bytes, AGENCY, 16) == 0);
#undef AT
}

static void texts(void)
{
    int32_t purpose = 9;
    uint8_t tag[4], symbol[16];
    ZEROED(NUL, fugo_text_encode(NULL, AGENCY, 16, chars, 48, NULL), 48);
    ZEROED(HND, fugo_text_encode((fugo_key *)(void *)root, AGENCY, 16, chars, 48, NULL), 48);
    ZEROED(NUL, fugo_text_encode(key, NULL, 16, chars, 48, NULL), 48);
    ZEROED(FUGO_STATUS_BUFFER_LENGTH, fugo_text_encode(key, AGENCY, 17, chars, 48, NULL), 48);
    STATUS(NUL, fugo_text_encode(key, AGENCY, 16, NULL, 48, NULL));
    WRONG_LENGTH(fugo_text_encode(key, AGENCY, 16, chars, 47, &error), 47);
    UNTOUCHED(OVR, fugo_text_encode(key, AGENCY, 16, chars, SIZE_MAX, NULL));
    UNTOUCHED(LAP, fugo_text_encode(key, bytes + 40, 16, chars, 48, NULL));

    /* The output of a failed call or a refused row has no text form. */
    memset(symbol, 0, sizeof symbol);
    ZEROED(FUGO_STATUS_NO_SYMBOL, fugo_text_encode(key, symbol, 16, chars, 48, NULL), 48);
    ZEROED(FUGO_STATUS_NO_SYMBOL, fugo_text_encode_tagged(1, SCOPE_TAG, 4, symbol, 16, chars, 48, NULL), 48);
    memset(bytes, 0xee, sizeof bytes);
    memset(bytes, 0, 32);
    memcpy(bytes + 16, AGENCY, 16);
    OK(fugo_text_encode_batch(key, bytes, chars + 64, 2, NULL));
    EXPECT(is_zero(bytes + 64, 48) && strcmp(chars + 112, AGENCY_TEXT) == 0);

    ZEROED(NUL, fugo_text_encode_batch(NULL, AGENCY, chars, 1, NULL), 48);
    ZEROED(HND, fugo_text_encode_batch((fugo_key *)(void *)root, AGENCY, chars, 1, NULL), 48);
    ZEROED(NUL, fugo_text_encode_batch(key, NULL, chars, 1, NULL), 48);
    STATUS(NUL, fugo_text_encode_batch(key, AGENCY, NULL, 1, NULL));
    UNTOUCHED(OVR, fugo_text_encode_batch(key, AGENCY, chars, SIZE_MAX / 48 + 1, NULL));
    UNTOUCHED(LAP, fugo_text_encode_batch(key, bytes, chars, 1, NULL));

    ZEROED(NUL, fugo_text_decode(NULL, AGENCY_TEXT, 44, bytes, 16, NULL), 16);
    ZEROED(HND, fugo_text_decode((fugo_key *)(void *)root, AGENCY_TEXT, 44, bytes, 16, NULL), 16);
    ZEROED(NUL, fugo_text_decode(key, NULL, 44, bytes, 16, NULL), 16);
    STATUS(NUL, fugo_text_decode(key, AGENCY_TEXT, 44, NULL, 16, NULL));
    WRONG_LENGTH(fugo_text_decode(key, AGENCY_TEXT, 44, bytes, 15, &error), 15);
    UNTOUCHED(OVR, fugo_text_decode(key, AGENCY_TEXT, SIZE_MAX, bytes, 16, NULL));
    UNTOUCHED(LAP, fugo_text_decode(key, chars, 44, bytes + 43, 16, NULL));

    ZEROED(NUL, fugo_text_encode_tagged(1, NULL, 4, AGENCY, 16, chars, 48, NULL), 48);
    ZEROED(FUGO_STATUS_BUFFER_LENGTH, fugo_text_encode_tagged(1, SCOPE_TAG, 3, AGENCY, 16, chars, 48, NULL), 48);
    ZEROED(NUL, fugo_text_encode_tagged(1, SCOPE_TAG, 4, NULL, 16, chars, 48, NULL), 48);
    ZEROED(FUGO_STATUS_BUFFER_LENGTH, fugo_text_encode_tagged(1, SCOPE_TAG, 4, AGENCY, 15, chars, 48, NULL), 48);
    STATUS(NUL, fugo_text_encode_tagged(1, SCOPE_TAG, 4, AGENCY, 16, NULL, 48, NULL));
    WRONG_LENGTH(fugo_text_encode_tagged(1, SCOPE_TAG, 4, AGENCY, 16, chars, 44, &error), 44);
    UNTOUCHED(OVR, fugo_text_encode_tagged(1, SCOPE_TAG, SIZE_MAX, AGENCY, 16, chars, 48, NULL));
    UNTOUCHED(LAP, fugo_text_encode_tagged(1, bytes, 4, AGENCY, 16, chars, 48, NULL));
    UNTOUCHED(LAP, fugo_text_encode_tagged(1, SCOPE_TAG, 4, bytes, 16, chars, 48, NULL));
    ZEROED(FUGO_STATUS_UNKNOWN_PURPOSE, fugo_text_encode_tagged(-1, SCOPE_TAG, 4, AGENCY, 16, chars, 48, NULL), 48);

    ZEROED(NUL, fugo_text_decode_tagged(1, NULL, 4, AGENCY_TEXT, 44, bytes, 16, NULL), 16);
    ZEROED(FUGO_STATUS_BUFFER_LENGTH, fugo_text_decode_tagged(1, SCOPE_TAG, 5, AGENCY_TEXT, 44, bytes, 16, NULL), 16);
    ZEROED(NUL, fugo_text_decode_tagged(1, SCOPE_TAG, 4, NULL, 44, bytes, 16, NULL), 16);
    STATUS(NUL, fugo_text_decode_tagged(1, SCOPE_TAG, 4, AGENCY_TEXT, 44, NULL, 16, NULL));
    WRONG_LENGTH(fugo_text_decode_tagged(1, SCOPE_TAG, 4, AGENCY_TEXT, 44, bytes, 12, &error), 12);
    UNTOUCHED(OVR, fugo_text_decode_tagged(1, SCOPE_TAG, 4, AGENCY_TEXT, SIZE_MAX, bytes, 16, NULL));
    UNTOUCHED(LAP, fugo_text_decode_tagged(1, bytes + 12, 4, AGENCY_TEXT, 44, bytes, 16, NULL));
    UNTOUCHED(LAP, fugo_text_decode_tagged(1, SCOPE_TAG, 4, chars, 44, bytes, 16, NULL));

    ZEROED(NUL, fugo_text_read(NULL, 44, &purpose, tag, 4, bytes, 16, NULL), 16);
    EXPECT(purpose == 0 && is_zero(tag, 4));
    ZEROED(NUL, fugo_text_read(AGENCY_TEXT, 44, NULL, tag, 4, bytes, 16, NULL), 16);
    ZEROED(NUL, fugo_text_read(AGENCY_TEXT, 44, &purpose, NULL, 4, bytes, 16, NULL), 16);
    STATUS(NUL, fugo_text_read(AGENCY_TEXT, 44, &purpose, tag, 4, NULL, 16, NULL));
    WRONG_LENGTH(fugo_text_read(AGENCY_TEXT, 44, &purpose, tag, 4, bytes, 15, &error), 15);
    WRONG_LENGTH(fugo_text_read(AGENCY_TEXT, 44, &purpose, bytes, 3, symbol, 16, &error), 3);
    UNTOUCHED(OVR, fugo_text_read(AGENCY_TEXT, SIZE_MAX, &purpose, tag, 4, bytes, 16, NULL));
    UNTOUCHED(LAP, fugo_text_read(chars + 15, 44, &purpose, tag, 4, bytes, 16, NULL));
    UNTOUCHED(LAP, fugo_text_read(AGENCY_TEXT, 44, &purpose, bytes + 15, 4, bytes, 16, NULL));
    UNTOUCHED(LAP, fugo_text_read(AGENCY_TEXT, 44, (int32_t *)(void *)bytes, tag, 4, bytes, 16, NULL));
}

static void key_files(void)
{
    int32_t value = 9;
    STATUS(NUL, fugo_key_file_load("x", 1, FUGO_UNLOCK_NONE, NULL, 0, NULL, NULL));
    NO_HANDLE(fugo_key_file, NUL, fugo_key_file_load(NULL, 1, FUGO_UNLOCK_NONE, NULL, 0, &out, NULL));
    NO_HANDLE(fugo_key_file, NUL, fugo_key_file_load("x", 1, FUGO_UNLOCK_PASSPHRASE, NULL, 1, &out, NULL));
    NO_HANDLE(fugo_key_file, FUGO_STATUS_UNKNOWN_VALUE, fugo_key_file_load("x", 1, 4, NULL, 0, &out, NULL));
    NO_HANDLE(fugo_key_file, FUGO_STATUS_UNKNOWN_VALUE, fugo_key_file_load("x", 1, -1, NULL, 0, &out, NULL));
    NO_HANDLE(fugo_key_file, FUGO_STATUS_UNKNOWN_VALUE,
              fugo_key_file_load("x", 1, FUGO_UNLOCK_NONE, "p", 1, &out, NULL));
    UNTOUCHED(OVR, fugo_key_file_load("x", SIZE_MAX, 0, NULL, 0, (fugo_key_file **)(void *)bytes, NULL));
    UNTOUCHED(OVR, fugo_key_file_load("x", 1, 1, "p", SIZE_MAX, (fugo_key_file **)(void *)bytes, NULL));
    UNTOUCHED(LAP, fugo_key_file_load(chars, 9, 0, NULL, 0, (fugo_key_file **)(void *)bytes, NULL));
    UNTOUCHED(LAP, fugo_key_file_load("x", 1, 1, chars, 9, (fugo_key_file **)(void *)bytes, NULL));
    STATUS(NUL, fugo_key_file_at("x", 1, FUGO_UNLOCK_NONE, NULL, 0, NULL, NULL));
    NO_HANDLE(fugo_key_file, NUL, fugo_key_file_at(NULL, 1, FUGO_UNLOCK_NONE, NULL, 0, &out, NULL));
    NO_HANDLE(fugo_key_file, FUGO_STATUS_ADDRESS, fugo_key_file_at("exec:x", 6, FUGO_UNLOCK_NONE, NULL, 0, &out, NULL));
    UNTOUCHED(LAP, fugo_key_file_at(chars, 9, 0, NULL, 0, (fugo_key_file **)(void *)bytes, NULL));
    STATUS(NUL, fugo_key_file_of_root(root, 2, NULL, NULL));
    NO_HANDLE(fugo_key_file, NUL, fugo_key_file_of_root(NULL, 2, &out, NULL));
    NO_HANDLE(fugo_key_file, HND, fugo_key_file_of_root((fugo_root_key *)(void *)key, 2, &out, NULL));
    STATUS(NUL, fugo_key_file_of_scope(scope_key, 2, NULL, NULL));
    NO_HANDLE(fugo_key_file, NUL, fugo_key_file_of_scope(NULL, 2, &out, NULL));
    NO_HANDLE(fugo_key_file, HND, fugo_key_file_of_scope((fugo_scope_key *)(void *)key, 2, &out, NULL));
    STATUS(NUL, fugo_key_file_create(NULL, "x", 1, 0, NULL, 0, NULL));
    STATUS(NUL, fugo_key_file_create(file, NULL, 1, 0, NULL, 0, NULL));
    STATUS(NUL, fugo_key_file_create(file, "x", 1, 1, NULL, 1, NULL));
    STATUS(HND, fugo_key_file_create((fugo_key_file *)(void *)key, "x", 1, 0, NULL, 0, NULL));
    STATUS(OVR, fugo_key_file_create(file, "x", SIZE_MAX, 0, NULL, 0, NULL));
    STATUS(NUL, fugo_key_file_open(bytes, 1, FUGO_UNLOCK_NONE, NULL, 0, NULL, NULL));
    NO_HANDLE(fugo_key_file, NUL, fugo_key_file_open(NULL, 1, FUGO_UNLOCK_NONE, NULL, 0, &out, NULL));
    NO_HANDLE(fugo_key_file, FUGO_STATUS_UNKNOWN_VALUE, fugo_key_file_open(bytes, 1, 32, NULL, 0, &out, NULL));
    UNTOUCHED(OVR, fugo_key_file_open(bytes, SIZE_MAX, 0, NULL, 0, (fugo_key_file **)(void *)bytes, NULL));
    UNTOUCHED(LAP, fugo_key_file_open(bytes, 9, 0, NULL, 0, (fugo_key_file **)(void *)bytes, NULL));
    STATUS(NUL, fugo_key_file_load_either("x", 1, 0, NULL, 0, NULL, 0, NULL, NULL));
    NO_HANDLE(fugo_key_file, NUL, fugo_key_file_load_either(NULL, 1, 0, NULL, 0, NULL, 0, &out, NULL));
    NO_HANDLE(fugo_key_file, NUL, fugo_key_file_load_either("x", 1, 1, NULL, 1, NULL, 0, &out, NULL));
    NO_HANDLE(fugo_key_file, NUL, fugo_key_file_load_either("x", 1, 0, NULL, 0, NULL, 1, &out, NULL));
    NO_HANDLE(fugo_key_file, FUGO_STATUS_UNKNOWN_VALUE,
              fugo_key_file_load_either("x", 1, FUGO_UNLOCK_IDENTITY_FILE, "x", 1, NULL, 0, &out, NULL));
    UNTOUCHED(OVR, fugo_key_file_load_either("x", 1, 0, NULL, 0, "x", SIZE_MAX, (fugo_key_file **)(void *)bytes, NULL));
    UNTOUCHED(LAP, fugo_key_file_load_either("x", 1, 0, NULL, 0, chars, 9, (fugo_key_file **)(void *)bytes, NULL));
    STATUS(NUL, fugo_key_file_open_either(bytes, 1, 0, NULL, 0, NULL, 0, NULL, NULL));
    NO_HANDLE(fugo_key_file, NUL, fugo_key_file_open_either(NULL, 1, 0, NULL, 0, NULL, 0, &out, NULL));
    NO_HANDLE(fugo_key_file, FUGO_STATUS_UNKNOWN_VALUE,
              fugo_key_file_open_either(bytes, 1, 32, NULL, 0, NULL, 0, &out, NULL));
    UNTOUCHED(LAP, fugo_key_file_open_either(bytes, 9, 0, NULL, 0, NULL, 0, (fugo_key_file **)(void *)bytes, NULL));
    STATUS(NUL, fugo_key_file_parse(PLAINTEXT, sizeof PLAINTEXT - 1, NULL, NULL));
    NO_HANDLE(fugo_key_file, NUL, fugo_key_file_parse(NULL, 9, &out, NULL));
    NO_HANDLE(fugo_key_file, FUGO_STATUS_MISSING_LINE, fugo_key_file_parse(NULL, 0, &out, NULL));
    UNTOUCHED(OVR, fugo_key_file_parse(PLAINTEXT, SIZE_MAX, (fugo_key_file **)(void *)bytes, NULL));
    UNTOUCHED(LAP, fugo_key_file_parse(chars, 9, (fugo_key_file **)(void *)bytes, NULL));
    STATUS(NUL, fugo_key_file_kind(NULL, &value, NULL));
    EXPECT(value == 0);
    STATUS(NUL, fugo_key_file_kind(file, NULL, NULL));
    STATUS(HND, fugo_key_file_kind((fugo_key_file *)(void *)key, &value, NULL));
    value = 9;
    STATUS(NUL, fugo_key_file_usage(NULL, &value, NULL));
    EXPECT(value == 0);
    STATUS(NUL, fugo_key_file_usage(file, NULL, NULL));
    STATUS(HND, fugo_key_file_usage((fugo_key_file *)(void *)key, &value, NULL));
    ZEROED(NUL, fugo_key_file_tag(NULL, bytes, 4, NULL), 4);
    ZEROED(HND, fugo_key_file_tag((fugo_key_file *)(void *)key, bytes, 4, NULL), 4);
    STATUS(NUL, fugo_key_file_tag(file, NULL, 4, NULL));
    WRONG_LENGTH(fugo_key_file_tag(file, bytes, 8, &error), 8);
    ZEROED(NUL, fugo_key_file_scope(NULL, chars, 64, NULL), 64);
    ZEROED(HND, fugo_key_file_scope((fugo_key_file *)(void *)key, chars, 64, NULL), 64);
    STATUS(NUL, fugo_key_file_scope(file, NULL, 64, NULL));
    WRONG_LENGTH(fugo_key_file_scope(file, chars, 63, &error), 63);
    ZEROED(FUGO_STATUS_WRONG_KIND, fugo_key_file_scope(file, chars, 64, NULL), 64);
    STATUS(NUL, fugo_key_file_root_key(file, NULL, NULL));
    NO_HANDLE(fugo_root_key, NUL, fugo_key_file_root_key(NULL, &out, NULL));
    NO_HANDLE(fugo_root_key, HND, fugo_key_file_root_key((fugo_key_file *)(void *)key, &out, NULL));
    STATUS(NUL, fugo_key_file_scope_key(file, NULL, NULL));
    NO_HANDLE(fugo_scope_key, NUL, fugo_key_file_scope_key(NULL, &out, NULL));
    NO_HANDLE(fugo_scope_key, HND, fugo_key_file_scope_key((fugo_key_file *)(void *)key, &out, NULL));
    NO_HANDLE(fugo_scope_key, FUGO_STATUS_WRONG_KIND, fugo_key_file_scope_key(file, &out, NULL));
    OK(fugo_key_file_free(NULL));
}

static void lineages(void)
{
    STATUS(NUL, fugo_lineage_new(PAIR, 1, NULL, NULL));
    NO_HANDLE(fugo_lineage, NUL, fugo_lineage_new(NULL, 1, &out, NULL));
    UNTOUCHED(OVR, fugo_lineage_new(PAIR, SIZE_MAX / 24 + 1, (fugo_lineage **)(void *)bytes, NULL));
    UNTOUCHED(LAP, fugo_lineage_new(chars, 1, (fugo_lineage **)(void *)(bytes + 16), NULL));
    ZEROED(NUL, fugo_lineage_first(NULL, NUMBER, 12, chars, 12, NULL), 12);
    ZEROED(HND, fugo_lineage_first((fugo_lineage *)(void *)key, NUMBER, 12, chars, 12, NULL), 12);
    ZEROED(NUL, fugo_lineage_first(lineage, NULL, 12, chars, 12, NULL), 12);
    STATUS(NUL, fugo_lineage_first(lineage, NUMBER, 12, NULL, 12, NULL));
    WRONG_LENGTH(fugo_lineage_first(lineage, NUMBER, 12, chars, 11, &error), 11);
    UNTOUCHED(OVR, fugo_lineage_first(lineage, NUMBER, SIZE_MAX, chars, 12, NULL));
    UNTOUCHED(LAP, fugo_lineage_first(lineage, chars, 12, chars, 12, NULL));
    OK(fugo_lineage_free(NULL));
}

static void translations(void)
{
    static const char numbers[] = NUMBER NUMBER;
    fugo_status statuses[2] = {FUGO_STATUS_OK, FUGO_STATUS_OK};
    size_t refused = 9, reissued = 9;
    fugo_error error;
    fugo_key *same = sample_key(SCOPE);
    STATUS(NUL, fugo_translation_new(key, other, AGENCY, 1, NULL, NULL));
    NO_HANDLE(fugo_translation, NUL, fugo_translation_new(NULL, other, AGENCY, 1, &out, NULL));
    NO_HANDLE(fugo_translation, NUL, fugo_translation_new(key, NULL, AGENCY, 1, &out, NULL));
    NO_HANDLE(fugo_translation, NUL, fugo_translation_new(key, other, NULL, 1, &out, NULL));
    NO_HANDLE(fugo_translation, HND, fugo_translation_new((fugo_key *)(void *)root, other, AGENCY, 1, &out, NULL));
    NO_HANDLE(fugo_translation, HND, fugo_translation_new(key, (fugo_key *)(void *)lineage, AGENCY, 1, &out, NULL));
    NO_HANDLE(fugo_translation, FUGO_STATUS_SAME_KEY, fugo_translation_new(key, key, AGENCY, 1, &out, NULL));
    NO_HANDLE(fugo_translation, FUGO_STATUS_SAME_KEY, fugo_translation_new(key, same, AGENCY, 1, &out, NULL));
    NO_HANDLE(fugo_translation, FUGO_STATUS_INSURERS_MISSING, fugo_translation_new(issuer, key, AGENCY, 1, &out, NULL));
    NO_HANDLE(fugo_translation, FUGO_STATUS_INSURERS_MISSING, fugo_translation_new(key, issuer, AGENCY, 1, &out, NULL));
    UNTOUCHED(OVR, fugo_translation_new(key, other, bytes, SIZE_MAX / 16 + 1, (fugo_translation **)(void *)(bytes + 64),
                                        NULL));
    UNTOUCHED(LAP, fugo_translation_new(key, other, bytes, 1, (fugo_translation **)(void *)(bytes + 8), NULL));

#define ADD(translation, lineage, numbers, count, statuses, refused, reissued) \
    fugo_translation_add(translation, lineage, numbers, count, statuses, refused, reissued, &error)
    STATUS(NUL, ADD(NULL, NULL, numbers, 2, statuses, &refused, &reissued));
    EXPECT(error.at == 1 && refused == 0 && reissued == 0 && statuses[1] == FUGO_STATUS_OTHER);
    STATUS(HND, ADD((fugo_translation *)(void *)key, NULL, numbers, 2, statuses, &refused, &reissued));
    EXPECT(error.at == 1);
    STATUS(HND, ADD(translation, (fugo_lineage *)(void *)key, numbers, 2, statuses, &refused, &reissued));
    EXPECT(error.at == 2);
    STATUS(NUL, ADD(translation, NULL, NULL, 2, NULL, NULL, NULL));
    EXPECT(error.at == 3);
    STATUS(OVR, ADD(translation, NULL, numbers, SIZE_MAX / 12 + 1, NULL, NULL, NULL));
    EXPECT(error.at == 3);
    UNTOUCHED(LAP, ADD(translation, NULL, chars, 2, (fugo_status *)(void *)(bytes + 20), NULL, NULL));
    EXPECT(error.at == 5 && error.found == 3);
    UNTOUCHED(LAP, ADD(translation, NULL, chars, 2, NULL, (size_t *)(void *)bytes, NULL));
    EXPECT(error.at == 6 && error.found == 3);
    UNTOUCHED(LAP, ADD(translation, NULL, numbers, 2, NULL, (size_t *)(void *)bytes, (size_t *)(void *)(bytes + 7)));
    EXPECT(error.at == 6 && error.found == 7);
    UNTOUCHED(LAP, fugo_translation_add(translation, NULL, chars, 2, NULL, NULL, NULL, (fugo_error *)(void *)bytes));

    ZEROED(NUL, fugo_translation_symbols(NULL, bytes, 1, statuses, &refused, &error), 16);
    EXPECT(error.at == 1 && statuses[0] == FUGO_STATUS_OTHER && refused == 0);
    ZEROED(HND, fugo_translation_symbols((fugo_translation *)(void *)key, bytes, 1, NULL, NULL, &error), 16);
    STATUS(NUL, fugo_translation_symbols(translation, NULL, 1, NULL, NULL, &error));
    EXPECT(error.at == 2);
    ZEROED(FUGO_STATUS_BUFFER_LENGTH, fugo_translation_symbols(translation, bytes, 2, statuses, NULL, &error), 32);
    EXPECT(error.at == 3 && error.found == 2 && statuses[1] == FUGO_STATUS_OTHER);
    ZEROED(FUGO_STATUS_BUFFER_LENGTH, fugo_translation_symbols(translation, NULL, 0, NULL, NULL, &error), 0);
    UNTOUCHED(OVR, fugo_translation_symbols(translation, bytes, SIZE_MAX / 16 + 1, NULL, NULL, NULL));
    UNTOUCHED(LAP, fugo_translation_symbols(translation, bytes, 1, (fugo_status *)(void *)(bytes + 12), NULL, &error));
    EXPECT(error.at == 2 && error.found == 4);
    UNTOUCHED(LAP, fugo_translation_symbols(translation, bytes, 1, NULL, (size_t *)(void *)bytes, NULL));

    /* None of these calls added a row. */
    ZEROED(FUGO_STATUS_ROWS_REFUSED, fugo_translation_symbols(translation, bytes, 1, NULL, NULL, &error), 16);
    OK(fugo_key_free(&same));
    OK(fugo_translation_free(NULL));
}

/* A handle that is freed with the wrong function stays valid. */
static void frees(void)
{
    void *held = root;
    fugo_key *wrong = (fugo_key *)held;
    STATUS(HND, fugo_key_free(&wrong));
    EXPECT(wrong == held);
    OK(fugo_root_key_free(&root));
    EXPECT(root == NULL);
    OK(fugo_root_key_free(&root));
    OK(fugo_scope_key_free(&scope_key));
    OK(fugo_scope_key_free(&insurers_key));
    OK(fugo_scope_key_free(&eligibility_key));
    OK(fugo_key_free(&key));
    OK(fugo_key_free(&issuer));
    OK(fugo_key_file_free(&file));
    OK(fugo_key_file_free(&file));
    OK(fugo_lineage_free(&lineage));
    OK(fugo_key_free(&other));
    held = translation;
    wrong = (fugo_key *)held;
    STATUS(HND, fugo_key_free(&wrong));
    OK(fugo_translation_free(&translation));
    OK(fugo_translation_free(&translation));
    EXPECT(scope_key == NULL && key == NULL && file == NULL && lineage == NULL && translation == NULL);
}

int main(void)
{
    root = sample_root();
    scope_key = sample_scope_key(SCOPE);
    insurers_key = sample_scope_key("insurers/all/1");
    eligibility_key = sample_scope_key("eligibility/all/1");
    key = sample_key(SCOPE);
    issuer = sample_issuer();
    OK(fugo_key_file_parse(PLAINTEXT, sizeof PLAINTEXT - 1, &file, NULL));
    OK(fugo_lineage_new(PAIR, 1, &lineage, NULL));
    other = sample_key("agency/mof/1");
    OK(fugo_translation_new(key, other, AGENCY, 1, &translation, NULL));
    numbers();
    scopes();
    roots();
    scope_keys();
    keys();
    one_symbol();
    batches();
    occupied();
    named();
    errors();
    texts();
    key_files();
    lineages();
    translations();
    frees();
    return expect_end();
}
