/*
 * Eight threads derive from one handle, and every symbol is compared with that of OpenSSL:
 *     load KEYFILE SYMBOLS [planted]
 * Prints what load.rs prints.
 */
#define _POSIX_C_SOURCE 200809L
#include <fugo.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 8, BATCH = 1 << 14, KEY = 32 };

static fugo_key *key;
static unsigned char bytes[KEY];
static unsigned long long all;
static int planted;
static atomic_ullong next_row, derived, differing;

static void must(int is_right, const char *what)
{
    if (!is_right) {
        fprintf(stderr, "load: %s\n", what);
        exit(1);
    }
}

static void done(fugo_status status)
{
    must(status == FUGO_STATUS_OK, fugo_status_message(status));
}

static void make(unsigned long long i, char *row)
{
    char digits[FUGO_NUMBER_LEN + 1];
    uint8_t check;
    /* (i * 9876543211) mod 10^11, in two steps that 64 bits can hold. */
    unsigned long long low = i % 100000ull * 9876543211ull % 100000000000ull;
    unsigned long long high = i / 100000ull % 1000000ull * 43211ull % 1000000ull * 100000ull % 100000000000ull;
    snprintf(digits, sizeof digits, "%011llu", (low + high) % 100000000000ull);
    done(fugo_check_digit(digits, FUGO_BODY_LEN, &check, NULL));
    memcpy(row, digits, FUGO_BODY_LEN);
    row[FUGO_BODY_LEN] = (char)('0' + check);
}

static void *play(void *nothing)
{
    char *numbers = (char *)malloc((size_t)BATCH * FUGO_NUMBER_LEN);
    uint8_t *symbols = (uint8_t *)malloc((size_t)BATCH * FUGO_SYMBOL_LEN);
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *state = EVP_MAC_CTX_new(mac);
    OSSL_PARAM digest[] = {OSSL_PARAM_construct_utf8_string("digest", (char *)"SHA256", 0), OSSL_PARAM_construct_end()};
    (void)nothing;
    must(numbers != NULL && symbols != NULL && state != NULL, "memory");
    must(EVP_MAC_init(state, bytes, KEY, digest), "HMAC");
    for (;;) {
        unsigned long long first = atomic_fetch_add(&next_row, BATCH), wrong = 0;
        size_t rows, i;
        if (first >= all) {
            break;
        }
        rows = all - first < BATCH ? (size_t)(all - first) : BATCH;
        for (i = 0; i < rows; i++) {
            /* Zeros are never issued. */
            make(first + i + 1, numbers + i * FUGO_NUMBER_LEN);
        }
        done(fugo_derive_batch(key, numbers, symbols, rows, NULL, NULL, NULL));
        if (planted) {
            memset(symbols, 7, FUGO_SYMBOL_LEN);
            must(memset(malloc(1 << 16), 1, 1 << 16) != NULL, "memory");
        }
        for (i = 0; i < rows; i++) {
            unsigned char tag[32];
            size_t len;
            must(EVP_MAC_init(state, NULL, 0, NULL), "HMAC");
            must(EVP_MAC_update(state, (unsigned char *)numbers + i * FUGO_NUMBER_LEN, FUGO_NUMBER_LEN), "HMAC");
            must(EVP_MAC_final(state, tag, &len, sizeof tag), "HMAC");
            wrong += memcmp(tag, symbols + i * FUGO_SYMBOL_LEN, FUGO_SYMBOL_LEN) != 0;
        }
        atomic_fetch_add(&differing, wrong);
        atomic_fetch_add(&derived, rows);
    }
    EVP_MAC_CTX_free(state);
    EVP_MAC_free(mac);
    free(numbers);
    free(symbols);
    return NULL;
}

static long resident(void)
{
    long size, pages = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    must(statm != NULL && fscanf(statm, "%ld %ld", &size, &pages) == 2, "statm");
    fclose(statm);
    return pages * sysconf(_SC_PAGESIZE);
}

/* The key of the plaintext test file, for OpenSSL. */
static void read_key(const char *path)
{
    char line[256];
    int found = 0, i;
    FILE *file = fopen(path, "r");
    must(file != NULL, "key file");
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "key: ", 5) == 0) {
            for (i = 0; i < KEY; i++) {
                unsigned byte;
                must(sscanf(line + 5 + 2 * i, "%2x", &byte) == 1, "key");
                bytes[i] = (unsigned char)byte;
            }
            found = 1;
        }
    }
    fclose(file);
    must(found, "key");
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    long samples[10];
    int i, taken = 0;
    /* A slot holds NULL before a handle is put into it. */
    fugo_key_file *file = NULL;
    fugo_scope_key *scope_key = NULL;
    struct timespec pause = {0, 2000000};
    must(argc >= 3, "usage: load KEYFILE SYMBOLS [planted]");
    all = strtoull(argv[2], NULL, 10);
    planted = argc > 3 && strcmp(argv[3], "planted") == 0;
    read_key(argv[1]);
    done(fugo_key_file_load(argv[1], strlen(argv[1]), FUGO_UNLOCK_TEST_KEYS, NULL, 0, &file, NULL));
    done(fugo_key_file_scope_key(file, &scope_key, NULL));
    done(fugo_key_new(scope_key, &key, NULL));
    done(fugo_scope_key_free(&scope_key));
    done(fugo_key_file_free(&file));
    for (i = 0; i < THREADS; i++) {
        must(pthread_create(&threads[i], NULL, play, NULL) == 0, "thread");
    }
    while (atomic_load(&derived) < all) {
        if (taken < 10 && atomic_load(&derived) * 10 >= all * (unsigned)(taken + 1)) {
            samples[taken++] = resident();
        }
        nanosleep(&pause, NULL);
    }
    for (i = 0; i < THREADS; i++) {
        must(pthread_join(threads[i], NULL) == 0, "thread");
    }
    done(fugo_key_free(&key));
    printf("{\"derived\": %llu, \"differing\": %llu, \"resident\": [", atomic_load(&derived), atomic_load(&differing));
    for (i = 0; i < taken; i++) {
        printf("%s%ld", i ? ", " : "", samples[i]);
    }
    printf("]}\n");
    return 0;
}
