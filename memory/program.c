/* The phases of memory/search, in C. */
#include <fcntl.h>
#include <fugo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 1 << 16, ASKED = 10 };

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

int main(int argc, char **argv)
{
    static char numbers[MOST], key_file[MOST];
    static uint8_t symbols[MOST / FUGO_NUMBER_LEN * 16], asked[ASKED * 16], translated[ASKED * 16];
    fugo_key *from, *to;
    fugo_lineage *lineage = NULL;
    fugo_translation *translation = NULL;
    size_t people;
    if (argc != 5) {
        return 2;
    }
    phase("started");

    from = key_of(argv[1]);
    to = key_of(argv[2]);
    expect(fugo_lineage_new(numbers, read_into(numbers, argv[4]) / FUGO_PAIR_LEN, &lineage, NULL));
    read_into(numbers, argv[3]);
    expect(fugo_derive_batch(from, numbers, asked, ASKED, NULL, NULL, NULL));
    expect(fugo_translation_new(from, to, asked, ASKED, &translation, NULL));
    explicit_bzero(numbers, sizeof numbers);
    phase("opened");

    people = read_into(numbers, argv[3]) / FUGO_NUMBER_LEN;
    phase("read");

    expect(fugo_derive_batch(from, numbers, symbols, people, NULL, NULL, NULL));
    expect(fugo_derive_batch_lineage(from, lineage, numbers, symbols, people, NULL, NULL, NULL, NULL));
    expect(fugo_derive(to, numbers, FUGO_NUMBER_LEN, symbols, 16, NULL));
    expect(fugo_translation_add(translation, lineage, numbers, people, NULL, NULL, NULL, NULL));
    expect(fugo_translation_symbols(translation, translated, ASKED, NULL, NULL, NULL));
    explicit_bzero(numbers, sizeof numbers);
    phase("derived");

    expect(fugo_translation_free(&translation));
    expect(fugo_lineage_free(&lineage));
    expect(fugo_key_free(&from));
    expect(fugo_key_free(&to));
    phase("closed");

    read_into(key_file, argv[1]);
    read_into(numbers, argv[3]);
    phase("planted");
    return 0;
}
