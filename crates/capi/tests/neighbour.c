/* libfugo.a together with the archive of another Rust library: they link, and neither stops the other's panics. */
#include "expect.h"

#ifdef __cplusplus
extern "C"
#endif
    int32_t neighbour_panics(void);

int main(void)
{
    fugo_key *key = sample_key(SCOPE);
    uint8_t symbol[FUGO_SYMBOL_LEN];
    int round;
    for (round = 0; round < 2; round++) {
        OK(fugo_derive(key, NUMBER, 12, symbol, sizeof symbol, NULL));
        EXPECT(memcmp(symbol, AGENCY, sizeof symbol) == 0);
        EXPECT(neighbour_panics() == 1);
    }
    OK(fugo_key_free(&key));
    return expect_end();
}
