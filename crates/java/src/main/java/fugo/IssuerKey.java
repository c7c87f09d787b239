package fugo;

import java.nio.ByteBuffer;

/**
 * {@code EligibilitySymbol := HMAC-SHA-256(ScopeKey[eligibility], InsurersSymbol of epoch 1)[0..16]}: the issuer's key,
 * which never sees a number.
 *
 * <p>The bytes of a symbol do not say their epoch. Only symbols of the insurers' epoch 1 belong here: read them from
 * their text form with the tag of that key, which tells epochs apart.
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
     * Prepares the eligibility key alone.
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
     * The tag of the key that the symbols are named by.
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
     * @throws PurposeException of kind {@code wrong-purpose}, if the symbol is of another purpose
     */
    public Symbol symbol(Symbol insurers) {
        value();
        if (insurers.purpose() != Purpose.INSURERS) {
            throw PurposeException.wrong(
                    "the symbol is of purpose " + insurers.purpose() + "; eligibility symbols start from insurers'");
        }
        byte[] bytes = insurers.toBytes();
        return Symbol.of(Purpose.ELIGIBILITY, with(key -> Native.symbolFromInsurers(key, bytes)), 0);
    }

    /**
     * {@code out[16·i .. 16·i+16] := symbol(insurers[16·i .. 16·i+16])}.
     *
     * @param insurers insurers' symbols of epoch 1, 16 bytes each
     * @return a new array, 16 bytes for each
     * @throws IllegalArgumentException if the length is no multiple of 16
     * @throws TextFormException of kind {@code no-symbol} if a row is sixteen zero bytes, as a refused row is; nothing is
     *     derived then
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
     * @param insurersAt the index where they begin
     * @param out where the symbols go, 16 bytes each
     * @param outAt the index where they begin
     * @param count how many
     * @throws IndexOutOfBoundsException if so many do not fit one of the arrays
     * @throws IllegalArgumentException if the two overlap in one array
     * @throws TextFormException of kind {@code no-symbol} if a row is sixteen zero bytes, as a refused row is; nothing is
     *     written then
     */
    public void symbols(byte[] insurers, int insurersAt, byte[] out, int outAt, int count) {
        value();
        Rows.check(insurers, insurersAt, Symbol.LENGTH, out, outAt, count);
        noneRefused(ByteBuffer.wrap(insurers), insurersAt, count);
        with(key -> call(key).on(insurers, insurersAt, out, outAt, count));
    }

    /**
     * The same from buffer to buffer, heap or direct: all that remain in {@code insurers}. Both positions are behind
     * what was read and written then. What is read and what is written must not overlap: over one array that is
     * refused, but in direct and read-only buffers it cannot be seen, and the symbols would be wrong.
     *
     * @param insurers insurers' symbols of epoch 1, 16 bytes each
     * @param out where the symbols go, 16 bytes each
     * @throws IllegalArgumentException if what remains in {@code insurers} is no multiple of 16, the buffers are one,
     *     or they overlap in one array
     * @throws java.nio.BufferOverflowException if less remains in {@code out} than is needed
     */
    public void symbols(ByteBuffer insurers, ByteBuffer out) {
        value();
        noneRefused(insurers, insurers.position(), insurers.remaining() / Symbol.LENGTH);
        with(key -> Rows.buffers(insurers, Symbol.LENGTH, out, call(key)));
    }

    /**
     * The text form of a symbol that this key made.
     *
     * @param symbol an eligibility symbol
     * @return 46 characters
     * @throws PurposeException of kind {@code wrong-purpose}, if the symbol is of another purpose
     * @throws IllegalStateException if the key is closed
     */
    public String text(Symbol symbol) {
        value();
        if (symbol.purpose() != Purpose.ELIGIBILITY) {
            throw PurposeException.wrong(
                    "the symbol is of purpose " + symbol.purpose() + "; this key's are of purpose eligibility");
        }
        return symbol.toText(tag);
    }

    /**
     * Reads a text form, which must be of this key.
     *
     * @param text 46 characters
     * @return the symbol
     * @throws TextFormException if it is of another key or purpose, or no symbol's
     * @throws IllegalStateException if the key is closed
     */
    public Symbol parseText(CharSequence text) {
        value();
        return Symbol.fromText(text, Purpose.ELIGIBILITY, tag);
    }

    /** All rows that were refused before would become one person. */
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
