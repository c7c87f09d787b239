/*
 * Does memory that the library frees hold a secret? This program replaces glibc's `free` and `realloc`, so every block
 * that the library frees is searched here: the blocks of handles, and any other that held a secret. The stack and the
 * registers are not searched.
 *
 *     wiping DIR     DIR holds test.key, a key file in plaintext of the key in expect.h
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "expect.h"
#include <malloc.h>

/* glibc's own. */
void __libc_free(void *block);
void *__libc_malloc(size_t size);

enum { RUN = 8, MOST = 24 };

static struct {
    unsigned char bytes[64];
    size_t len;
} secrets[MOST];
static size_t secret_count, blocks_searched, blocks_with_secrets;
static int is_searching;

static void secret(const void *bytes, size_t len)
{
    memcpy(secrets[secret_count].bytes, bytes, len);
    secrets[secret_count++].len = len;
}

/* Says whether a block holds eight consecutive bytes of a secret. */
static int holds_secret(const unsigned char *block, size_t len)
{
    size_t s, from, at;
    for (s = 0; s < secret_count; s++) {
        for (from = 0; from + RUN <= secrets[s].len; from++) {
            for (at = 0; at + RUN <= len; at++) {
                if (block[at] == secrets[s].bytes[from] && memcmp(block + at, secrets[s].bytes + from, RUN) == 0) {
                    return 1;
                }
            }
        }
    }
    return 0;
}

/* The blocks that were allocated by the last MADE. A handle can point to blocks of its own. */
enum { BLOCKS = 4096 };
static void *blocks[BLOCKS];
static size_t block_count;
static int is_recording;

void free(void *block)
{
    size_t i;
    if (block != NULL && is_searching) {
        blocks_searched++;
        blocks_with_secrets += (size_t)holds_secret((unsigned char *)block, malloc_usable_size(block));
    }
    for (i = 0; block != NULL && i < block_count; i++) {
        blocks[i] = blocks[i] == block ? NULL : blocks[i];
    }
    __libc_free(block);
}

void *malloc(size_t size)
{
    void *block = __libc_malloc(size);
    if (is_recording && block_count < BLOCKS) {
        blocks[block_count++] = block;
    }
    return block;
}

/* Always moves, so that the old block is searched. */
void *realloc(void *block, size_t size)
{
    void *moved = __libc_malloc(size);
    if (block != NULL && moved != NULL) {
        size_t old = malloc_usable_size(block);
        memcpy(moved, block, old < size ? old : size);
        free(block);
    }
    return moved;
}

/* SHA-256's state after the one block `key xor pad` (FIPS 180-4), big-endian words in this machine's byte order. */
static void state_after(const uint8_t *key, uint8_t pad, uint32_t *state)
{
    static const uint32_t K[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
    static const uint32_t INITIAL[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
#define ROTATE(x, n) ((x) >> (n) | (x) << (32 - (n)))
    uint32_t w[64], s[8];
    int i;
    for (i = 0; i < 16; i++) {
        int b;
        w[i] = 0;
        for (b = 0; b < 4; b++) {
            uint8_t byte = (uint8_t)((4 * i + b < FUGO_KEY_LEN ? key[4 * i + b] : 0) ^ pad);
            w[i] = w[i] << 8 | byte;
        }
    }
    for (i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] =
            w[i - 16] + (ROTATE(a, 7) ^ ROTATE(a, 18) ^ a >> 3) + w[i - 7] + (ROTATE(b, 17) ^ ROTATE(b, 19) ^ b >> 10);
    }
    memcpy(s, INITIAL, sizeof s);
    for (i = 0; i < 64; i++) {
        uint32_t one = s[7] + (ROTATE(s[4], 6) ^ ROTATE(s[4], 11) ^ ROTATE(s[4], 25)) +
                       ((s[4] & s[5]) ^ (~s[4] & s[6])) + K[i] + w[i];
        uint32_t two =
            (ROTATE(s[0], 2) ^ ROTATE(s[0], 13) ^ ROTATE(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof *s);
        s[4] += one;
        s[0] = one + two;
    }
    for (i = 0; i < 8; i++) {
        state[i] = INITIAL[i] + s[i];
    }
}

static void states(const uint8_t *key)
{
    uint32_t state[8];
    state_after(key, 0x36, state);
    secret(state, sizeof state);
    state_after(key, 0x5c, state);
    secret(state, sizeof state);
}

/* Runs `call`, and expects that it freed blocks and that none of them held a secret. */
#define WIPED(call)                                \
    do {                                           \
        blocks_searched = blocks_with_secrets = 0; \
        is_searching = 1;                          \
        call;                                      \
        is_searching = 0;                          \
        EXPECT(blocks_searched > 0);               \
        EXPECT(blocks_with_secrets == 0);          \
    } while (0)

/* A live handle, or a block that its call allocated and that is still there, must hold a secret: otherwise the search
   would look for the wrong bytes. */
#define LIVES(handle) EXPECT(is_secret_behind(handle))

/* Makes a handle, and keeps the blocks that it is made of. */
#define MADE(call)        \
    do {                  \
        block_count = 0;  \
        is_recording = 1; \
        call;             \
        is_recording = 0; \
    } while (0)

static int is_secret_behind(const void *handle)
{
    size_t i;
    int found = holds_secret((const unsigned char *)handle, malloc_usable_size((void *)(uintptr_t)handle));
    for (i = 0; i < block_count && !found; i++) {
        found = blocks[i] != NULL && holds_secret((const unsigned char *)blocks[i], malloc_usable_size(blocks[i]));
    }
    return found;
}

static void careless(size_t len)
{
    char *block = (char *)malloc(64);
    memset(block, 0xff, 64);
    memcpy(block + 20, NUMBER, len);
    free(block);
}

int main(int argc, char **argv)
{
    static char pairs[20 * FUGO_PAIR_LEN], path[4096];
    fugo_root_key *root = NULL;
    fugo_scope_key *scope_key = NULL;
    fugo_key *key = NULL;
    fugo_lineage *lineage = NULL;
    fugo_key_file *file = NULL;
    char digits[FUGO_NUMBER_LEN], hex[2 * FUGO_KEY_LEN + 1];
    uint32_t changes;
    size_t i;
    EXPECT(argc == 2);

    secret(ROOT_BYTES, sizeof ROOT_BYTES);
    secret(SCOPE_BYTES, sizeof SCOPE_BYTES);
    secret(NUMBER, 12);
    for (i = 0; i < FUGO_KEY_LEN; i++) {
        snprintf(hex + 2 * i, 3, "%02x", SCOPE_BYTES[i]);
    }
    secret(hex, 64);
    states(SCOPE_BYTES);
    for (i = 0; i < 4; i++) {
        sample_number(41234567890ull + i * 7919, pairs + i * FUGO_PAIR_LEN);
        sample_number(59876543210ull + i * 7919, pairs + i * FUGO_PAIR_LEN + 12);
        secret(pairs + i * FUGO_PAIR_LEN, 12);
        secret(pairs + i * FUGO_PAIR_LEN + 12, 12);
    }

    /* The search finds a block that is not wiped, and one that is wiped except for eight bytes. */
    is_searching = 1;
    careless(12);
    EXPECT(blocks_searched == 1 && blocks_with_secrets == 1);
    careless(8);
    EXPECT(blocks_with_secrets == 2);
    careless(7);
    EXPECT(blocks_with_secrets == 2);
    is_searching = 0;

    MADE(root = sample_root());
    LIVES(root);
    WIPED(OK(fugo_root_key_free(&root)));
    MADE(scope_key = sample_scope_key(SCOPE));
    LIVES(scope_key);
    WIPED(OK(fugo_scope_key_free(&scope_key)));
    MADE(key = sample_key(SCOPE));
    LIVES(key);
    /* Handles are used before they are freed. */
    for (i = 0; i < 3; i++) {
        uint8_t symbols[3 * 16];
        OK(fugo_derive_batch(key, NUMBER NUMBER NUMBER, symbols, 3, NULL, NULL, NULL));
        OK(fugo_derive(key, NUMBER, 12, symbols, 16, NULL));
    }
    WIPED(OK(fugo_key_free(&key)));

    /* The working memory of a batch. */
    key = sample_key(SCOPE);
    WIPED({
        static char rows[2000 * 12];
        static uint8_t symbols[2000 * 16];
        for (i = 0; i < 2000; i++) {
            memcpy(rows + i * 12, NUMBER, 12);
        }
        OK(fugo_derive_batch(key, rows, symbols, 2000, NULL, NULL, NULL));
        OK(fugo_lineage_new(pairs, 4, &lineage, NULL));
        for (i = 0; i < 2000; i += 3) {
            memcpy(rows + i * 12, pairs, 12);
        }
        OK(fugo_derive_batch_lineage(key, lineage, rows, symbols, 2000, NULL, NULL, NULL, NULL));
        OK(fugo_lineage_free(&lineage));
    });
    OK(fugo_key_free(&key));

    /* The handle points to the list. It is searched when it is freed. */
    WIPED({
        OK(fugo_lineage_new(pairs, 4, &lineage, NULL));
        OK(fugo_lineage_first(lineage, pairs, 12, digits, sizeof digits, NULL));
        OK(fugo_lineage_free(&lineage));
    });
    /* A lineage that is refused at its last pair wipes its numbers too. */
    memcpy(pairs + 4 * FUGO_PAIR_LEN, "000000000051000000000051", 24);
    WIPED(STATUS(FUGO_STATUS_SELF_PAIR, fugo_lineage_new(pairs, 5, &lineage, NULL)));

    /* A translation: its keys, the roster's numbers, the asked symbols, and what was found. */
    {
        fugo_key *other = sample_key("agency/mof/1");
        fugo_translation *translation = NULL;
        static uint8_t found[3 * 16];
        uint8_t asked[3 * 16];
        key = sample_key(SCOPE);
        memcpy(asked, AGENCY, 16);
        OK(fugo_derive(key, pairs, 12, asked + 16, 16, NULL));
        memset(asked + 32, 0xa7, 16);
        OK(fugo_derive(other, NUMBER, 12, found, 16, NULL));
        secret(asked, 16);
        secret(asked + 16, 16);
        secret(found, 16);
        WIPED({
            MADE(OK(fugo_translation_new(key, other, asked, 3, &translation, NULL)));
            LIVES(translation);
            OK(fugo_translation_add(translation, NULL, NUMBER, 1, NULL, NULL, NULL, NULL));
            OK(fugo_translation_add(translation, NULL, pairs, 1, NULL, NULL, NULL, NULL));
            STATUS(FUGO_STATUS_ROWS_REFUSED, fugo_translation_symbols(translation, found, 3, NULL, NULL, NULL));
            OK(fugo_translation_free(&translation));
        });
        EXPECT(!is_zero(found + 16, 16) && is_zero(found + 32, 16));
        OK(fugo_key_free(&other));
        OK(fugo_key_free(&key));
    }

    /* A key file: its text, its hex digits and its key. */
    snprintf(path, sizeof path, "%s/test.key", argv[argc - 1]);
    WIPED(MADE(OK(fugo_key_file_load(path, strlen(path), FUGO_UNLOCK_TEST_KEYS, NULL, 0, &file, NULL))));
    LIVES(file);
    MADE(OK(fugo_key_file_scope_key(file, &scope_key, NULL)));
    LIVES(scope_key);
    WIPED(OK(fugo_key_file_free(&file)));
    WIPED(OK(fugo_scope_key_free(&scope_key)));
    is_searching = 1;
    blocks_with_secrets = 0;
    OK(fugo_normalize("1234-5678-9018", 14, 0, digits, sizeof digits, &changes, NULL));
    EXPECT(blocks_with_secrets == 0);
    is_searching = 0;
    return expect_end();
}
