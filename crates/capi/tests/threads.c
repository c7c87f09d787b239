/* One key, eight threads, no lock: every thread gets the same results as one thread alone. Another thread frees it. One
   translation, to which eight threads add. */
#include "expect.h"
#include <pthread.h>

enum { THREADS = 8, ROWS = 3000, ROUNDS = 3 };

static fugo_key *key;
static char numbers[ROWS * FUGO_NUMBER_LEN];
static uint8_t alone[ROWS * FUGO_SYMBOL_LEN];

/* Wrong results, counted per thread, because the counters of expect.h are for one thread. */
static void *play(void *argument)
{
    uint8_t *symbols = (uint8_t *)malloc(sizeof alone), one[FUGO_SYMBOL_LEN], back[FUGO_SYMBOL_LEN];
    char text[FUGO_SYMBOL_TEXT_SIZE];
    uintptr_t wrong = 0, thread = (uintptr_t)argument;
    int round;
    for (round = 0; round < ROUNDS; round++) {
        size_t i;
        fugo_error error;
        memset(symbols, 0, sizeof alone);
        wrong += fugo_derive_batch(key, numbers, symbols, ROWS, NULL, NULL, &error) != FUGO_STATUS_OK;
        wrong += memcmp(symbols, alone, sizeof alone) != 0;
        for (i = thread; i < ROWS; i += THREADS * 10) {
            wrong += fugo_derive(key, numbers + i * 12, 12, one, sizeof one, &error) != FUGO_STATUS_OK;
            wrong += memcmp(one, alone + i * 16, 16) != 0;
            wrong += fugo_text_encode(key, one, sizeof one, text, sizeof text, &error) != FUGO_STATUS_OK;
            wrong += fugo_text_decode(key, text, strlen(text), back, sizeof back, &error) != FUGO_STATUS_OK;
            wrong += memcmp(one, back, 16) != 0;
            /* Each thread causes its own failure and reads its own error. */
            wrong +=
                fugo_number_check("1111111111111111", thread, &error) != FUGO_STATUS_LENGTH || error.found != thread;
        }
    }
    free(symbols);
    return (void *)wrong;
}

/* One translation: each thread adds its part of the roster, and reads what is there. */
static fugo_translation *translation;

static void *add(void *argument)
{
    uint8_t *symbols = (uint8_t *)malloc(sizeof alone);
    uintptr_t wrong = 0, thread = (uintptr_t)argument;
    size_t i, first = ROWS / THREADS * thread;
    fugo_status status;
    wrong += fugo_translation_add(translation, NULL, numbers + first * 12, ROWS / THREADS, NULL, NULL, NULL, NULL) !=
             FUGO_STATUS_OK;
    status = fugo_translation_symbols(translation, symbols, ROWS, NULL, NULL, NULL);
    wrong += status != FUGO_STATUS_OK && status != FUGO_STATUS_ROWS_REFUSED;
    for (i = 0; i < ROWS / THREADS; i++) {
        wrong += memcmp(symbols + (first + i) * 16, alone + (first + i) * 16, 16) != 0;
    }
    free(symbols);
    return (void *)wrong;
}

static void translate(void)
{
    pthread_t threads[THREADS];
    uint8_t *asked = (uint8_t *)malloc(sizeof alone);
    fugo_key *from = sample_key("agency/mof/1");
    uintptr_t i;
    void *wrong;
    OK(fugo_derive_batch(from, numbers, asked, ROWS, NULL, NULL, NULL));
    OK(fugo_translation_new(from, key, asked, ROWS, &translation, NULL));
    OK(fugo_key_free(&from));
    for (i = 0; i < THREADS; i++) {
        EXPECT(pthread_create(&threads[i], NULL, add, (void *)i) == 0);
    }
    for (i = 0; i < THREADS; i++) {
        EXPECT(pthread_join(threads[i], &wrong) == 0);
        EXPECT(wrong == NULL);
    }
    OK(fugo_translation_symbols(translation, asked, ROWS, NULL, NULL, NULL));
    EXPECT(memcmp(asked, alone, sizeof alone) == 0);
    OK(fugo_translation_free(&translation));
    free(asked);
}

static void *end(void *argument)
{
    return (void *)(uintptr_t)fugo_key_free((fugo_key **)argument);
}

int main(void)
{
    pthread_t threads[THREADS];
    uintptr_t i;
    void *wrong;
    key = sample_key(SCOPE);
    for (i = 0; i < ROWS; i++) {
        sample_number(i + 1, numbers + i * 12);
    }
    OK(fugo_derive_batch(key, numbers, alone, ROWS, NULL, NULL, NULL));
    for (i = 0; i < THREADS; i++) {
        EXPECT(pthread_create(&threads[i], NULL, play, (void *)i) == 0);
    }
    for (i = 0; i < THREADS; i++) {
        EXPECT(pthread_join(threads[i], &wrong) == 0);
        EXPECT(wrong == NULL);
    }
    translate();
    EXPECT(pthread_create(&threads[0], NULL, end, &key) == 0);
    EXPECT(pthread_join(threads[0], &wrong) == 0);
    EXPECT(wrong == NULL && key == NULL);
    return expect_end();
}
