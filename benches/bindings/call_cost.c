/*
 * What a call of libfugo costs:   call_cost KEYFILE
 *
 * KEYFILE is a plaintext test key of agency/nta/1. A million numbers are made first. Then each line of standard input
 * is answered with a line of nanoseconds: one N          N symbols by the call for one batch SIZE N   N calls of a
 * batch of SIZE rows quit
 */
#define _POSIX_C_SOURCE 199309L
#include <fugo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NUMBERS = 1000000 };

static void must(fugo_status status)
{
    if (status != FUGO_STATUS_OK) {
        fprintf(stderr, "call_cost: %s\n", fugo_status_message(status));
        exit(1);
    }
}

static unsigned long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (unsigned long long)time.tv_sec * 1000000000ull + (unsigned long long)time.tv_nsec;
}

int main(int argc, char **argv)
{
    char *numbers = (char *)malloc((size_t)NUMBERS * FUGO_NUMBER_LEN), line[128];
    uint8_t *symbols = (uint8_t *)malloc((size_t)NUMBERS * FUGO_SYMBOL_LEN);
    fugo_key_file *file = NULL;
    fugo_scope_key *scope_key = NULL;
    fugo_key *key = NULL;
    unsigned long long i, size, times, body = 0;
    if (argc != 2 || numbers == NULL || symbols == NULL) {
        fprintf(stderr, "usage: call_cost KEYFILE\n");
        return 2;
    }
    must(fugo_version_check(FUGO_VERSION));
    must(fugo_key_file_load(argv[1], strlen(argv[1]), FUGO_UNLOCK_TEST_KEYS, NULL, 0, &file, NULL));
    must(fugo_key_file_scope_key(file, &scope_key, NULL));
    must(fugo_key_new(scope_key, &key, NULL));
    must(fugo_scope_key_free(&scope_key));
    must(fugo_key_file_free(&file));
    for (i = 0; i < NUMBERS; i++) {
        char digits[FUGO_NUMBER_LEN + 1];
        uint8_t digit;
        body = (body + 98765431) % 100000000000ull;
        snprintf(digits, sizeof digits, "%011llu", body);
        must(fugo_check_digit(digits, FUGO_BODY_LEN, &digit, NULL));
        digits[FUGO_BODY_LEN] = (char)('0' + digit);
        memcpy(numbers + i * FUGO_NUMBER_LEN, digits, FUGO_NUMBER_LEN);
    }
    /* Written once, so that no page is new to the process while it is timed. */
    memset(symbols, 1, (size_t)NUMBERS * FUGO_SYMBOL_LEN);

    while (fgets(line, sizeof line, stdin) != NULL) {
        unsigned long long start = now();
        if (sscanf(line, "one %llu", &times) == 1) {
            for (i = 0; i < times; i++) {
                size_t row = (size_t)(i % NUMBERS);
                must(fugo_derive(key, numbers + row * FUGO_NUMBER_LEN, FUGO_NUMBER_LEN, symbols + row * FUGO_SYMBOL_LEN,
                                 FUGO_SYMBOL_LEN, NULL));
            }
        } else if (sscanf(line, "batch %llu %llu", &size, &times) == 2 && size > 0 && size <= NUMBERS) {
            size_t row = 0;
            for (i = 0; i < times; i++) {
                if (row + size > NUMBERS) {
                    row = 0;
                }
                must(fugo_derive_batch(key, numbers + row * FUGO_NUMBER_LEN, symbols + row * FUGO_SYMBOL_LEN,
                                       (size_t)size, NULL, NULL, NULL));
                row += (size_t)size;
            }
        } else if (strncmp(line, "quit", 4) == 0) {
            break;
        } else {
            fprintf(stderr, "call_cost: unknown command\n");
            return 2;
        }
        printf("%llu\n", now() - start);
        fflush(stdout);
    }
    must(fugo_key_free(&key));
    free(numbers);
    free(symbols);
    return 0;
}
