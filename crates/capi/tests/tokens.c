/*
 * Keys that a token keeps: SoftHSM2 with the published keys.
 *
 *     tokens DIR     DIR was made by crates/keystore/tokens/for_bindings, and its environment is set
 */
#include "expect.h"

enum { ROWS = 1500 };

static char address[4096];
static char numbers[ROWS * FUGO_NUMBER_LEN];

/* The text of a file of DIR. */
static const char *read_address(const char *folder, const char *name)
{
    char path[4096];
    FILE *file;
    size_t len = 0;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "r");
    EXPECT(file != NULL);
    if (file != NULL) {
        len = fread(address, 1, sizeof address - 1, file);
        fclose(file);
    }
    address[len] = 0;
    return address;
}

static fugo_key_file *at(const char *folder, const char *name)
{
    fugo_key_file *file = NULL;
    const char *text = read_address(folder, name);
    OK(fugo_key_file_at(text, strlen(text), FUGO_UNLOCK_TEST_KEYS, NULL, 0, &file, NULL));
    return file;
}

static fugo_scope_key *scope_key_at(const char *folder, const char *name)
{
    fugo_key_file *file = at(folder, name);
    fugo_scope_key *key = NULL;
    OK(fugo_key_file_scope_key(file, &key, NULL));
    OK(fugo_key_file_free(&file));
    return key;
}

/* Each address is refused with its kind, and no session stays open: a wrong PIN is not noticed in a process that is
   logged in. */
static void refusals(const char *folder)
{
    char path[4096], line[4096];
    FILE *file;
    int lines = 0;
    snprintf(path, sizeof path, "%s/refused", folder);
    file = fopen(path, "r");
    EXPECT(file != NULL);
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        fugo_key_file *out = NULL;
        fugo_error error;
        char *text = strchr(line, ' ') + 1;
        fugo_status status;
        text[-1] = 0;
        text[strcspn(text, "\n")] = 0;
        status = fugo_key_file_at(text, strlen(text), FUGO_UNLOCK_TEST_KEYS, NULL, 0, &out, &error);
        EXPECT(strcmp(fugo_status_kind(status), line) == 0);
        if (strcmp(fugo_status_kind(status), line) != 0) {
            fprintf(stderr, "expected %s, found %s: %s\n", line, fugo_status_kind(status), text);
        }
        EXPECT(out == NULL && error.status == status);
        lines++;
    }
    if (file != NULL) {
        fclose(file);
    }
    EXPECT(lines == 12);
    {
        fugo_key_file *out = NULL;
        const char *text = read_address(folder, "nta");
        STATUS(FUGO_STATUS_TEST_KEY, fugo_key_file_at(text, strlen(text), FUGO_UNLOCK_NONE, NULL, 0, &out, NULL));
        EXPECT(out == NULL);
    }
}

/* The same symbols as the key with its bytes gives. */
static void same(fugo_key *kept, fugo_key *known)
{
    static uint8_t symbols[ROWS * FUGO_SYMBOL_LEN], expected[ROWS * FUGO_SYMBOL_LEN];
    static fugo_status statuses[ROWS];
    char text[FUGO_SYMBOL_TEXT_SIZE], of_known[FUGO_SYMBOL_TEXT_SIZE];
    char pair[FUGO_PAIR_LEN];
    uint8_t tag[FUGO_TAG_LEN], back[FUGO_SYMBOL_LEN];
    fugo_lineage *lineage = NULL;
    size_t refused = 9, reissued = 9;
    fugo_error error;
    OK(fugo_derive_batch(known, numbers, expected, ROWS, NULL, NULL, NULL));
    OK(fugo_derive_batch(kept, numbers, symbols, ROWS, statuses, &refused, &error));
    EXPECT(refused == 0 && memcmp(symbols, expected, sizeof symbols) == 0);
    OK(fugo_derive(kept, numbers, 12, back, sizeof back, NULL));
    EXPECT(memcmp(back, expected, 16) == 0);
    OK(fugo_text_encode(kept, back, 16, text, sizeof text, NULL));
    OK(fugo_text_encode(known, back, 16, of_known, sizeof of_known, NULL));
    EXPECT(strcmp(text, of_known) == 0);
    OK(fugo_text_decode(kept, text, strlen(text), back, sizeof back, NULL));
    EXPECT(memcmp(back, expected, 16) == 0);
    OK(fugo_key_tag(known, tag, sizeof tag, NULL));
    OK(fugo_key_tag(kept, back, 4, NULL));
    EXPECT(memcmp(tag, back, 4) == 0);

    numbers[7 * 12 + 3] = 'x';
    memcpy(pair, numbers + 20 * 12, 12);
    memcpy(pair + 12, numbers + 30 * 12, 12);
    OK(fugo_lineage_new(pair, 1, &lineage, NULL));
    STATUS(FUGO_STATUS_ROWS_REFUSED,
           fugo_derive_batch_lineage(kept, lineage, numbers, symbols, 40, statuses, &refused, &reissued, &error));
    EXPECT(refused == 1 && reissued == 1 && error.row == 7 && statuses[7] == FUGO_STATUS_NON_DIGIT);
    EXPECT(is_zero(symbols + 7 * 16, 16) && memcmp(symbols + 20 * 16, expected + 30 * 16, 16) == 0);
    EXPECT(memcmp(symbols + 8 * 16, expected + 8 * 16, 12 * 16) == 0);
    sample_number(8, numbers + 7 * 12);
    OK(fugo_lineage_free(&lineage));
}

static void kept_key(const char *folder)
{
    fugo_key_file *file = at(folder, "nta"), *written = NULL;
    fugo_scope_key *scope_key = NULL, *bytes = sample_scope_key(SCOPE);
    fugo_key *key = NULL, *known = sample_key(SCOPE), *other = sample_key("agency/mof/1");
    fugo_root_key *root = NULL;
    fugo_translation *translation = NULL;
    char text[FUGO_SCOPE_TEXT_SIZE];
    uint8_t tag[FUGO_TAG_LEN];
    int32_t kind = 0, usage = 0, equal = 9;
    OK(fugo_key_file_kind(file, &kind, NULL));
    OK(fugo_key_file_usage(file, &usage, NULL));
    OK(fugo_key_file_tag(file, tag, sizeof tag, NULL));
    OK(fugo_key_file_scope(file, text, sizeof text, NULL));
    EXPECT(kind == FUGO_KIND_SCOPE && usage == FUGO_USE_TEST && memcmp(tag, SCOPE_TAG, 4) == 0);
    EXPECT(strcmp(text, SCOPE) == 0);
    OK(fugo_key_file_scope_key(file, &scope_key, NULL));
    OK(fugo_scope_key_tag(scope_key, tag, sizeof tag, NULL));
    OK(fugo_scope_key_scope(scope_key, text, sizeof text, NULL));
    EXPECT(memcmp(tag, SCOPE_TAG, 4) == 0 && strcmp(text, SCOPE) == 0);
    OK(fugo_key_new(scope_key, &key, NULL));

    /* What needs bytes says so. */
    STATUS(FUGO_STATUS_WRONG_KIND, fugo_key_file_root_key(file, &root, NULL));
    STATUS(FUGO_STATUS_NO_BYTES,
           fugo_key_file_create(file, "nowhere.key", 11, FUGO_SEAL_PLAINTEXT, NULL, 0, NULL));
    STATUS(FUGO_STATUS_NO_BYTES, fugo_key_file_of_scope(scope_key, FUGO_USE_TEST, &written, NULL));
    STATUS(FUGO_STATUS_NO_BYTES, fugo_scope_key_equal(scope_key, bytes, &equal, NULL));
    EXPECT(equal == 0);
    STATUS(FUGO_STATUS_NO_BYTES, fugo_scope_key_equal(bytes, scope_key, &equal, NULL));
    STATUS(FUGO_STATUS_NO_BYTES, fugo_translation_new(key, other, AGENCY, 1, &translation, NULL));
    STATUS(FUGO_STATUS_NO_BYTES, fugo_translation_new(other, key, AGENCY, 1, &translation, NULL));
    EXPECT(root == NULL && written == NULL && translation == NULL);

    /* The handles before it are freed first. */
    OK(fugo_key_file_free(&file));
    OK(fugo_scope_key_free(&scope_key));
    same(key, known);
    OK(fugo_scope_key_free(&bytes));
    OK(fugo_key_free(&key));
    OK(fugo_key_free(&known));
    OK(fugo_key_free(&other));
}

static void eligibility(const char *folder)
{
    fugo_scope_key *insurers = scope_key_at(folder, "insurers"), *eligibility = scope_key_at(folder, "eligibility");
    fugo_scope_key *insurers_bytes = sample_scope_key("insurers/all/1"),
                   *eligibility_bytes = sample_scope_key("eligibility/all/1"), *nta = scope_key_at(folder, "nta");
    fugo_key *known = sample_eligibility(), *issuer = NULL, *wrong = NULL;
    uint8_t symbol[FUGO_SYMBOL_LEN], rows[48] = {0}, out[48];
    fugo_error error;
    int round;
    for (round = 0; round < 3; round++) {
        fugo_key *key = NULL;
        OK(fugo_key_eligibility(round == 1 ? insurers_bytes : insurers, round == 2 ? eligibility_bytes : eligibility, &key,
                                NULL));
        same(key, known);
        OK(fugo_derive_from_insurers(key, INSURERS, 16, symbol, 16, NULL));
        EXPECT(memcmp(symbol, ELIGIBILITY, 16) == 0);
        OK(fugo_key_free(&key));
    }
    OK(fugo_key_issuer(eligibility, &issuer, NULL));
    OK(fugo_derive_from_insurers(issuer, INSURERS, 16, symbol, 16, NULL));
    EXPECT(memcmp(symbol, ELIGIBILITY, 16) == 0);
    memcpy(rows + 16, INSURERS, 16);
    STATUS(FUGO_STATUS_ROWS_REFUSED, fugo_derive_from_insurers_batch(issuer, rows, out, 3, &error));
    EXPECT(error.row == 0 && error.found == 2 && is_zero(out, 16) && memcmp(out + 16, ELIGIBILITY, 16) == 0);
    STATUS(FUGO_STATUS_INSURERS_MISSING, fugo_derive(issuer, NUMBER, 12, symbol, 16, NULL));
    STATUS(FUGO_STATUS_INSURERS_MISSING, fugo_key_new(eligibility, &wrong, NULL));
    STATUS(FUGO_STATUS_WRONG_PURPOSE, fugo_key_issuer(nta, &wrong, NULL));
    STATUS(FUGO_STATUS_WRONG_PURPOSE, fugo_key_eligibility(nta, eligibility, &wrong, NULL));
    OK(fugo_scope_key_free(&insurers));
    OK(fugo_scope_key_free(&eligibility));
    OK(fugo_scope_key_free(&insurers_bytes));
    OK(fugo_scope_key_free(&eligibility_bytes));
    OK(fugo_scope_key_free(&nta));
    OK(fugo_key_free(&known));
    OK(fugo_key_free(&issuer));
}

/* A root key that signs gives the bytes of a scope's key, and then nothing is refused. */
static void signed_out(const char *folder)
{
    fugo_scope_key *key = scope_key_at(folder, "signed-out"), *bytes = sample_scope_key(SCOPE);
    int32_t equal = 0;
    OK(fugo_scope_key_equal(key, bytes, &equal, NULL));
    EXPECT(equal == 1);
    OK(fugo_scope_key_free(&key));
    OK(fugo_scope_key_free(&bytes));
}

/* The token goes in the middle of a batch: no row is left, and the call says why. */
static void lost(const char *folder)
{
    static uint8_t symbols[ROWS * FUGO_SYMBOL_LEN];
    static fugo_status statuses[ROWS];
    fugo_scope_key *scope_key = scope_key_at(folder, "lost");
    fugo_key *key = NULL;
    size_t refused = 9;
    fugo_error error;
    OK(fugo_key_new(scope_key, &key, NULL));
    OK(fugo_scope_key_free(&scope_key));
    memset(symbols, 0xee, sizeof symbols);
    STATUS(FUGO_STATUS_SESSION_LOST, fugo_derive_batch(key, numbers, symbols, ROWS, statuses, &refused, &error));
    EXPECT(is_zero(symbols, sizeof symbols) && refused == 0 && error.row == FUGO_NONE);
    EXPECT(statuses[0] == FUGO_STATUS_OTHER && statuses[ROWS - 1] == FUGO_STATUS_OTHER);
    STATUS(FUGO_STATUS_SESSION_LOST, fugo_derive(key, NUMBER, 12, symbols, 16, NULL));
    OK(fugo_key_free(&key));
}

int main(int argc, char **argv)
{
    size_t i;
    EXPECT(argc == 2);
    for (i = 0; i < ROWS; i++) {
        sample_number(i + 1, numbers + i * 12);
    }
    refusals(argv[1]);
    kept_key(argv[1]);
    eligibility(argv[1]);
    signed_out(argv[1]);
    lost(argv[1]);
    return expect_end();
}
