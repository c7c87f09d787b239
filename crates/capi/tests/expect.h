/* Shared by the tests in C and C++: counted expectations, and the known answers of docs/spec.md, section 6. */
#ifndef EXPECT_H
#define EXPECT_H

#include <fugo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int expect_done, expect_failed;

#define EXPECT(condition)                                                            \
    do {                                                                             \
        expect_done++;                                                               \
        if (!(condition)) {                                                          \
            expect_failed++;                                                         \
            fprintf(stderr, "%s:%d: expected %s\n", __FILE__, __LINE__, #condition); \
        }                                                                            \
    } while (0)

/* A call's status. */
#define STATUS(expected, call)                                                           \
    do {                                                                                 \
        int found_ = (int)(call);                                                        \
        expect_done++;                                                                   \
        if (found_ != (int)(expected)) {                                                 \
            expect_failed++;                                                             \
            fprintf(stderr, "%s:%d: expected %s, found %s: %s\n", __FILE__, __LINE__,    \
                    fugo_status_kind((int)(expected)), fugo_status_kind(found_), #call); \
        }                                                                                \
    } while (0)

#define OK(call) STATUS(FUGO_STATUS_OK, call)

/* The line that the check reads; the exit status of main. */
static inline int expect_end(void)
{
    printf("%d passed, %d failed\n", expect_done - expect_failed, expect_failed);
    return expect_failed != 0 || expect_done == 0;
}

static inline int is_filled(const void *bytes, size_t len, int value)
{
    size_t i;
    for (i = 0; i < len; i++) {
        if (((const unsigned char *)bytes)[i] != (unsigned char)value) {
            return 0;
        }
    }
    return 1;
}

static inline int is_zero(const void *bytes, size_t len)
{
    return is_filled(bytes, len, 0);
}

#define NUMBER "123456789018"
#define SCOPE "agency/nta/1"
#define AGENCY_TEXT "kikan10skt9gdv4zm69tvhnv5sckgty3jpsdjq9rhe7v"
#define INSURERS_TEXT "hokensha10k50hmwhmftrw86pf4kvtexj952zppam2edvsz"
#define ELIGIBILITY_TEXT "shikaku1jargkyaz5yx3htjhcy4e509e9m8s5fqhm85jd5"

static const uint8_t ROOT_BYTES[FUGO_KEY_LEN] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                                 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
static const uint8_t ROOT_TAG[FUGO_TAG_LEN] = {0x0e, 0x84, 0x21, 0x3a};
static const uint8_t SCOPE_BYTES[FUGO_KEY_LEN] = {0x75, 0x3e, 0x61, 0x4d, 0x2f, 0x63, 0x18, 0x01, 0x52, 0xf3, 0x04,
                                                  0x88, 0xc9, 0x67, 0xfb, 0x46, 0xad, 0x08, 0x76, 0x99, 0x5b, 0xd7,
                                                  0x11, 0xb1, 0xc5, 0xdf, 0x64, 0x48, 0x23, 0x45, 0x40, 0xc0};
static const uint8_t SCOPE_TAG[FUGO_TAG_LEN] = {0x7c, 0x2c, 0xb2, 0xa1};
static const uint8_t LABEL[] = {0x66, 0x75, 0x67, 0x6f, 0x01, 0x01, 0, 0, 0, 1, 3, 0x6e, 0x74, 0x61};
static const uint8_t AGENCY[FUGO_SYMBOL_LEN] = {0xac, 0xa8, 0xb7, 0xa2, 0xad, 0x97, 0x9b, 0x29,
                                                0x0c, 0x59, 0x0b, 0x24, 0x64, 0x18, 0x36, 0x40};
static const uint8_t INSURERS[FUGO_SYMBOL_LEN] = {0xd7, 0xda, 0x56, 0x37, 0x1f, 0x41, 0x4d, 0x6c,
                                                  0xc5, 0xe4, 0xd2, 0x2d, 0x14, 0x20, 0x87, 0xbb};
static const uint8_t ELIGIBILITY[FUGO_SYMBOL_LEN] = {0xa2, 0xa1, 0x0d, 0x1b, 0xae, 0x57, 0xc1, 0x2b,
                                                     0x9a, 0x3c, 0xb9, 0x2e, 0xcf, 0x0a, 0x24, 0x17};

static inline fugo_root_key *sample_root(void)
{
    fugo_root_key *root = NULL;
    OK(fugo_root_key_from_bytes(ROOT_BYTES, sizeof ROOT_BYTES, &root, NULL));
    return root;
}

static inline fugo_scope_key *sample_scope_key(const char *scope)
{
    fugo_root_key *root = sample_root();
    fugo_scope_key *key = NULL;
    OK(fugo_scope_key_derive(root, scope, strlen(scope), &key, NULL));
    OK(fugo_root_key_free(&root));
    return key;
}

static inline fugo_key *sample_key(const char *scope)
{
    fugo_scope_key *scope_key = sample_scope_key(scope);
    fugo_key *key = NULL;
    OK(fugo_key_new(scope_key, &key, NULL));
    OK(fugo_scope_key_free(&scope_key));
    return key;
}

static inline fugo_key *sample_eligibility(void)
{
    fugo_scope_key *insurers = sample_scope_key("insurers/all/1"), *eligibility = sample_scope_key("eligibility/all/1");
    fugo_key *key = NULL;
    OK(fugo_key_eligibility(insurers, eligibility, &key, NULL));
    OK(fugo_scope_key_free(&insurers));
    OK(fugo_scope_key_free(&eligibility));
    return key;
}

static inline fugo_key *sample_issuer(void)
{
    fugo_scope_key *eligibility = sample_scope_key("eligibility/all/1");
    fugo_key *key = NULL;
    OK(fugo_key_issuer(eligibility, &key, NULL));
    OK(fugo_scope_key_free(&eligibility));
    return key;
}

/* Number i: its body is i, and the library computes its check digit. */
static inline void sample_number(uint64_t i, char *digits)
{
    char body[FUGO_BODY_LEN + 1];
    uint8_t digit = 0;
    snprintf(body, sizeof body, "%011llu", (unsigned long long)(i % 100000000000ull));
    OK(fugo_check_digit(body, FUGO_BODY_LEN, &digit, NULL));
    memcpy(digits, body, FUGO_BODY_LEN);
    digits[FUGO_BODY_LEN] = (char)('0' + digit);
}

#endif
