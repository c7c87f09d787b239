/*
 * Makes faults that the tools must find:   planted FAULT
 *
 *     leak       a handle that is never freed
 *     overrun    a batch with one row more than fits in its output: the library writes after the output's end
 *     overread   a batch with one row more than there are digits: the library reads after their end
 *     freed      a handle that is used after it was freed, through a copy of the pointer
 *     own        this program writes after the end of its own block
 *     undefined  this program's own signed overflow
 *     none       nothing
 */
#include "expect.h"

int main(int argc, char **argv)
{
    const char *fault = argc == 2 ? argv[1] : "";
    fugo_key *key = sample_key(SCOPE), *copy = key;
    char *numbers = (char *)malloc(2 * FUGO_NUMBER_LEN);
    uint8_t *symbols = (uint8_t *)malloc(3 * FUGO_SYMBOL_LEN), digit;
    volatile int number = INT32_MAX, sum = 0;
    if (numbers == NULL || symbols == NULL) {
        return 1;
    }
    memcpy(numbers, NUMBER NUMBER, 24);
    if (strcmp(fault, "leak") == 0) {
        copy = NULL;
        OK(fugo_key_new(sample_scope_key(SCOPE), &copy, NULL));
        copy = NULL;
    } else if (strcmp(fault, "overrun") == 0) {
        uint8_t *one = (uint8_t *)malloc(FUGO_SYMBOL_LEN);
        OK(fugo_derive_batch(key, numbers, one, 2, NULL, NULL, NULL));
        free(one);
    } else if (strcmp(fault, "overread") == 0) {
        fugo_derive_batch(key, numbers, symbols, 3, NULL, NULL, NULL);
    } else if (strcmp(fault, "freed") == 0) {
        OK(fugo_key_free(&key));
        fugo_derive(copy, NUMBER, 12, symbols, FUGO_SYMBOL_LEN, NULL);
    } else if (strcmp(fault, "own") == 0) {
        volatile int behind = 3 * FUGO_SYMBOL_LEN;
        symbols[behind] = 1;
    } else if (strcmp(fault, "undefined") == 0) {
        sum = number + 1;
    } else if (strcmp(fault, "none") != 0) {
        return 1;
    }
    (void)sum;
    (void)copy;
    OK(fugo_check_digit(NUMBER, FUGO_BODY_LEN, &digit, NULL));
    OK(fugo_key_free(&key));
    free(numbers);
    free(symbols);
    return 0;
}
