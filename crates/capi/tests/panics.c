/*
 * A panic in the library becomes a status: outputs are zeroed, nothing is printed, and the library keeps working. This
 * program is linked with a library that has the feature `panic-on-purpose`, which adds the function below.
 */
#include "expect.h"
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#ifdef __cplusplus
extern "C"
#endif
    /* Fills half of `out`, then panics with the text in the message. */
    fugo_status fugo_panic_on_purpose(const char *text, size_t text_len, uint8_t *out, size_t out_len,
                                      fugo_error *error);

static void *play(void *unused)
{
    uintptr_t wrong = 0;
    int i;
    (void)unused;
    for (i = 0; i < 100; i++) {
        uint8_t out[32];
        fugo_error error;
        memset(out, 0xee, sizeof out);
        wrong += fugo_panic_on_purpose(NUMBER, 12, out, sizeof out, &error) != FUGO_STATUS_PANIC;
        wrong +=
            error.status != FUGO_STATUS_PANIC || error.at == FUGO_NONE || error.found == FUGO_NONE || error.at == 0;
        wrong += !is_zero(out, sizeof out);
        wrong += fugo_number_check(NUMBER, 12, &error) != FUGO_STATUS_OK || error.status != FUGO_STATUS_OK;
    }
    return (void *)wrong;
}

int main(void)
{
    pthread_t threads[4];
    void *wrong;
    long printed;
    size_t i;
    char name[] = "/tmp/fugo-panics-XXXXXX";
    int file = mkstemp(name), saved = dup(2);
    EXPECT(file >= 0 && saved >= 0 && unlink(name) == 0);
    EXPECT(dup2(file, 2) == 2);
    EXPECT(play(NULL) == NULL);
    for (i = 0; i < 4; i++) {
        EXPECT(pthread_create(&threads[i], NULL, play, NULL) == 0);
    }
    for (i = 0; i < 4; i++) {
        EXPECT(pthread_join(threads[i], &wrong) == 0 && wrong == NULL);
    }
    printed = (long)lseek(file, 0, SEEK_END);
    EXPECT(dup2(saved, 2) == 2);
    EXPECT(printed == 0);
    close(saved);
    close(file);
    STATUS(FUGO_STATUS_PANIC, fugo_panic_on_purpose(NUMBER, 12, NULL, 0, NULL));
    return expect_end();
}
