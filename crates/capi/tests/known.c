/* The result of every call: the known answers of the specification, and each failure that data can cause. */
#include "expect.h"

static void versions(void)
{
    EXPECT(fugo_version() == FUGO_VERSION);
    EXPECT(strcmp(fugo_version_text(), "0.1.0") == 0);
    EXPECT(strcmp(fugo_level(), "sha-ni") == 0 || strcmp(fugo_level(), "avx512") == 0 ||
           strcmp(fugo_level(), "avx2") == 0 || strcmp(fugo_level(), "portable") == 0);
    EXPECT(fugo_level() == fugo_level());
    OK(fugo_version_check(FUGO_VERSION));
    STATUS(FUGO_STATUS_VERSION_MISMATCH, fugo_version_check(FUGO_VERSION + 1));
    STATUS(FUGO_STATUS_VERSION_MISMATCH, fugo_version_check(FUGO_VERSION + (1u << 8)));
    STATUS(FUGO_STATUS_VERSION_MISMATCH, fugo_version_check(FUGO_VERSION + (1u << 16)));
    STATUS(FUGO_STATUS_VERSION_MISMATCH, fugo_version_check(0));
}

static void statuses(void)
{
    int32_t status, known = 0;
    EXPECT(strcmp(fugo_status_kind(FUGO_STATUS_OK), "ok") == 0);
    EXPECT(strcmp(fugo_status_kind(FUGO_STATUS_NON_DIGIT), "non-digit") == 0);
    EXPECT(strcmp(fugo_status_message(FUGO_STATUS_NEVER_ISSUED), "The number is twelve zeros, which is never issued.") == 0);
    for (status = -1000; status < 2000; status++) {
        EXPECT(fugo_status_message(status)[0] != 0);
        known += strcmp(fugo_status_kind(status), "unknown") != 0;
    }
    EXPECT(known == 80);
    EXPECT(strcmp(fugo_status_kind(INT32_MIN), "unknown") == 0);
    EXPECT(strcmp(fugo_status_kind(INT32_MAX), "unknown") == 0);
}

static void numbers(void)
{
    fugo_error error;
    uint8_t digit = 99;
    OK(fugo_number_check(NUMBER, 12, &error));
    EXPECT(error.status == FUGO_STATUS_OK && error.row == FUGO_NONE && error.at == FUGO_NONE &&
           error.found == FUGO_NONE);
    STATUS(FUGO_STATUS_NON_DIGIT, fugo_number_check("12345678901x", 12, &error));
    EXPECT(error.status == FUGO_STATUS_NON_DIGIT && error.at == 11 && error.found == FUGO_NONE &&
           error.row == FUGO_NONE);
    STATUS(FUGO_STATUS_LENGTH, fugo_number_check(NUMBER, 11, &error));
    EXPECT(error.found == 11 && error.at == FUGO_NONE);
    STATUS(FUGO_STATUS_LENGTH, fugo_number_check(NULL, 0, &error));
    EXPECT(error.found == 0);
    STATUS(FUGO_STATUS_NON_DIGIT, fugo_number_check(NUMBER, 13, &error)); /* the NUL */
    EXPECT(error.at == 12);
    STATUS(FUGO_STATUS_CHECK_DIGIT, fugo_number_check("123456789012", 12, NULL));
    STATUS(FUGO_STATUS_NEVER_ISSUED, fugo_number_check("000000000000", 12, NULL));

    OK(fugo_check_digit(NUMBER, 11, &digit, NULL));
    EXPECT(digit == 8);
    STATUS(FUGO_STATUS_LENGTH, fugo_check_digit(NUMBER, 12, &digit, &error));
    EXPECT(digit == 0 && error.found == 12);
    STATUS(FUGO_STATUS_NON_DIGIT, fugo_check_digit("1234567890a", 11, &digit, &error));
    EXPECT(error.at == 10);
}

static void normalisation(void)
{
    static const char full[] = " \xef\xbc\x91\xef\xbc\x92\xef\xbc\x93\xef\xbc\x94-5678-9018"; /* １２３４ */
    char digits[FUGO_NUMBER_LEN];
    uint32_t changes = 0;
    fugo_error error;
    OK(fugo_normalize(full, sizeof full - 1, 0, digits, sizeof digits, &changes, NULL));
    EXPECT(memcmp(digits, NUMBER, sizeof digits) == 0);
    EXPECT(changes == (FUGO_CHANGE_TRIMMED | FUGO_CHANGE_FULL_WIDTH | FUGO_CHANGE_SEPARATORS));
    STATUS(FUGO_STATUS_LENGTH, fugo_normalize("19", 2, 1, digits, sizeof digits, &changes, NULL));
    EXPECT(is_zero(digits, sizeof digits) && changes == 0);
    OK(fugo_normalize("100000000005", 12, 1, digits, sizeof digits, &changes, NULL));
    EXPECT(changes == 0);
    OK(fugo_normalize("000000019", 9, 1, digits, sizeof digits, &changes, NULL));
    EXPECT(memcmp(digits, "000000000019", 12) == 0 && changes == FUGO_CHANGE_ZEROS_RESTORED);
    STATUS(FUGO_STATUS_LENGTH, fugo_normalize("000000019", 9, 0, digits, sizeof digits, &changes, &error));
    EXPECT(error.found == 9 && is_zero(digits, sizeof digits) && changes == 0);
    STATUS(FUGO_STATUS_EMPTY, fugo_normalize(" ", 1, 0, digits, sizeof digits, &changes, NULL));
    STATUS(FUGO_STATUS_EMPTY, fugo_normalize(NULL, 0, 0, digits, sizeof digits, &changes, NULL));
    STATUS(FUGO_STATUS_SCIENTIFIC_NOTATION, fugo_normalize("1.23E+11", 8, 0, digits, sizeof digits, &changes, NULL));
    STATUS(FUGO_STATUS_CHARACTER, fugo_normalize("1234/56789018", 13, 0, digits, sizeof digits, &changes, &error));
    EXPECT(error.at == 4);
    STATUS(FUGO_STATUS_GROUPING, fugo_normalize("12-3456789018", 13, 0, digits, sizeof digits, &changes, NULL));
    STATUS(FUGO_STATUS_NOT_TEXT, fugo_normalize("12\xff", 3, 0, digits, sizeof digits, &changes, &error));
    EXPECT(error.at == 2);
    STATUS(FUGO_STATUS_CHECK_DIGIT, fugo_normalize("1234 5678 9012", 14, 0, digits, sizeof digits, &changes, NULL));
    STATUS(FUGO_STATUS_NEVER_ISSUED, fugo_normalize("0000 0000 0000", 14, 0, digits, sizeof digits, &changes, NULL));
    STATUS(FUGO_STATUS_UNKNOWN_VALUE, fugo_normalize(NUMBER, 12, 2, digits, sizeof digits, &changes, NULL));
    STATUS(FUGO_STATUS_UNKNOWN_VALUE, fugo_normalize(NUMBER, 12, -1, digits, sizeof digits, &changes, NULL));
}

static void scopes(void)
{
    char text[FUGO_SCOPE_TEXT_SIZE + 3];
    uint8_t label[FUGO_LABEL_MAX];
    size_t len = 0;
    int32_t purpose;
    OK(fugo_scope_text("agency", 6, "nta", 3, 1, text, sizeof text, NULL));
    EXPECT(strcmp(text, SCOPE) == 0 && is_zero(text + strlen(SCOPE), sizeof text - strlen(SCOPE)));
    OK(fugo_scope_text("registry", 8, "0123456789012345678901234567890123456789", 40, UINT32_MAX, text, sizeof text,
                       NULL));
    EXPECT(strlen(text) == 60);
    STATUS(FUGO_STATUS_UNKNOWN_PURPOSE, fugo_scope_text("agenc", 5, "nta", 3, 1, text, sizeof text, NULL));
    EXPECT(is_zero(text, sizeof text));
    STATUS(FUGO_STATUS_SCOPE_ID, fugo_scope_text("agency", 6, "NTA", 3, 1, text, sizeof text, NULL));
    STATUS(FUGO_STATUS_SCOPE_ID, fugo_scope_text("agency", 6, NULL, 0, 1, text, sizeof text, NULL));
    STATUS(FUGO_STATUS_SCOPE_ID_FIXED, fugo_scope_text("insurers", 8, "nta", 3, 1, text, sizeof text, NULL));
    STATUS(FUGO_STATUS_EPOCH_ZERO, fugo_scope_text("agency", 6, "nta", 3, 0, text, sizeof text, NULL));
    STATUS(FUGO_STATUS_NOT_TEXT, fugo_scope_text("agency", 6, "\xc0", 1, 1, text, sizeof text, NULL));

    OK(fugo_scope_label(SCOPE, strlen(SCOPE), label, sizeof label, &len, NULL));
    EXPECT(len == sizeof LABEL && memcmp(label, LABEL, len) == 0 && is_zero(label + len, sizeof label - len));
    STATUS(FUGO_STATUS_SCOPE_FORM, fugo_scope_label("agency/nta", 10, label, sizeof label, &len, NULL));
    EXPECT(len == 0 && is_zero(label, sizeof label));
    STATUS(FUGO_STATUS_UNKNOWN_PURPOSE, fugo_scope_label("tax/nta/1", 9, label, sizeof label, &len, NULL));
    STATUS(FUGO_STATUS_NOT_TEXT, fugo_scope_label("\xff/nta/1", 7, label, sizeof label, &len, NULL));

    EXPECT(strcmp(fugo_purpose_name(FUGO_PURPOSE_AGENCY), "agency") == 0);
    EXPECT(strcmp(fugo_purpose_name(FUGO_PURPOSE_PORTAL), "portal") == 0);
    for (purpose = 1; purpose <= 7; purpose++) {
        EXPECT(fugo_purpose_name(purpose)[0] != 0);
    }
    EXPECT(fugo_purpose_name(0)[0] == 0 && fugo_purpose_name(8)[0] == 0 && fugo_purpose_name(-1)[0] == 0);
}

static void ladder(void)
{
    fugo_root_key *root = sample_root(), *other = NULL;
    fugo_scope_key *derived = sample_scope_key(SCOPE), *taken = NULL, *second = sample_scope_key("agency/nta/2");
    uint8_t tag[FUGO_TAG_LEN], other_tag[FUGO_TAG_LEN];
    char text[FUGO_SCOPE_TEXT_SIZE];
    int32_t equal = 7;
    OK(fugo_root_key_tag(root, tag, sizeof tag, NULL));
    EXPECT(memcmp(tag, ROOT_TAG, sizeof tag) == 0);
    OK(fugo_root_key_random(&other, NULL));
    OK(fugo_root_key_tag(other, other_tag, sizeof other_tag, NULL));
    EXPECT(memcmp(tag, other_tag, sizeof tag) != 0);
    OK(fugo_scope_key_tag(derived, tag, sizeof tag, NULL));
    EXPECT(memcmp(tag, SCOPE_TAG, sizeof tag) == 0);
    OK(fugo_scope_key_scope(derived, text, sizeof text, NULL));
    EXPECT(strcmp(text, SCOPE) == 0);
    OK(fugo_scope_key_from_bytes(SCOPE, strlen(SCOPE), SCOPE_BYTES, sizeof SCOPE_BYTES, &taken, NULL));
    OK(fugo_scope_key_equal(derived, taken, &equal, NULL));
    EXPECT(equal == 1);
    OK(fugo_scope_key_equal(derived, second, &equal, NULL));
    EXPECT(equal == 0);
    OK(fugo_scope_key_free(&taken));
    EXPECT(taken == NULL);
    OK(fugo_scope_key_free(&taken));
    STATUS(FUGO_STATUS_EPOCH_ZERO, fugo_scope_key_derive(root, "agency/nta/0", 12, &taken, NULL));
    EXPECT(taken == NULL);
    STATUS(FUGO_STATUS_SCOPE_FORM, fugo_scope_key_from_bytes("x", 1, SCOPE_BYTES, sizeof SCOPE_BYTES, &taken, NULL));
    OK(fugo_root_key_free(&root));
    OK(fugo_root_key_free(&other));
    OK(fugo_scope_key_free(&derived));
    OK(fugo_scope_key_free(&second));
}

static void keys(void)
{
    fugo_scope_key *insurers = sample_scope_key("insurers/all/1"), *later = sample_scope_key("insurers/all/2");
    fugo_scope_key *eligibility = sample_scope_key("eligibility/all/1"), *agency = sample_scope_key(SCOPE);
    fugo_key *key = sample_eligibility();
    char text[FUGO_SCOPE_TEXT_SIZE];
    fugo_error error;
    OK(fugo_key_scope(key, text, sizeof text, NULL));
    EXPECT(strcmp(text, "eligibility/all/1") == 0);
    OK(fugo_key_free(&key));
    STATUS(FUGO_STATUS_INSURERS_MISSING, fugo_key_new(eligibility, &key, NULL));
    EXPECT(key == NULL);
    STATUS(FUGO_STATUS_INSURERS_EPOCH, fugo_key_eligibility(later, eligibility, &key, &error));
    EXPECT(key == NULL && error.found == 2);
    STATUS(FUGO_STATUS_WRONG_PURPOSE, fugo_key_eligibility(agency, eligibility, &key, &error));
    EXPECT(error.found == FUGO_PURPOSE_AGENCY);
    STATUS(FUGO_STATUS_WRONG_PURPOSE, fugo_key_eligibility(insurers, agency, &key, &error));
    STATUS(FUGO_STATUS_WRONG_PURPOSE, fugo_key_issuer(insurers, &key, &error));
    EXPECT(error.found == FUGO_PURPOSE_INSURERS && key == NULL);
    OK(fugo_scope_key_free(&insurers));
    OK(fugo_scope_key_free(&later));
    OK(fugo_scope_key_free(&eligibility));
    OK(fugo_scope_key_free(&agency));
}

static void one_symbol(void)
{
    fugo_key *agency = sample_key(SCOPE), *insurers = sample_key("insurers/all/1");
    fugo_key *eligibility = sample_eligibility(), *issuer = sample_issuer();
    uint8_t symbol[FUGO_SYMBOL_LEN], tag[FUGO_TAG_LEN];
    fugo_error error;
    OK(fugo_key_tag(agency, tag, sizeof tag, NULL));
    EXPECT(memcmp(tag, SCOPE_TAG, sizeof tag) == 0);
    OK(fugo_derive(agency, NUMBER, 12, symbol, sizeof symbol, NULL));
    EXPECT(memcmp(symbol, AGENCY, sizeof symbol) == 0);
    OK(fugo_derive(insurers, NUMBER, 12, symbol, sizeof symbol, NULL));
    EXPECT(memcmp(symbol, INSURERS, sizeof symbol) == 0);
    OK(fugo_derive(eligibility, NUMBER, 12, symbol, sizeof symbol, NULL));
    EXPECT(memcmp(symbol, ELIGIBILITY, sizeof symbol) == 0);
    OK(fugo_derive_from_insurers(eligibility, INSURERS, sizeof INSURERS, symbol, sizeof symbol, NULL));
    EXPECT(memcmp(symbol, ELIGIBILITY, sizeof symbol) == 0);
    memset(symbol, 0xee, sizeof symbol);
    OK(fugo_derive_from_insurers(issuer, INSURERS, sizeof INSURERS, symbol, sizeof symbol, NULL));
    EXPECT(memcmp(symbol, ELIGIBILITY, sizeof symbol) == 0);
    STATUS(FUGO_STATUS_WRONG_PURPOSE,
           fugo_derive_from_insurers(agency, INSURERS, sizeof INSURERS, symbol, sizeof symbol, &error));
    EXPECT(error.found == FUGO_PURPOSE_AGENCY && is_zero(symbol, sizeof symbol));
    memset(symbol, 0xee, sizeof symbol);
    STATUS(FUGO_STATUS_INSURERS_MISSING, fugo_derive(issuer, NUMBER, 12, symbol, sizeof symbol, NULL));
    EXPECT(is_zero(symbol, sizeof symbol));
    memset(symbol, 0xee, sizeof symbol);
    STATUS(FUGO_STATUS_CHECK_DIGIT, fugo_derive(agency, "123456789012", 12, symbol, sizeof symbol, NULL));
    EXPECT(is_zero(symbol, sizeof symbol));
    STATUS(FUGO_STATUS_LENGTH, fugo_derive(agency, NUMBER, 11, symbol, sizeof symbol, &error));
    EXPECT(error.found == 11);
    OK(fugo_key_free(&agency));
    OK(fugo_key_free(&insurers));
    OK(fugo_key_free(&eligibility));
    OK(fugo_key_free(&issuer));
}

/* Sizes around the library's own chunks. Each row must equal the single call. Some rows are bad. */
static void batches(fugo_key *key)
{
    static const size_t counts[] = {0, 1, 2, 63, 64, 65, 1023, 1024, 1025, 2500};
    size_t c, i;
    for (c = 0; c < sizeof counts / sizeof *counts; c++) {
        size_t count = counts[c], refused = 99, bad = 0, first = 0;
        /* One byte more, so that zero rows have an address, and the numbers have an odd address. */
        char *numbers = (char *)malloc(count * 12 + 1);
        uint8_t *symbols = (uint8_t *)malloc(count * 16 + 1), one[FUGO_SYMBOL_LEN];
        fugo_status *statuses = (fugo_status *)malloc((count + 1) * sizeof *statuses);
        fugo_error error;
        for (i = 0; i < count; i++) {
            sample_number(i + 1, numbers + 1 + i * 12);
        }
        OK(fugo_derive_batch(key, numbers + 1, symbols + 1, count, statuses, &refused, &error));
        EXPECT(refused == 0 && error.status == FUGO_STATUS_OK);
        for (i = 0; i < count; i++) {
            OK(fugo_derive(key, numbers + 1 + i * 12, 12, one, sizeof one, NULL));
            EXPECT(memcmp(one, symbols + 1 + i * 16, 16) == 0);
            EXPECT(statuses[i] == FUGO_STATUS_OK);
        }
        OK(fugo_derive_batch(key, numbers + 1, symbols + 1, count, NULL, NULL, NULL));
        for (i = 0; i < count; i += 5) {
            if (i != 0) {
                numbers[1 + i * 12 + i % 11] = 'x';
                first = bad++ == 0 ? i : first;
            }
        }
        memset(symbols, 0xee, count * 16 + 1);
        STATUS(bad > 0 ? FUGO_STATUS_ROWS_REFUSED : FUGO_STATUS_OK,
               fugo_derive_batch(key, numbers + 1, symbols + 1, count, statuses, &refused, &error));
        EXPECT(refused == bad);
        EXPECT(bad == 0 || (error.row == first && error.found == bad));
        for (i = 0; i < count; i++) {
            int32_t expected = fugo_derive(key, numbers + 1 + i * 12, 12, one, sizeof one, NULL);
            EXPECT(statuses[i] == expected && memcmp(one, symbols + 1 + i * 16, 16) == 0);
        }
        STATUS(bad > 0 ? FUGO_STATUS_ROWS_REFUSED : FUGO_STATUS_OK,
               fugo_derive_batch(key, numbers + 1, symbols + 1, count, NULL, NULL, &error));
        EXPECT(symbols[0] == 0xee);
        free(numbers);
        free(symbols);
        free(statuses);
    }
}

/* With a lineage, each row as the single call has it for the person's first number. */
static void batch_of_first_numbers(fugo_key *key)
{
    enum { COUNT = 1300, NEW = 600 };
    static char numbers[COUNT * 12], pairs[NEW * FUGO_PAIR_LEN];
    static uint8_t symbols[COUNT * 16];
    static fugo_status statuses[COUNT];
    fugo_lineage *lineage = NULL, *none = NULL;
    uint8_t one[FUGO_SYMBOL_LEN];
    char first[FUGO_NUMBER_LEN];
    size_t i, refused = 99, reissued = 99;
    fugo_error error;
    for (i = 0; i < COUNT; i++) {
        sample_number(i + 1, numbers + i * 12);
    }
    /* Number 700 + i was issued in the place of number 1 + i. */
    for (i = 0; i < NEW; i++) {
        memcpy(pairs + i * FUGO_PAIR_LEN, numbers + (699 + i) * 12, 12);
        memcpy(pairs + i * FUGO_PAIR_LEN + 12, numbers + i * 12, 12);
    }
    OK(fugo_lineage_new(pairs, NEW, &lineage, NULL));
    OK(fugo_lineage_new(NULL, 0, &none, NULL));
    OK(fugo_derive_batch_lineage(key, lineage, numbers, symbols, COUNT, statuses, &refused, &reissued, &error));
    EXPECT(refused == 0 && reissued == NEW && error.status == FUGO_STATUS_OK);
    for (i = 0; i < COUNT; i++) {
        OK(fugo_lineage_first(lineage, numbers + i * 12, 12, first, sizeof first, NULL));
        OK(fugo_derive(key, first, sizeof first, one, sizeof one, NULL));
        EXPECT(memcmp(one, symbols + i * 16, 16) == 0 && statuses[i] == FUGO_STATUS_OK);
    }
    numbers[3 * 12] = 'x';
    numbers[703 * 12] = 'x';
    STATUS(FUGO_STATUS_ROWS_REFUSED,
           fugo_derive_batch_lineage(key, lineage, numbers, symbols, COUNT, statuses, &refused, &reissued, &error));
    EXPECT(refused == 2 && reissued == NEW - 1 && error.row == 3 && error.found == 2);
    EXPECT(is_zero(symbols + 703 * 16, 16) && statuses[703] == FUGO_STATUS_NON_DIGIT);
    EXPECT(memcmp(symbols + 704 * 16, symbols + 5 * 16, 16) == 0);
    OK(fugo_derive_batch_lineage(key, none, numbers + 48, symbols, 9, NULL, NULL, &reissued, NULL));
    EXPECT(reissued == 0);
    OK(fugo_derive_batch_lineage(key, lineage, NULL, NULL, 0, NULL, NULL, NULL, NULL));
    OK(fugo_lineage_free(&lineage));
    OK(fugo_lineage_free(&none));
}

static void batch_from_insurers(void)
{
    enum { COUNT = 1300 };
    fugo_key *insurers = sample_key("insurers/all/1"), *eligibility = sample_eligibility(), *issuer = sample_issuer();
    static char numbers[COUNT * 12];
    static uint8_t from[COUNT * 16], direct[COUNT * 16], issued[COUNT * 16];
    size_t i;
    for (i = 0; i < COUNT; i++) {
        sample_number(i + 1, numbers + i * 12);
    }
    OK(fugo_derive_batch(insurers, numbers, from, COUNT, NULL, NULL, NULL));
    OK(fugo_derive_batch(eligibility, numbers, direct, COUNT, NULL, NULL, NULL));
    OK(fugo_derive_from_insurers_batch(issuer, from, issued, COUNT, NULL));
    EXPECT(memcmp(direct, issued, sizeof direct) == 0);
    OK(fugo_derive_from_insurers_batch(eligibility, from, issued, COUNT, NULL));
    EXPECT(memcmp(direct, issued, sizeof direct) == 0);
    OK(fugo_derive_from_insurers_batch(issuer, NULL, NULL, 0, NULL));
    STATUS(FUGO_STATUS_WRONG_PURPOSE, fugo_derive_from_insurers_batch(insurers, from, issued, COUNT, NULL));
    EXPECT(is_zero(issued, sizeof issued));
    OK(fugo_key_free(&insurers));
    OK(fugo_key_free(&eligibility));
    OK(fugo_key_free(&issuer));
}

static void texts(void)
{
    fugo_key *agency = sample_key(SCOPE), *later = sample_key("agency/nta/2"), *insurers = sample_key("insurers/all/1");
    fugo_key *issuer = sample_issuer();
    char text[FUGO_SYMBOL_TEXT_SIZE + 2], rows[2 * FUGO_SYMBOL_TEXT_SIZE];
    uint8_t symbol[FUGO_SYMBOL_LEN], tag[FUGO_TAG_LEN], two[2 * FUGO_SYMBOL_LEN];
    int32_t purpose = 0;
    fugo_error error;
    OK(fugo_text_encode(agency, AGENCY, 16, text, sizeof text, NULL));
    EXPECT(strcmp(text, AGENCY_TEXT) == 0 && is_zero(text + 44, sizeof text - 44));
    OK(fugo_text_encode(insurers, INSURERS, 16, text, FUGO_SYMBOL_TEXT_SIZE, NULL));
    EXPECT(strcmp(text, INSURERS_TEXT) == 0);
    OK(fugo_text_encode(issuer, ELIGIBILITY, 16, text, sizeof text, NULL));
    EXPECT(strcmp(text, ELIGIBILITY_TEXT) == 0);
    OK(fugo_text_encode_tagged(FUGO_PURPOSE_AGENCY, SCOPE_TAG, sizeof SCOPE_TAG, AGENCY, 16, text, sizeof text, NULL));
    EXPECT(strcmp(text, AGENCY_TEXT) == 0);
    STATUS(FUGO_STATUS_UNKNOWN_PURPOSE,
           fugo_text_encode_tagged(8, SCOPE_TAG, sizeof SCOPE_TAG, AGENCY, 16, text, sizeof text, NULL));
    EXPECT(is_zero(text, sizeof text));
    memcpy(two, AGENCY, 16);
    memset(two + 16, 0, 16);
    OK(fugo_text_encode_batch(agency, two, rows, 2, NULL));
    EXPECT(strcmp(rows, AGENCY_TEXT) == 0 && is_zero(rows + FUGO_SYMBOL_TEXT_SIZE, FUGO_SYMBOL_TEXT_SIZE));
    OK(fugo_text_encode_batch(agency, NULL, NULL, 0, NULL));

    OK(fugo_text_decode(agency, AGENCY_TEXT, 44, symbol, sizeof symbol, NULL));
    EXPECT(memcmp(symbol, AGENCY, 16) == 0);
    STATUS(FUGO_STATUS_CORRUPTED, fugo_text_decode(agency, AGENCY_TEXT, 45, symbol, sizeof symbol, NULL));
    EXPECT(is_zero(symbol, sizeof symbol));
    STATUS(FUGO_STATUS_CORRUPTED, fugo_text_decode(agency, NULL, 0, symbol, sizeof symbol, NULL));
    STATUS(FUGO_STATUS_WRONG_KEY, fugo_text_decode(later, AGENCY_TEXT, 44, symbol, sizeof symbol, &error));
    EXPECT(error.found == 0x7c2cb2a1);
    STATUS(FUGO_STATUS_WRONG_PURPOSE, fugo_text_decode(insurers, AGENCY_TEXT, 44, symbol, sizeof symbol, &error));
    EXPECT(error.found == FUGO_PURPOSE_AGENCY);
    OK(fugo_text_decode_tagged(FUGO_PURPOSE_AGENCY, SCOPE_TAG, 4, AGENCY_TEXT, 44, symbol, sizeof symbol, NULL));
    EXPECT(memcmp(symbol, AGENCY, 16) == 0);
    STATUS(FUGO_STATUS_WRONG_KEY,
           fugo_text_decode_tagged(FUGO_PURPOSE_AGENCY, ROOT_TAG, 4, AGENCY_TEXT, 44, symbol, sizeof symbol, NULL));
    STATUS(FUGO_STATUS_UNKNOWN_PURPOSE,
           fugo_text_decode_tagged(0, SCOPE_TAG, 4, AGENCY_TEXT, 44, symbol, sizeof symbol, NULL));
    OK(fugo_text_read(ELIGIBILITY_TEXT, 46, &purpose, tag, sizeof tag, symbol, sizeof symbol, NULL));
    EXPECT(purpose == FUGO_PURPOSE_ELIGIBILITY && memcmp(symbol, ELIGIBILITY, 16) == 0);
    STATUS(FUGO_STATUS_CORRUPTED, fugo_text_read("kikan", 5, &purpose, tag, sizeof tag, symbol, sizeof symbol, NULL));
    EXPECT(purpose == 0 && is_zero(tag, sizeof tag) && is_zero(symbol, sizeof symbol));
    OK(fugo_key_free(&agency));
    OK(fugo_key_free(&later));
    OK(fugo_key_free(&insurers));
    OK(fugo_key_free(&issuer));
}

static void lineage(void)
{
    /* new, previous */
    static const char pairs[] = "000000000051" NUMBER "000000000302"
                                "000000000051";
    static const char self[] = NUMBER NUMBER;
    static const char round[] = "000000000051" NUMBER NUMBER "000000000051";
    static const char fork[] = "000000000051" NUMBER "000000000302" NUMBER;
    static const char merge[] = NUMBER "000000000051" NUMBER "000000000302";
    static const char bad[] = "000000000051" NUMBER "000000000302"
                              "0000000000x1";
    static const char digit[] = "000000000051"
                                "123456789012";
    fugo_lineage *lineage = NULL;
    char first[FUGO_NUMBER_LEN];
    fugo_error error;
    OK(fugo_lineage_new(pairs, 2, &lineage, NULL));
    OK(fugo_lineage_first(lineage, "000000000302", 12, first, sizeof first, NULL));
    EXPECT(memcmp(first, NUMBER, 12) == 0);
    OK(fugo_lineage_first(lineage, "000000000043", 12, first, sizeof first, NULL));
    EXPECT(memcmp(first, "000000000043", 12) == 0);
    STATUS(FUGO_STATUS_CHECK_DIGIT, fugo_lineage_first(lineage, "000000000042", 12, first, sizeof first, NULL));
    EXPECT(is_zero(first, sizeof first));
    OK(fugo_lineage_free(&lineage));
    EXPECT(lineage == NULL);
    OK(fugo_lineage_new(NULL, 0, &lineage, NULL));
    OK(fugo_lineage_free(&lineage));
    STATUS(FUGO_STATUS_SELF_PAIR, fugo_lineage_new(self, 1, &lineage, &error));
    EXPECT(lineage == NULL && error.row == 0);
    STATUS(FUGO_STATUS_CYCLE, fugo_lineage_new(round, 2, &lineage, &error));
    EXPECT(error.row == FUGO_NONE);
    STATUS(FUGO_STATUS_DUPLICATE_PREVIOUS, fugo_lineage_new(fork, 2, &lineage, &error));
    EXPECT(error.row == 1);
    STATUS(FUGO_STATUS_DUPLICATE_NEW, fugo_lineage_new(merge, 2, &lineage, &error));
    EXPECT(error.row == 1);
    STATUS(FUGO_STATUS_NON_DIGIT, fugo_lineage_new(bad, 2, &lineage, &error));
    EXPECT(error.row == 1 && error.at == 22);
    STATUS(FUGO_STATUS_CHECK_DIGIT, fugo_lineage_new(digit, 1, &lineage, &error));
    EXPECT(error.row == 0 && error.at == 12 && lineage == NULL);
}

/* Each asked row has the symbol that both keys give for its person; rows without one have a status. */
static void translation(fugo_key *from, fugo_key *to)
{
    enum { PEOPLE = 1300, ASKED = 9 };
    static char roster[PEOPLE * 12];
    static const size_t who[ASKED] = {700, 3, 1299, 0, 700, 512, 5000, 6000, 20};
    uint8_t asked[ASKED * 16], symbols[ASKED * 16], expected[ASKED * 16];
    fugo_status statuses[ASKED], of_roster[PEOPLE];
    fugo_translation *translation = NULL;
    fugo_lineage *lineage = NULL;
    char number[12], pair[FUGO_PAIR_LEN];
    size_t i, refused = 99, reissued = 99;
    fugo_error error;
    for (i = 0; i < PEOPLE; i++) {
        sample_number(i + 1, roster + i * 12);
    }
    for (i = 0; i < ASKED; i++) {
        sample_number(who[i] + 1, number);
        OK(fugo_derive(from, number, 12, asked + i * 16, 16, NULL));
        OK(fugo_derive(to, number, 12, expected + i * 16, 16, NULL));
    }
    memset(asked + 7 * 16, 0, 16);
    /* Person 20's row of the roster is bad, row 6 is a stranger, row 7 was refused by an earlier call. */
    memset(expected + 6 * 16, 0, 3 * 16);
    roster[20 * 12 + 5] = 'x';
    OK(fugo_translation_new(from, to, asked, ASKED, &translation, &error));

    STATUS(FUGO_STATUS_ROWS_REFUSED, fugo_translation_symbols(translation, symbols, ASKED, statuses, &refused, &error));
    EXPECT(refused == ASKED && error.row == 0 && error.found == ASKED && is_zero(symbols, sizeof symbols));
    EXPECT(statuses[0] == FUGO_STATUS_UNKNOWN_SYMBOL && statuses[7] == FUGO_STATUS_NO_SYMBOL);

    /* In two calls, the second twice. */
    STATUS(FUGO_STATUS_ROWS_REFUSED,
           fugo_translation_add(translation, NULL, roster, 600, of_roster, &refused, &reissued, &error));
    EXPECT(refused == 1 && reissued == 0 && error.row == 20 && error.found == 1);
    EXPECT(of_roster[19] == FUGO_STATUS_OK && of_roster[20] == FUGO_STATUS_NON_DIGIT);
    OK(fugo_translation_add(translation, NULL, roster + 600 * 12, PEOPLE - 600, NULL, NULL, NULL, &error));
    OK(fugo_translation_add(translation, NULL, roster + 600 * 12, PEOPLE - 600, NULL, &refused, NULL, NULL));
    OK(fugo_translation_add(translation, NULL, NULL, 0, NULL, NULL, NULL, NULL));
    EXPECT(refused == 0);
    STATUS(FUGO_STATUS_ROWS_REFUSED, fugo_translation_symbols(translation, symbols, ASKED, statuses, &refused, &error));
    EXPECT(memcmp(symbols, expected, sizeof symbols) == 0);
    EXPECT(refused == 3 && error.row == 6 && error.found == 3);
    for (i = 0; i < ASKED; i++) {
        EXPECT(statuses[i] == (i < 6    ? FUGO_STATUS_OK
                               : i == 7 ? FUGO_STATUS_NO_SYMBOL
                                        : FUGO_STATUS_UNKNOWN_SYMBOL));
    }

    /* Number 9000 was issued in the place of person 20's. */
    sample_number(9000, pair);
    sample_number(21, pair + 12);
    OK(fugo_derive(to, pair + 12, 12, expected + 8 * 16, 16, NULL));
    OK(fugo_lineage_new(pair, 1, &lineage, NULL));
    OK(fugo_translation_add(translation, lineage, pair, 1, of_roster, &refused, &reissued, NULL));
    EXPECT(refused == 0 && reissued == 1 && of_roster[0] == FUGO_STATUS_OK);
    STATUS(FUGO_STATUS_ROWS_REFUSED, fugo_translation_symbols(translation, symbols, ASKED, NULL, &refused, NULL));
    EXPECT(memcmp(symbols, expected, sizeof symbols) == 0 && refused == 2);
    OK(fugo_translation_free(&translation));
    EXPECT(translation == NULL);

    /* Everybody is found, so the call succeeds; the keys are not needed any more. */
    OK(fugo_translation_new(from, to, asked, 6, &translation, NULL));
    OK(fugo_translation_add(translation, NULL, roster + 600 * 12, PEOPLE - 600, NULL, NULL, NULL, NULL));
    STATUS(FUGO_STATUS_ROWS_REFUSED, fugo_translation_add(translation, NULL, roster, 600, NULL, NULL, NULL, NULL));
    OK(fugo_translation_symbols(translation, symbols, 6, statuses, &refused, &error));
    EXPECT(memcmp(symbols, expected, 96) == 0 && refused == 0 && error.status == FUGO_STATUS_OK);
    OK(fugo_translation_free(&translation));

    /* Nobody is asked for. */
    OK(fugo_translation_new(from, to, NULL, 0, &translation, NULL));
    OK(fugo_translation_add(translation, NULL, roster + 600 * 12, 9, NULL, NULL, NULL, NULL));
    OK(fugo_translation_symbols(translation, NULL, 0, NULL, &refused, NULL));
    EXPECT(refused == 0);
    OK(fugo_translation_free(&translation));
    OK(fugo_translation_free(&translation));
    OK(fugo_lineage_free(&lineage));
}

int main(void)
{
    fugo_key *agency = sample_key(SCOPE), *eligibility = sample_eligibility();
    versions();
    statuses();
    numbers();
    normalisation();
    scopes();
    ladder();
    keys();
    one_symbol();
    batches(agency);
    batches(eligibility);
    batch_of_first_numbers(agency);
    batch_of_first_numbers(eligibility);
    batch_from_insurers();
    texts();
    lineage();
    translation(agency, eligibility);
    translation(eligibility, agency);
    OK(fugo_key_free(&agency));
    OK(fugo_key_free(&eligibility));
    return expect_end();
}
