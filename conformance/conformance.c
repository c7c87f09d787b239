/*
 * Plays every case of the test vectors through libfugo:   conformance VECTORS_DIR
 *
 * It prints a line `NAME CASES` for each file. It reports a case with another outcome on standard error, and then exits
 * with 1. It does the same for a schema, kind, field or outcome that it does not know. It reads JSON with jansson and
 * calls the library through fugo.h.
 */
#include <fugo.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_wrong;          /* whether anything was not as the vectors say */
static const char *file_name; /* the vectors at hand */
static json_int_t case_id;

static void mismatch(const char *format, ...)
{
    va_list arguments;
    is_wrong = 1;
    fprintf(stderr, "%s case %lld: ", file_name, (long long)case_id);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

static void die(const char *what)
{
    fprintf(stderr, "%s: %s\n", file_name, what);
    exit(1);
}

/* A call that no vector is about must not fail. */
static void must(fugo_status status)
{
    if (status != FUGO_STATUS_OK) {
        fprintf(stderr, "%s case %lld: a call failed: %s\n", file_name, (long long)case_id, fugo_status_kind(status));
        exit(1);
    }
}

typedef struct {
    const char *chars;
    size_t len;
} text;

static text text_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    text found = {json_string_value(value), json_string_length(value)};
    if (found.chars == NULL) {
        mismatch("expected a text `%s`, found none", name);
        found.chars = "";
    }
    return found;
}

static json_int_t integer_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_integer(value)) {
        mismatch("expected a number `%s`, found none", name);
        return -1;
    }
    return json_integer_value(value);
}

/* Lower-case hex to bytes; the length of the bytes, at most `most`. */
static size_t bytes_of(const json_t *object, const char *name, uint8_t *bytes, size_t most)
{
    static const char digits[] = "0123456789abcdef";
    text hex = text_of(object, name);
    size_t i;
    if (hex.len % 2 != 0 || hex.len / 2 > most || strspn(hex.chars, digits) != hex.len) {
        mismatch("expected at most %zu bytes of hex in `%s`", most, name);
        return 0;
    }
    for (i = 0; i < hex.len / 2; i++) {
        bytes[i] = (uint8_t)((strchr(digits, hex.chars[2 * i]) - digits) << 4 |
                             (strchr(digits, hex.chars[2 * i + 1]) - digits));
    }
    return hex.len / 2;
}

static void same_bytes(const char *what, const json_t *expected_in, const uint8_t *found, size_t len)
{
    uint8_t expected[64];
    if (bytes_of(expected_in, what, expected, sizeof expected) != len || memcmp(expected, found, len) != 0) {
        mismatch("expected another `%s`", what);
    }
}

static void same_text(const char *what, text expected, const char *found, size_t len)
{
    if (expected.len != len || memcmp(expected.chars, found, len) != 0) {
        mismatch("expected %s %.*s, found %.*s", what, (int)expected.len, expected.chars, (int)len, found);
    }
}

/* A number of an error: what the case says in this field, or nothing. */
static void same_detail(const json_t *expected_in, const char *field, uint64_t found)
{
    const json_t *value = json_object_get(expected_in, field);
    uint64_t expected = json_is_integer(value) ? (uint64_t)json_integer_value(value) : FUGO_NONE;
    if (expected != found) {
        mismatch("expected %s %lld, found %lld", field, (long long)expected, (long long)found);
    }
}

/* Whether the outcome is the word that the case expects, and a success. */
static int is_ok(const json_t *played, fugo_status status)
{
    text expected = text_of(played, "expect");
    same_text("outcome", expected, fugo_status_kind(status), strlen(fugo_status_kind(status)));
    return status == FUGO_STATUS_OK && strcmp(expected.chars, "ok") == 0;
}

static fugo_key *any_key(void)
{
    static const uint8_t bytes[FUGO_KEY_LEN];
    fugo_scope_key *scope_key = NULL;
    fugo_key *key = NULL;
    must(fugo_scope_key_from_bytes("agency/nta/1", 12, bytes, sizeof bytes, &scope_key, NULL));
    must(fugo_key_new(scope_key, &key, NULL));
    must(fugo_scope_key_free(&scope_key));
    return key;
}

static void play_check_digit(const json_t *played)
{
    text body = text_of(played, "body");
    uint8_t digit;
    fugo_error error;
    if (is_ok(played, fugo_check_digit(body.chars, body.len, &digit, &error))) {
        json_int_t expected = integer_of(played, "digit");
        if (expected != digit) {
            mismatch("expected digit %lld, found %d", (long long)expected, digit);
        }
    }
    same_detail(played, "offset", error.at);
    same_detail(played, "found", error.found);
}

static void play_number(const json_t *played)
{
    text number = text_of(played, "text");
    fugo_error error;
    fugo_status status = fugo_number_check(number.chars, number.len, &error);
    is_ok(played, status);
    same_detail(played, "offset", error.at);
    same_detail(played, "found", error.found);
    if (number.len == FUGO_NUMBER_LEN) {
        /* As a row of a batch it has the same outcome. */
        fugo_key *key = any_key();
        uint8_t symbol[FUGO_SYMBOL_LEN];
        fugo_status row;
        fugo_derive_batch(key, number.chars, symbol, 1, &row, NULL, NULL);
        is_ok(played, row);
        must(fugo_key_free(&key));
    }
}

static void play_normalize(const json_t *played)
{
    static const char *const names[] = {"invisibles", "trimmed", "full-width", "separators", "zeros-restored"};
    text given = text_of(played, "text");
    char digits[FUGO_NUMBER_LEN];
    uint32_t changes;
    fugo_error error;
    const json_t *restore_zeros = json_object_get(played, "restore_zeros");
    if (!json_is_boolean(restore_zeros)) {
        mismatch("expected `restore_zeros`, found none");
        return;
    }
    if (is_ok(played, fugo_normalize(given.chars, given.len, json_is_true(restore_zeros), digits, sizeof digits,
                                     &changes, &error))) {
        const json_t *expected = json_object_get(played, "changes");
        size_t i, at = 0;
        same_text("digits", text_of(played, "digits"), digits, sizeof digits);
        for (i = 0; i < sizeof names / sizeof *names; i++) {
            if (changes & 1u << i) {
                const char *name = json_string_value(json_array_get(expected, at++));
                if (name == NULL || strcmp(name, names[i]) != 0) {
                    mismatch("expected change %s, found %s", name == NULL ? "none" : name, names[i]);
                }
            }
        }
        if (!json_is_array(expected) || at != json_array_size(expected)) {
            mismatch("expected %zu changes, found %zu", json_array_size(expected), at);
        }
    }
    same_detail(played, "offset", error.at);
    same_detail(played, "found", error.found);
}

/* The scope that a case asks for, as text; its status. */
static fugo_status scope_of(const json_t *played, char *scope)
{
    text purpose = text_of(played, "purpose"), id = text_of(played, "scope");
    json_int_t epoch = integer_of(played, "epoch");
    if (epoch < 0 || epoch > (json_int_t)UINT32_MAX) {
        die("an epoch is not a 32-bit number");
    }
    return fugo_scope_text(purpose.chars, purpose.len, id.chars, id.len, (uint32_t)epoch, scope, FUGO_SCOPE_TEXT_SIZE,
                           NULL);
}

static fugo_scope_key *scope_key_of(const json_t *played, const char *scope)
{
    uint8_t bytes[FUGO_KEY_LEN], tag[FUGO_TAG_LEN];
    fugo_root_key *root = NULL;
    fugo_scope_key *scope_key = NULL;
    must(fugo_root_key_from_bytes(bytes, bytes_of(played, "root", bytes, sizeof bytes), &root, NULL));
    must(fugo_scope_key_derive(root, scope, strlen(scope), &scope_key, NULL));
    if (json_object_get(played, "root_tag") != NULL) {
        must(fugo_root_key_tag(root, tag, sizeof tag, NULL));
        same_bytes("root_tag", played, tag, sizeof tag);
    }
    must(fugo_root_key_free(&root));
    return scope_key;
}

static void play_key(const json_t *played)
{
    char scope[FUGO_SCOPE_TEXT_SIZE], back[FUGO_SCOPE_TEXT_SIZE];
    uint8_t label[FUGO_LABEL_MAX], tag[FUGO_TAG_LEN], bytes[FUGO_KEY_LEN];
    size_t len;
    int32_t equal;
    fugo_scope_key *scope_key = NULL, *expected = NULL;
    if (!is_ok(played, scope_of(played, scope))) {
        return;
    }
    must(fugo_scope_label(scope, strlen(scope), label, sizeof label, &len, NULL));
    same_bytes("label", played, label, len);
    text_of(played, "root_tag");
    scope_key = scope_key_of(played, scope);
    must(fugo_scope_key_tag(scope_key, tag, sizeof tag, NULL));
    same_bytes("tag", played, tag, sizeof tag);
    must(fugo_scope_key_scope(scope_key, back, sizeof back, NULL));
    if (strcmp(scope, back) != 0) {
        mismatch("expected scope %s, found %s", scope, back);
    }
    /* The library gives no key's bytes back; it compares. */
    len = bytes_of(played, "scope_key", bytes, sizeof bytes);
    if (len != FUGO_KEY_LEN) {
        mismatch("expected 32 bytes of scope key");
    } else {
        must(fugo_scope_key_from_bytes(scope, strlen(scope), bytes, len, &expected, NULL));
        must(fugo_scope_key_equal(scope_key, expected, &equal, NULL));
        if (!equal) {
            mismatch("expected another `scope_key`");
        }
        must(fugo_scope_key_free(&expected));
    }
    must(fugo_scope_key_free(&scope_key));
}

static void play_symbol(const json_t *played)
{
    text number = text_of(played, "number"), purpose = text_of(played, "purpose");
    char scope[FUGO_SCOPE_TEXT_SIZE], written[FUGO_SYMBOL_TEXT_SIZE], rows[3 * FUGO_NUMBER_LEN];
    uint8_t symbol[FUGO_SYMBOL_LEN], many[3 * FUGO_SYMBOL_LEN];
    fugo_scope_key *scope_key = NULL, *first = NULL;
    fugo_key *key = NULL;
    int i;
    if (!is_ok(played, scope_of(played, scope)) || number.len != FUGO_NUMBER_LEN) {
        mismatch("a symbol of twelve digits always is");
        return;
    }
    scope_key = scope_key_of(played, scope);
    if (strcmp(purpose.chars, "eligibility") == 0) {
        uint8_t insurers[FUGO_SYMBOL_LEN];
        fugo_key *stage = NULL;
        first = scope_key_of(played, "insurers/all/1");
        must(fugo_key_new(first, &stage, NULL));
        must(fugo_derive(stage, number.chars, number.len, insurers, sizeof insurers, NULL));
        same_bytes("insurers_symbol", played, insurers, sizeof insurers);
        must(fugo_key_free(&stage));
        /* The issuer's way, without a number: one, and a batch. */
        must(fugo_key_issuer(scope_key, &stage, NULL));
        bytes_of(played, "insurers_symbol", insurers, sizeof insurers);
        must(fugo_derive_from_insurers(stage, insurers, sizeof insurers, symbol, sizeof symbol, NULL));
        same_bytes("symbol", played, symbol, sizeof symbol);
        must(fugo_derive_from_insurers_batch(stage, insurers, symbol, 1, NULL));
        same_bytes("symbol", played, symbol, sizeof symbol);
        must(fugo_key_free(&stage));
        must(fugo_key_eligibility(first, scope_key, &key, NULL));
        must(fugo_scope_key_free(&first));
    } else {
        if (json_object_get(played, "insurers_symbol") != NULL) {
            mismatch("only eligibility has an insurers' symbol");
        }
        must(fugo_key_new(scope_key, &key, NULL));
    }
    must(fugo_scope_key_free(&scope_key));
    must(fugo_derive(key, number.chars, number.len, symbol, sizeof symbol, NULL));
    same_bytes("symbol", played, symbol, sizeof symbol);
    for (i = 0; i < 3; i++) {
        memcpy(rows + i * FUGO_NUMBER_LEN, number.chars, FUGO_NUMBER_LEN);
    }
    must(fugo_derive_batch(key, rows, many, 3, NULL, NULL, NULL));
    for (i = 0; i < 3; i++) {
        same_bytes("symbol", played, many + i * FUGO_SYMBOL_LEN, FUGO_SYMBOL_LEN);
    }
    must(fugo_text_encode(key, symbol, sizeof symbol, written, sizeof written, NULL));
    same_text("text", text_of(played, "text"), written, strlen(written));
    must(fugo_text_decode(key, written, strlen(written), symbol, sizeof symbol, NULL));
    same_bytes("symbol", played, symbol, sizeof symbol);
    must(fugo_key_free(&key));
}

static void play_text(const json_t *played)
{
    static const uint8_t refused[FUGO_SYMBOL_LEN];
    text written = text_of(played, "text"), name = text_of(played, "purpose");
    uint8_t tag[FUGO_TAG_LEN], symbol[FUGO_SYMBOL_LEN], found_tag[FUGO_TAG_LEN];
    char again[FUGO_SYMBOL_TEXT_SIZE];
    size_t tag_len = bytes_of(played, "tag", tag, sizeof tag);
    int32_t purpose = FUGO_PURPOSE_AGENCY, found;
    while (fugo_purpose_name(purpose)[0] != 0 && strcmp(fugo_purpose_name(purpose), name.chars) != 0) {
        purpose++;
    }
    if (is_ok(played, fugo_text_decode_tagged(purpose, tag, tag_len, written.chars, written.len, symbol, sizeof symbol,
                                              NULL))) {
        same_bytes("symbol", played, symbol, sizeof symbol);
        /* Zeros mark a refused row in buffers of symbols, so they are read and not written. */
        if (memcmp(symbol, refused, sizeof symbol) != 0) {
            must(fugo_text_encode_tagged(purpose, tag, tag_len, symbol, sizeof symbol, again, sizeof again, NULL));
            same_text("text", written, again, strlen(again));
        }
        must(fugo_text_read(written.chars, written.len, &found, found_tag, sizeof found_tag, symbol, sizeof symbol,
                            NULL));
        same_bytes("symbol", played, symbol, sizeof symbol);
        same_bytes("tag", played, found_tag, sizeof found_tag);
        if (found != purpose) {
            mismatch("expected purpose %d, found %d", (int)purpose, (int)found);
        }
    }
}

/* The two numbers of an array, into 24 bytes. */
static int pair_of(const json_t *array, char *pair)
{
    size_t i;
    for (i = 0; i < 2; i++) {
        const json_t *number = json_array_get(array, i);
        if (json_array_size(array) != 2 || json_string_length(number) != FUGO_NUMBER_LEN) {
            mismatch("expected two numbers");
            return 0;
        }
        memcpy(pair + i * FUGO_NUMBER_LEN, json_string_value(number), FUGO_NUMBER_LEN);
    }
    return 1;
}

static void play_lineage(const json_t *played)
{
    const json_t *pairs = json_object_get(played, "pairs"), *queries = json_object_get(played, "queries");
    size_t count = json_array_size(pairs), i;
    char *flat = (char *)malloc(count * FUGO_PAIR_LEN + 1);
    fugo_lineage *lineage = NULL;
    fugo_error error;
    if (flat == NULL || !json_is_array(pairs)) {
        die("no pairs, or no memory for them");
    }
    for (i = 0; i < count; i++) {
        if (!pair_of(json_array_get(pairs, i), flat + i * FUGO_PAIR_LEN)) {
            free(flat);
            return;
        }
    }
    if (is_ok(played, fugo_lineage_new(flat, count, &lineage, &error))) {
        if (json_array_size(queries) == 0) {
            mismatch("expected queries, found none");
        }
        for (i = 0; i < json_array_size(queries); i++) {
            char query[FUGO_PAIR_LEN], first[FUGO_NUMBER_LEN];
            if (pair_of(json_array_get(queries, i), query)) {
                must(fugo_lineage_first(lineage, query, FUGO_NUMBER_LEN, first, sizeof first, NULL));
                if (memcmp(first, query + FUGO_NUMBER_LEN, FUGO_NUMBER_LEN) != 0) {
                    mismatch("query %zu: expected another first number", i);
                }
            }
        }
    }
    same_detail(played, "pair", error.row);
    must(fugo_lineage_free(&lineage));
    free(flat);
}

static void play_key_file(const json_t *played)
{
    text plaintext = text_of(played, "plaintext");
    fugo_key_file *file = NULL;
    fugo_error error;
    if (is_ok(played, fugo_key_file_parse(plaintext.chars, plaintext.len, &file, &error))) {
        char scope[FUGO_SCOPE_TEXT_SIZE], expected[FUGO_SCOPE_TEXT_SIZE];
        uint8_t tag[FUGO_TAG_LEN];
        int32_t kind, usage;
        const char *word;
        must(fugo_key_file_kind(file, &kind, NULL));
        must(fugo_key_file_usage(file, &usage, NULL));
        must(fugo_key_file_tag(file, tag, sizeof tag, NULL));
        word = kind == FUGO_KIND_ROOT ? "root" : "scope";
        same_text("kind", text_of(played, "kind"), word, strlen(word));
        word = usage == FUGO_USE_PRODUCTION ? "production" : "test";
        same_text("use", text_of(played, "use"), word, strlen(word));
        same_bytes("tag", played, tag, sizeof tag);
        if (kind == FUGO_KIND_SCOPE) {
            must(fugo_key_file_scope(file, scope, sizeof scope, NULL));
            if (scope_of(played, expected) != FUGO_STATUS_OK || strcmp(scope, expected) != 0) {
                mismatch("expected scope %s, found %s", expected, scope);
            }
        } else if (json_object_get(played, "scope") != NULL || json_object_get(played, "epoch") != NULL) {
            mismatch("a root key has no scope");
        }
    } else if (error.at == 0 || error.at == FUGO_NONE) {
        mismatch("expected the number of a line, found none");
    }
    if (json_object_get(played, "line") != NULL) {
        same_detail(played, "line", error.at);
    }
    must(fugo_key_file_free(&file));
}

typedef struct {
    const char *name;
    void (*play)(const json_t *);
    /* Every field and every outcome that may occur, between spaces. */
    const char *fields, *outcomes;
} kind;

static const kind KINDS[] = {
    {"check_digits", play_check_digit, " body digit offset found ", " ok non-digit length "},
    {"numbers", play_number, " text offset found ", " ok non-digit length check-digit never-issued "},
    {"normalize", play_normalize, " text restore_zeros digits changes offset found ",
     " ok empty scientific-notation character length grouping check-digit never-issued "},
    {"keys", play_key, " root purpose scope epoch root_tag label scope_key tag ",
     " ok scope-id scope-id-fixed epoch-zero unknown-purpose "},
    {"symbols", play_symbol, " root purpose scope epoch number symbol text insurers_symbol ", " ok "},
    {"text", play_text, " text purpose tag symbol ", " ok corrupted unknown-part wrong-purpose wrong-key "},
    {"lineage", play_lineage, " pairs queries pair ", " ok duplicate-new duplicate-previous self-pair cycle "},
    {"keyfile", play_key_file, " plaintext kind use tag purpose scope epoch line ",
     " ok unknown-line missing-line bad-value tag-mismatch "},
};

/* Whether a word is in a list that is separated by spaces. */
static int is_listed(const char *list, const char *word)
{
    char spaced[64];
    return word != NULL && strchr(word, ' ') == NULL &&
           snprintf(spaced, sizeof spaced, " %s ", word) < (int)sizeof spaced && strstr(list, spaced) != NULL;
}

static void play_file(const char *folder, const kind *vectors)
{
    char path[4096];
    const char *field;
    json_error_t error;
    json_t *file, *cases, *played, *value;
    size_t i;
    file_name = vectors->name;
    case_id = 0;
    snprintf(path, sizeof path, "%s/%s.json", folder, vectors->name);
    file = json_load_file(path, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (file == NULL) {
        die(error.text);
    }
    if (strcmp(text_of(file, "schema").chars, "fugo-vectors-1") != 0 ||
        strcmp(text_of(file, "kind").chars, vectors->name) != 0) {
        die("this program does not know the schema or kind");
    }
    cases = json_object_get(file, "cases");
    if (json_array_size(cases) == 0) {
        die("the file has no cases");
    }
    json_array_foreach(cases, i, played)
    {
        case_id = integer_of(played, "id");
        if (!is_listed(vectors->outcomes, text_of(played, "expect").chars)) {
            mismatch("an outcome that this program does not know");
            continue;
        }
        json_object_foreach(played, field, value)
        {
            if (!is_listed(" id comment expect ", field) && !is_listed(vectors->fields, field)) {
                mismatch("a field that this program does not know: %s", field);
            }
        }
        vectors->play(played);
    }
    printf("%s %zu\n", vectors->name, json_array_size(cases));
    json_decref(file);
}

int main(int argc, char **argv)
{
    size_t i;
    if (argc != 2) {
        fprintf(stderr, "usage: conformance VECTORS_DIR\n");
        return 2;
    }
    file_name = "fugo.h";
    must(fugo_version_check(FUGO_VERSION));
    for (i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        play_file(argv[1], &KINDS[i]);
    }
    return is_wrong;
}
