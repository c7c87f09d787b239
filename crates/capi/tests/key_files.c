/*
 * Key files that `fugo key` and the check wrote, with each way to unlock them and each failure.
 *
 *     key_files DIR     DIR holds what crates/capi/tests/key_files made
 */
#include "expect.h"
#include <errno.h>
#include <sys/stat.h>

static const char *folder;

static const char *in(const char *name)
{
    static char paths[8][4096];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static fugo_error error;

static fugo_status load(const char *name, int32_t how, const char *with, fugo_key_file **file)
{
    const char *path = in(name);
    how |= FUGO_UNLOCK_TEST_KEYS;
    return fugo_key_file_load(path, strlen(path), how, with, with == NULL ? 0 : strlen(with), file, &error);
}

/* A key file of agency/nta/1 under the root of expect.h, made for tests. */
static void is_sample(fugo_key_file *file, int32_t expected_kind)
{
    int32_t kind = 0, usage = 0;
    uint8_t tag[FUGO_TAG_LEN];
    char scope[FUGO_SCOPE_TEXT_SIZE];
    fugo_root_key *root = NULL;
    fugo_scope_key *key = NULL, *sample = sample_scope_key(SCOPE);
    OK(fugo_key_file_kind(file, &kind, NULL));
    OK(fugo_key_file_usage(file, &usage, NULL));
    OK(fugo_key_file_tag(file, tag, sizeof tag, NULL));
    EXPECT(kind == expected_kind && usage == FUGO_USE_TEST);
    if (kind == FUGO_KIND_ROOT) {
        EXPECT(memcmp(tag, ROOT_TAG, sizeof tag) == 0);
        STATUS(FUGO_STATUS_WRONG_KIND, fugo_key_file_scope(file, scope, sizeof scope, NULL));
        STATUS(FUGO_STATUS_WRONG_KIND, fugo_key_file_scope_key(file, &key, NULL));
        OK(fugo_key_file_root_key(file, &root, NULL));
        OK(fugo_scope_key_derive(root, SCOPE, strlen(SCOPE), &key, NULL));
        OK(fugo_root_key_free(&root));
    } else {
        EXPECT(memcmp(tag, SCOPE_TAG, sizeof tag) == 0);
        OK(fugo_key_file_scope(file, scope, sizeof scope, NULL));
        EXPECT(strcmp(scope, SCOPE) == 0);
        STATUS(FUGO_STATUS_WRONG_KIND, fugo_key_file_root_key(file, &root, NULL));
        OK(fugo_key_file_scope_key(file, &key, NULL));
    }
    OK(fugo_scope_key_equal(key, sample, &kind, NULL));
    EXPECT(kind == 1);
    OK(fugo_scope_key_free(&key));
    OK(fugo_scope_key_free(&sample));
    OK(fugo_key_file_free(&file));
}

#define REFUSED(expected, call)                             \
    do {                                                    \
        file = NULL;                                        \
        STATUS(expected, call);                             \
        EXPECT(file == NULL && error.status == (expected)); \
    } while (0)

int main(int argc, char **argv)
{
    fugo_key_file *file = NULL;
    folder = argv[argc - 1];
    OK(load("test.key", FUGO_UNLOCK_NONE, NULL, &file));
    is_sample(file, FUGO_KIND_SCOPE);
    file = NULL;
    OK(load("root.key", FUGO_UNLOCK_NONE, NULL, &file));
    is_sample(file, FUGO_KIND_ROOT);
    file = NULL;
    OK(load("caf\xc3\xa9 \xff.key", FUGO_UNLOCK_NONE, NULL, &file)); /* bytes, not UTF-8 */
    is_sample(file, FUGO_KIND_SCOPE);
    file = NULL;

    REFUSED(FUGO_STATUS_OTHERS_CAN_READ, load("open.key", FUGO_UNLOCK_NONE, NULL, &file));
    EXPECT(error.at == 0);
    REFUSED(FUGO_STATUS_PLAINTEXT_PRODUCTION, load("production.key", FUGO_UNLOCK_NONE, NULL, &file));
    REFUSED(FUGO_STATUS_NOT_A_KEY_FILE, load("other.key", FUGO_UNLOCK_NONE, NULL, &file));
    REFUSED(FUGO_STATUS_TOO_LARGE, load("large.key", FUGO_UNLOCK_NONE, NULL, &file));
    REFUSED(FUGO_STATUS_TAG_MISMATCH, load("altered.key", FUGO_UNLOCK_NONE, NULL, &file));
    EXPECT(error.at == 7);
    REFUSED(FUGO_STATUS_IO, load("missing.key", FUGO_UNLOCK_NONE, NULL, &file));
    EXPECT(error.at == 0 && error.found == ENOENT);
    REFUSED(FUGO_STATUS_IO, fugo_key_file_load("a\0b", 3, FUGO_UNLOCK_NONE, NULL, 0, &file, &error));
    REFUSED(FUGO_STATUS_IO, fugo_key_file_load(NULL, 0, FUGO_UNLOCK_NONE, NULL, 0, &file, &error));

    /* A program that MACs with the root key of expect.h gives the same key; the tag confirms it. */
    {
        static char address[8192];
        const char *program = in("mac"), *path = in("test.key");
        FILE *stream = fopen(program, "w");
        EXPECT(stream != NULL);
        fputs("#!/usr/bin/python3 -I\nimport hashlib, hmac, sys\n"
              "sys.stdout.buffer.write(hmac.digest(bytes(range(32)), sys.stdin.buffer.read(), hashlib.sha256))\n", stream);
        EXPECT(fclose(stream) == 0 && chmod(program, 0700) == 0);
#define AT(text) fugo_key_file_at(text, strlen(text), FUGO_UNLOCK_TEST_KEYS, NULL, 0, &file, &error)
        snprintf(address, sizeof address, "test:agency/nta/1=7c2cb2a1@exec:%s", program);
        OK(AT(address));
        is_sample(file, FUGO_KIND_SCOPE);
        REFUSED(FUGO_STATUS_TEST_KEY, fugo_key_file_at(address, strlen(address), 0, NULL, 0, &file, &error));
        address[18] = '8';
        REFUSED(FUGO_STATUS_TAG_MISMATCH, AT(address));
        snprintf(address, sizeof address, "exec:%s", program);
        REFUSED(FUGO_STATUS_ADDRESS, AT(address));
        REFUSED(FUGO_STATUS_PROGRAM, AT("agency/nta/1=7c2cb2a1@exec:/bin/false"));
        REFUSED(FUGO_STATUS_TOKEN_MODULE, AT("pkcs11:token=a?module-path=/usr/lib/p11.so"));
        file = NULL;
        OK(AT(path));
        is_sample(file, FUGO_KIND_SCOPE);
    }

    /* A test key is refused unless test keys are allowed, locked or not, from a path or from bytes. */
    {
        const char *path = in("test.key"), *locked = in("identity.key"), *identity = in("identity.txt");
        static unsigned char content[65536];
        size_t len;
        FILE *stream = fopen(locked, "rb");
        REFUSED(FUGO_STATUS_TEST_KEY, fugo_key_file_load(path, strlen(path), FUGO_UNLOCK_NONE, NULL, 0, &file, &error));
        REFUSED(FUGO_STATUS_TEST_KEY, fugo_key_file_load(locked, strlen(locked), FUGO_UNLOCK_IDENTITY_FILE, identity,
                                                         strlen(identity), &file, &error));
        EXPECT(stream != NULL);
        len = stream == NULL ? 0 : fread(content, 1, sizeof content, stream);
        if (stream != NULL) {
            fclose(stream);
        }
        REFUSED(FUGO_STATUS_TEST_KEY, fugo_key_file_open(content, len, FUGO_UNLOCK_IDENTITY_FILE, identity,
                                                         strlen(identity), &file, &error));
        REFUSED(FUGO_STATUS_IDENTITY_NEEDED,
                fugo_key_file_open(content, len, FUGO_UNLOCK_TEST_KEYS, NULL, 0, &file, &error));
        OK(fugo_key_file_open(content, len, FUGO_UNLOCK_IDENTITY_FILE | FUGO_UNLOCK_TEST_KEYS, identity,
                              strlen(identity), &file, &error));
        is_sample(file, FUGO_KIND_SCOPE);
        file = NULL;
        REFUSED(FUGO_STATUS_NOT_A_KEY_FILE, fugo_key_file_open(content, 10, FUGO_UNLOCK_NONE, NULL, 0, &file, &error));
    }

    /* A root key that is made here is saved here. */
    {
        static const char recipient[] = "age1q73he0q5yzfu3d64msd3p6rvksnrwjk3d2598mgtmlqt9wrdr37q2vrn72";
        fugo_root_key *root = NULL;
        fugo_key_file *made = NULL;
        uint8_t tag[FUGO_TAG_LEN], again[FUGO_TAG_LEN];
        const char *path = in("made.key"), *other = in("other-made.key");
        OK(fugo_root_key_random(&root, NULL));
        STATUS(FUGO_STATUS_UNKNOWN_VALUE, fugo_key_file_of_root(root, 3, &made, NULL));
        OK(fugo_key_file_of_root(root, FUGO_USE_PRODUCTION, &made, NULL));
        OK(fugo_root_key_free(&root));
#define CREATE(where, how, with) fugo_key_file_create(made, where, strlen(where), how, with, strlen(with), &error)
        STATUS(FUGO_STATUS_PLAINTEXT_PRODUCTION, CREATE(other, FUGO_SEAL_PLAINTEXT, ""));
        STATUS(FUGO_STATUS_EMPTY_PASSPHRASE, CREATE(other, FUGO_SEAL_PASSPHRASE, ""));
        STATUS(FUGO_STATUS_SHORT_PASSPHRASE, CREATE(other, FUGO_SEAL_PASSPHRASE, "short"));
        STATUS(FUGO_STATUS_NO_RECIPIENT, CREATE(other, FUGO_SEAL_RECIPIENTS, ""));
        STATUS(FUGO_STATUS_RECIPIENT, CREATE(other, FUGO_SEAL_RECIPIENTS, "age1x"));
        STATUS(FUGO_STATUS_UNKNOWN_VALUE, CREATE(other, 4, ""));
        OK(CREATE(path, FUGO_SEAL_RECIPIENTS, recipient));
        STATUS(FUGO_STATUS_EXISTS, CREATE(path, FUGO_SEAL_RECIPIENTS, recipient));
        OK(fugo_key_file_tag(made, tag, sizeof tag, NULL));
        OK(fugo_key_file_free(&made));
        OK(fugo_key_file_load(path, strlen(path), FUGO_UNLOCK_IDENTITY_FILE, in("identity.txt"),
                              strlen(in("identity.txt")), &made, NULL));
        OK(fugo_key_file_tag(made, again, sizeof again, NULL));
        EXPECT(memcmp(tag, again, sizeof tag) == 0);
        OK(fugo_key_file_free(&made));
        remove(path);
    }

    /* Locked with a passphrase. */
    REFUSED(FUGO_STATUS_PASSPHRASE_NEEDED, load("passphrase.key", FUGO_UNLOCK_NONE, NULL, &file));
    REFUSED(FUGO_STATUS_EMPTY, load("passphrase.key", FUGO_UNLOCK_PASSPHRASE, "", &file));
    REFUSED(FUGO_STATUS_NOT_TEXT, load("passphrase.key", FUGO_UNLOCK_PASSPHRASE, "pass\xff", &file));
    EXPECT(error.at == 4);
    REFUSED(FUGO_STATUS_DAMAGED, load("damaged.key", FUGO_UNLOCK_NONE, NULL, &file));
    REFUSED(FUGO_STATUS_IO, load("passphrase.key", FUGO_UNLOCK_PASSPHRASE_FILE, in("missing"), &file));
    EXPECT(error.at == 1 && error.found == ENOENT);
    REFUSED(FUGO_STATUS_OTHERS_CAN_READ, load("passphrase.key", FUGO_UNLOCK_PASSPHRASE_FILE, in("open.txt"), &file));
    EXPECT(error.at == 1);
    REFUSED(FUGO_STATUS_EMPTY, load("passphrase.key", FUGO_UNLOCK_PASSPHRASE_FILE, in("empty.txt"), &file));

    /* Locked to an identity. */
    REFUSED(FUGO_STATUS_IDENTITY_NEEDED, load("identity.key", FUGO_UNLOCK_NONE, NULL, &file));
    REFUSED(FUGO_STATUS_WRONG_IDENTITY, load("identity.key", FUGO_UNLOCK_IDENTITY_FILE, in("stranger.txt"), &file));
    REFUSED(FUGO_STATUS_IDENTITY, load("identity.key", FUGO_UNLOCK_IDENTITY_FILE, in("passphrase.txt"), &file));
    EXPECT(error.at == 1);
    OK(load("identity.key", FUGO_UNLOCK_IDENTITY_FILE, in("identity.txt"), &file));
    is_sample(file, FUGO_KIND_SCOPE);
    file = NULL;

    /* With a passphrase and an identity, the one that locks the file opens it. */
    {
        const char *pass = in("passphrase.txt"), *identity = in("identity.txt"), *path;
        int32_t how = FUGO_UNLOCK_PASSPHRASE_FILE | FUGO_UNLOCK_TEST_KEYS;
        static unsigned char content[65536];
        size_t len;
        FILE *stream;
#define EITHER(how, with, identity)                                                                                   \
    fugo_key_file_load_either(path, strlen(path), how, with, strlen(with), identity, strlen(identity), &file, &error)
        path = in("identity.key");
        OK(EITHER(how, pass, identity));
        is_sample(file, FUGO_KIND_SCOPE);
        file = NULL;
        OK(EITHER(FUGO_UNLOCK_PASSPHRASE | FUGO_UNLOCK_TEST_KEYS, "another", identity));
        is_sample(file, FUGO_KIND_SCOPE);
        REFUSED(FUGO_STATUS_TEST_KEY, EITHER(FUGO_UNLOCK_NONE, "", identity));
        REFUSED(FUGO_STATUS_WRONG_IDENTITY, EITHER(how, pass, in("stranger.txt")));
        REFUSED(FUGO_STATUS_IDENTITY_NEEDED, EITHER(how, pass, ""));
        REFUSED(FUGO_STATUS_IO, EITHER(how, pass, in("missing")));
        EXPECT(error.at == 2 && error.found == ENOENT);
        REFUSED(FUGO_STATUS_IO, EITHER(how, in("missing"), identity));
        EXPECT(error.at == 1 && error.found == ENOENT);
        stream = fopen(path, "rb");
        EXPECT(stream != NULL);
        len = stream == NULL ? 0 : fread(content, 1, sizeof content, stream);
        if (stream != NULL) {
            fclose(stream);
        }
        identity = in("identity.txt");
        OK(fugo_key_file_open_either(content, len, FUGO_UNLOCK_PASSPHRASE | FUGO_UNLOCK_TEST_KEYS, "another", 7, identity,
                                     strlen(identity), &file, &error));
        is_sample(file, FUGO_KIND_SCOPE);
        file = NULL;
        path = in("passphrase.key");
        pass = in("passphrase.txt");
        REFUSED(FUGO_STATUS_PASSPHRASE_NEEDED, EITHER(FUGO_UNLOCK_TEST_KEYS, "", identity));
        if (getenv("FUGO_SKIP_SLOW") == NULL) {
            OK(EITHER(how, pass, identity));
            is_sample(file, FUGO_KIND_SCOPE);
            file = NULL;
        }
    }

    /* These are slow: a passphrase takes a second, and a minute under valgrind. */
    if (getenv("FUGO_SKIP_SLOW") == NULL) {
        REFUSED(FUGO_STATUS_WRONG_PASSPHRASE, load("passphrase.key", FUGO_UNLOCK_PASSPHRASE, "another", &file));
        OK(load("passphrase.key", FUGO_UNLOCK_PASSPHRASE, "correct horse battery staple", &file));
        is_sample(file, FUGO_KIND_SCOPE);
    file = NULL;
        OK(load("passphrase.key", FUGO_UNLOCK_PASSPHRASE_FILE, in("passphrase.txt"), &file));
        is_sample(file, FUGO_KIND_SCOPE);
    file = NULL;
    }
    return expect_end();
}
