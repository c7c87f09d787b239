/**
 * Symbols (符号) for Japan's MyNumber: a different one for each agency, unlinkable without the keys.
 */
module fugo {
    exports fugo;
}
