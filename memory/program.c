/* The phases of memory/search, in C. */
#include <fcntl.h>
#include <fugo.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 1 << 16, ASKED = 10 };

/* Compiled with -DONE=1, it derives a single symbol: a call after it would overwrite what it left on the stack. */
#ifndef ONE
#define ONE 0
#endif

static void expect(fugo_status status)
{
    if (status != FUGO_STATUS_OK) {
        fprintf(stderr, "a call failed with status %d\n", (int)status);
        exit(1);
    }
}

static void phase(const char *name)
{
    char byte;
    printf("%s\n", name);
    fflush(stdout);
    while (read(0, &byte, 1) == 1 && byte != '\n') {
    }
}

/* Reads without stdio, which has buffers of its own. */
static size_t read_into(char *bytes, const char *path)
{
    int file = open(path, O_RDONLY);
    ssize_t len = file < 0 ? -1 : read(file, bytes, MOST);
    if (len <= 0 || close(file) != 0) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(1);
    }
    return (size_t)len;
}

static fugo_key *key_of(const char *path)
{
    fugo_key_file *file = NULL;
    fugo_scope_key *scope_key = NULL;
    fugo_key *key = NULL;
    expect(fugo_key_file_load(path, strlen(path), FUGO_UNLOCK_TEST_KEYS, NULL, 0, &file, NULL));
    expect(fugo_key_file_scope_key(file, &scope_key, NULL));
    expect(fugo_key_file_free(&file));
    expect(fugo_key_new(scope_key, &key, NULL));
    expect(fugo_scope_key_free(&scope_key));
    return key;
}

static char **files, numbers[MOST];
static fugo_key *from, *to;
static fugo_lineage *lineage;
static fugo_translation *translation;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int derived, ended;

/* Opens the keys and derives, then waits for the end: another thread closes the keys, and this one's stack stays. */
static void *work(void *nothing)
{
    static uint8_t symbols[MOST / FUGO_NUMBER_LEN * 16], asked[ASKED * 16], translated[ASKED * 16];
    size_t people;
    from = key_of(files[1]);
    to = key_of(files[2]);
    expect(fugo_lineage_new(numbers, read_into(numbers, files[4]) / FUGO_PAIR_LEN, &lineage, NULL));
    read_into(numbers, files[3]);
    expect(fugo_derive_batch(from, numbers, asked, ASKED, NULL, NULL, NULL));
    expect(fugo_translation_new(from, to, asked, ASKED, &translation, NULL));
    explicit_bzero(numbers, sizeof numbers);
    phase("opened");

    people = read_into(numbers, files[3]) / FUGO_NUMBER_LEN;
    phase("read");

    expect(fugo_derive(to, numbers, FUGO_NUMBER_LEN, symbols, 16, NULL));
    if (!ONE) {
        expect(fugo_derive_batch_lineage(from, lineage, numbers, symbols, people, NULL, NULL, NULL, NULL));
        expect(fugo_translation_add(translation, lineage, numbers, people, NULL, NULL, NULL, NULL));
        expect(fugo_translation_symbols(translation, translated, ASKED, NULL, NULL, NULL));
        expect(fugo_derive_batch(from, numbers, symbols, people, NULL, NULL, NULL));
    }
    explicit_bzero(numbers, sizeof numbers);
    phase("derived");

    pthread_mutex_lock(&lock);
    derived = 1;
    pthread_cond_broadcast(&changed);
    while (!ended) {
        pthread_cond_wait(&changed, &lock);
    }
    pthread_mutex_unlock(&lock);
    return nothing;
}

int main(int argc, char **argv)
{
    static char key_file[MOST];
    pthread_t thread;
    if (argc != 5) {
        return 2;
    }
    files = argv;
    phase("started");

    if (pthread_create(&thread, NULL, work, NULL) != 0) {
        return 1;
    }
    pthread_mutex_lock(&lock);
    while (!derived) {
        pthread_cond_wait(&changed, &lock);
    }
    pthread_mutex_unlock(&lock);
    expect(fugo_translation_free(&translation));
    expect(fugo_lineage_free(&lineage));
    expect(fugo_key_free(&from));
    expect(fugo_key_free(&to));
    phase("closed");

    read_into(key_file, argv[1]);
    read_into(numbers, argv[3]);
    phase("planted");
    pthread_mutex_lock(&lock);
    ended = 1;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return pthread_join(thread, NULL);
}
