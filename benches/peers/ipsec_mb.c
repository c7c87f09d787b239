/* The cost of HMAC-SHA-256 of twelve bytes under one prepared key, with Intel's IPsec-MB.
 *
 *     ipsec_mb KEY(64 hex digits) NUMBER(12 digits) TAG(32 hex digits)
 *
 * First the tag of NUMBER is compared with TAG. Then 1,024 messages are computed in bursts, many times. The program
 * prints the least time, in nanoseconds per tag. */
#include <intel-ipsec-mb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { KEY_LEN = 32, BLOCK = 64, MESSAGE = 12, TAG = 16, COUNT = 1024, BURST = 64, TURNS = 3000 };

static uint8_t messages[COUNT][MESSAGE], tags[COUNT][32];

static void fail(const char *why) {
    fprintf(stderr, "ipsec_mb: %s\n", why);
    exit(1);
}

static void from_hex(const char *hex, uint8_t *bytes, size_t len) {
    if (strlen(hex) != 2 * len) fail("a hexadecimal argument has another length");
    for (size_t i = 0; i < len; i++)
        if (sscanf(hex + 2 * i, "%2hhx", &bytes[i]) != 1) fail("a hexadecimal argument has other characters");
}

static void state(IMB_MGR *mgr, const uint8_t *key, uint8_t pad, uint8_t *out) {
    uint8_t block[BLOCK];
    memset(block, pad, BLOCK);
    for (size_t i = 0; i < KEY_LEN; i++) block[i] ^= key[i];
    IMB_SHA256_ONE_BLOCK(mgr, block, out);
}

static void all(IMB_MGR *mgr, const uint8_t *inner, const uint8_t *outer) {
    IMB_JOB jobs[BURST];
    memset(jobs, 0, sizeof jobs);
    for (size_t start = 0; start < COUNT; start += BURST) {
        for (size_t i = 0; i < BURST; i++) {
            jobs[i].cipher_mode = IMB_CIPHER_NULL;
            jobs[i].hash_alg = IMB_AUTH_HMAC_SHA_256;
            jobs[i].src = messages[start + i];
            jobs[i].msg_len_to_hash_in_bytes = MESSAGE;
            jobs[i].auth_tag_output = tags[start + i];
            jobs[i].auth_tag_output_len_in_bytes = TAG;
            jobs[i].u.HMAC._hashed_auth_key_xor_ipad = inner;
            jobs[i].u.HMAC._hashed_auth_key_xor_opad = outer;
        }
        if (IMB_SUBMIT_HASH_BURST_NOCHECK(mgr, jobs, BURST, IMB_AUTH_HMAC_SHA_256) != BURST) fail("a burst was not done");
    }
}

int main(int count, char **arguments) {
    if (count != 4 || strlen(arguments[2]) != MESSAGE) fail("usage: ipsec_mb KEY NUMBER TAG");
    uint8_t key[KEY_LEN], known[TAG], inner[32], outer[32];
    from_hex(arguments[1], key, KEY_LEN);
    from_hex(arguments[3], known, TAG);
    memcpy(messages[0], arguments[2], MESSAGE);
    for (size_t i = 1; i < COUNT; i++) {
        char digits[MESSAGE + 1];
        snprintf(digits, sizeof digits, "%012zu", i * 98765432);
        memcpy(messages[i], digits, MESSAGE);
    }
    IMB_MGR *mgr = alloc_mb_mgr(0);
    if (mgr == NULL) fail("no memory");
    init_mb_mgr_auto(mgr, NULL);
    state(mgr, key, 0x36, inner);
    state(mgr, key, 0x5c, outer);
    double least = 1e9;
    for (size_t turn = 0; turn < TURNS; turn++) {
        struct timespec from, to;
        clock_gettime(CLOCK_MONOTONIC, &from);
        all(mgr, inner, outer);
        clock_gettime(CLOCK_MONOTONIC, &to);
        double taken = (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
        if (taken < least) least = taken;
    }
    if (memcmp(tags[0], known, TAG) != 0) fail("the first tag is not the known answer");
    printf("%.1f\n", least / COUNT);
    free_mb_mgr(mgr);
    return 0;
}
