package fugo;

import java.nio.ByteBuffer;

/**
 * {@code EligibilitySymbol := HMAC-SHA-256(ScopeKey[eligibility], InsurersSymbol of epoch 1)[0..16]}: the issuer's key,
 * which never sees a number.
 *
 * <p>Give symbols of the insurers' epoch 1 only. The bytes of a symbol do not show their epoch, so read the symbols
 * from their text form with the tag of that key.
 */
public final class IssuerKey extends Handle {
    private final Scope scope;
    private final KeyTag tag;

    private IssuerKey(long value) {
        super(value);
        scope = Scope.parse(with(Native::scopeOf));
        tag = with(key -> new KeyTag(Native.tag(key)));
    }

    /**
     * Prepares the eligibility key, without the insurers' key.
     *
     * @param eligibility the eligibility key, which may be closed afterwards
     * @return the prepared key
     * @throws PurposeException of kind {@code wrong-purpose}
     */
    public static IssuerKey of(ScopeKey eligibility) {
        return eligibility.with(value -> new IssuerKey(Native.issuerKey(value)));
    }

    /**
     * The scope of the symbols.
     *
     * @return the scope
     * @throws IllegalStateException if the key is closed
     */
    public Scope scope() {
        value();
        return scope;
    }

    /**
     * The key tag in the text form of the symbols.
     *
     * @return the tag
     * @throws IllegalStateException if the key is closed
     */
    public KeyTag tag() {
        value();
        return tag;
    }

    /**
     * {@code EligibilitySymbol := HMAC-SHA-256(ScopeKey[eligibility], InsurersSymbol)[0..16]}.
     *
     * @param insurers an insurers' symbol of epoch 1
     * @return the eligibility symbol
     * @throws PurposeException of kind {@code wrong-purpose}, if the symbol has another purpose
     */
    public Symbol symbol(Symbol insurers) {
        value();
        if (insurers.purpose() != Purpose.INSURERS) {
            throw PurposeException.wrong(
                    "the symbol is of purpose " + insurers.purpose()
                            + "; eligibility symbols are derived from insurers' symbols");
        }
        byte[] bytes = insurers.toBytes();
        return Symbol.of(Purpose.ELIGIBILITY, with(key -> Native.symbolFromInsurers(key, bytes)), 0);
    }

    /**
     * {@code out[16·i .. 16·i+16] := symbol(insurers[16·i .. 16·i+16])}.
     *
     * @param insurers insurers' symbols of epoch 1, 16 bytes each
     * @return a new array, 16 bytes per symbol
     * @throws IllegalArgumentException if the length is not a multiple of 16
     * @throws TextFormException of kind {@code no-symbol} if a row is sixteen zero bytes, which mark a refused row;
     *     then nothing is derived
     */
    public byte[] symbols(byte[] insurers) {
        byte[] out = new byte[Rows.count(insurers.length, Symbol.LENGTH) * Symbol.LENGTH];
        symbols(insurers, 0, out, 0, out.length / Symbol.LENGTH);
        return out;
    }

    /**
     * {@code out[outAt + 16·i ..] := symbol(insurers[insurersAt + 16·i ..])} for each {@code i} below {@code count}.
     *
     * @param insurers insurers' symbols of epoch 1, 16 bytes each
     * @param insurersAt the index of the first one
     * @param out receives the symbols, 16 bytes each
     * @param outAt the index of the first one
     * @param count the number of symbols
     * @throws IndexOutOfBoundsException if an array is too short for {@code count} symbols
     * @throws IllegalArgumentException if the two overlap in one array
     * @throws TextFormException of kind {@code no-symbol} if a row is sixteen zero bytes, which mark a refused row;
     *     then nothing is written
     */
    public void symbols(byte[] insurers, int insurersAt, byte[] out, int outAt, int count) {
        value();
        Rows.check(insurers, insurersAt, Symbol.LENGTH, out, outAt, count);
        noneRefused(ByteBuffer.wrap(insurers), insurersAt, count);
        with(key -> call(key).on(insurers, insurersAt, out, outAt, count));
    }

    /**
     * The same for buffers, heap or direct: derives from all symbols that remain in {@code insurers}. Afterwards both
     * positions are after the bytes that were read and written. Input and output must not overlap. An overlap in one
     * array is refused. In direct and read-only buffers it cannot be detected, and the symbols would be wrong.
     *
     * @param insurers insurers' symbols of epoch 1, 16 bytes each
     * @param out receives the symbols, 16 bytes each
     * @throws IllegalArgumentException if the rest of {@code insurers} is not a multiple of 16, if both are the same
     *     buffer, or if they overlap in one array
     * @throws java.nio.BufferOverflowException if {@code out} is too short
     */
    public void symbols(ByteBuffer insurers, ByteBuffer out) {
        value();
        noneRefused(insurers, insurers.position(), insurers.remaining() / Symbol.LENGTH);
        with(key -> Rows.buffers(insurers, Symbol.LENGTH, out, call(key)));
    }

    /**
     * The text form of a symbol of this key.
     *
     * @param symbol an eligibility symbol
     * @return 46 characters
     * @throws PurposeException of kind {@code wrong-purpose}, if the symbol has another purpose
     * @throws IllegalStateException if the key is closed
     */
    public String text(Symbol symbol) {
        value();
        if (symbol.purpose() != Purpose.ELIGIBILITY) {
            throw PurposeException.wrong(
                    "the symbol is of purpose " + symbol.purpose() + "; this key's symbols are of purpose eligibility");
        }
        return symbol.toText(tag);
    }

    /**
     * Reads the text form of a symbol of this key.
     *
     * @param text 46 characters
     * @return the symbol
     * @throws TextFormException if it belongs to another key or purpose, or is not the text form of a symbol
     * @throws IllegalStateException if the key is closed
     */
    public Symbol parseText(CharSequence text) {
        value();
        return Symbol.fromText(text, Purpose.ELIGIBILITY, tag);
    }

    /** Refuses sixteen zeros: otherwise all rows that were refused before would become one person. */
    private static void noneRefused(ByteBuffer insurers, int from, int count) {
        for (int row = 0; row < count; row++) {
            int at = from + row * Symbol.LENGTH;
            if (insurers.getLong(at) == 0 && insurers.getLong(at + Long.BYTES) == 0) {
                throw TextFormException.noSymbol("row " + row + ": ");
            }
        }
    }

    private static Rows.Call call(long key) {
        return (from, fromAt, to, toAt, count) -> {
            Native.symbolsFromInsurers(key, from, fromAt, to, toAt, count);
            return null;
        };
    }
}
