package fugo;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * {@code Symbol := HMAC-SHA-256(ScopeKey, twelve ASCII digits)[0..16]}: a prepared key. Its HMAC states are
 * computed once. They are stored outside Java's heap and are wiped on {@link #close}.
 *
 * <p>{@link #symbol} derives one symbol. The methods named {@code symbols} derive a column and throw at the first row
 * that is refused. The methods named {@code convert} continue and list the refused rows. Each call has an overhead of a
 * few hundred nanoseconds, so prefer columns.
 */
public final class SymbolKey extends Handle {
    private final Scope scope;
    private final KeyTag tag;

    private SymbolKey(long value) {
        super(value);
        scope = Scope.parse(with(Native::scopeOf));
        tag = with(key -> new KeyTag(Native.tag(key)));
    }

    /**
     * Prepares a key of any purpose but eligibility.
     *
     * @param key the scope key, which may be closed afterwards
     * @return the prepared key
     * @throws PurposeException of kind {@code insurers-missing}, if it is an eligibility key
     */
    public static SymbolKey of(ScopeKey key) {
        return key.with(value -> new SymbolKey(Native.symbolKey(value)));
    }

    /**
     * {@code HMAC-SHA-256(ScopeKey[eligibility], HMAC-SHA-256(ScopeKey[insurers, epoch 1], number)[0..16])[0..16]}:
     * both stages of the eligibility symbol. The symbol does not depend on the insurer, so it stays the same when a
     * person changes insurers.
     *
     * @param insurers the insurers' key of epoch 1
     * @param eligibility the eligibility key, whose tag the symbols carry
     * @return the prepared key
     * @throws PurposeException if a key has the wrong purpose, or the insurers' key is not of epoch 1
     */
    public static SymbolKey eligibility(ScopeKey insurers, ScopeKey eligibility) {
        return insurers.with(first ->
                eligibility.with(second -> new SymbolKey(Native.eligibilityKey(first, second))));
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
     * {@code Symbol := HMAC-SHA-256(ScopeKey, twelve ASCII digits)[0..16]}.
     *
     * @param number the number
     * @return its symbol
     * @throws IllegalStateException if the key or the number is closed
     */
    public Symbol symbol(MyNumber number) {
        try {
            return Symbol.of(scope.purpose(), Native.symbol(value(), number.digits()), 0);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * The text form of a symbol of this key.
     *
     * @param symbol a symbol of the key's purpose
     * @return 44 to 47 characters, by purpose
     * @throws PurposeException of kind {@code wrong-purpose}, if the symbol has another purpose
     * @throws IllegalStateException if the key is closed
     */
    public String text(Symbol symbol) {
        value();
        if (symbol.purpose() != scope.purpose()) {
            throw PurposeException.wrong(
                    "the symbol is of purpose " + symbol.purpose() + "; this key's symbols are of purpose "
                            + scope.purpose());
        }
        return symbol.toText(tag);
    }

    /**
     * Reads the text form of a symbol of this key.
     *
     * @param text 44 to 47 characters, by purpose
     * @return the symbol
     * @throws TextFormException if it belongs to another key or purpose, or is not the text form of a symbol
     * @throws IllegalStateException if the key is closed
     */
    public Symbol parseText(CharSequence text) {
        value();
        return Symbol.fromText(text, scope.purpose(), tag);
    }

    /**
     * {@code out[16·i .. 16·i+16] := symbol(rows[12·i .. 12·i+12])}.
     *
     * @param rows twelve ASCII digits per row; the caller wipes them
     * @return a new array, 16 bytes per row
     * @throws MyNumberException for the first row that is refused; see {@link MyNumberException#row}
     * @throws IllegalArgumentException if the length is not a multiple of 12
     */
    public byte[] symbols(byte[] rows) {
        return whole(convert(rows));
    }

    /**
     * {@link #symbols(byte[])} of the persons' first numbers.
     * Each number that {@code lineage} lists as new is replaced by the first number of the same person before its
     * symbol is derived.
     *
     * @param rows twelve ASCII digits a row; the caller wipes them
     * @param lineage which number a person had first
     * @return a new array, 16 bytes a row
     * @throws MyNumberException of the first row that is refused; {@link MyNumberException#row} says which
     * @throws IllegalArgumentException if the length is not a multiple of 12
     * @throws IllegalStateException if the key or the lineage is closed
     */
    public byte[] symbols(byte[] rows, Lineage lineage) {
        return whole(convert(rows, lineage));
    }

    /**
     * {@code out[outAt + 16·i ..] := symbol(rows[rowsAt + 12·i ..])} for each {@code i} below {@code count}.
     *
     * @param rows twelve ASCII digits per row; the caller wipes them
     * @param rowsAt the index of the first row
     * @param out receives the symbols, 16 bytes per row; if a row is refused, all of them are zeros
     * @param outAt the index of the first symbol
     * @param count the number of rows
     * @throws MyNumberException for the first row that is refused; see {@link MyNumberException#row}
     * @throws IndexOutOfBoundsException if an array is too short for {@code count} rows
     * @throws IllegalArgumentException if rows and symbols overlap in one array
     */
    public void symbols(byte[] rows, int rowsAt, byte[] out, int outAt, int count) {
        whole(convert(rows, rowsAt, out, outAt, count), out, outAt, count);
    }

    /**
     * {@link #symbols(byte[], int, byte[], int, int)} of the persons' first numbers.
     * Each number that {@code lineage} lists as new is replaced by the first number of the same person before its
     * symbol is derived.
     *
     * @param rows twelve ASCII digits a row; the caller wipes them
     * @param rowsAt the index where the rows begin
     * @param out where the symbols go, 16 bytes a row; where a row is refused, all of them are zeros
     * @param outAt the index where they begin
     * @param count how many rows
     * @param lineage which number a person had first
     * @throws MyNumberException of the first row that is refused; {@link MyNumberException#row} says which
     * @throws IndexOutOfBoundsException if so many rows do not fit one of the arrays
     * @throws IllegalArgumentException if rows and symbols overlap in one array
     * @throws IllegalStateException if the key or the lineage is closed
     */
    public void symbols(byte[] rows, int rowsAt, byte[] out, int outAt, int count, Lineage lineage) {
        whole(convert(rows, rowsAt, out, outAt, count, lineage), out, outAt, count);
    }

    /**
     * The same for buffers, heap or direct: derives from all rows that remain in {@code rows}. Afterwards both
     * positions are after the bytes that were read and written. If a row is refused, the positions do not move, and the
     * output is zeros. Input and output must not overlap. An overlap in one array is refused. In direct and read-only
     * buffers it cannot be detected, and the symbols would be wrong.
     *
     * @param rows twelve ASCII digits per row; the caller wipes them
     * @param out receives the symbols, 16 bytes per row
     * @throws MyNumberException for the first row that is refused; see {@link MyNumberException#row}
     * @throws IllegalArgumentException if the rest of {@code rows} is not a multiple of 12, if both are the same
     *     buffer, or if they overlap in one array
     * @throws java.nio.BufferOverflowException if {@code out} is too short
     */
    public void symbols(ByteBuffer rows, ByteBuffer out) {
        whole(rows, out, () -> convert(rows, out));
    }

    /**
     * {@link #symbols(ByteBuffer, ByteBuffer)} of the persons' first numbers.
     * Each number that {@code lineage} lists as new is replaced by the first number of the same person before its
     * symbol is derived.
     *
     * @param rows twelve ASCII digits a row; the caller wipes them
     * @param out where the symbols go, 16 bytes a row
     * @param lineage which number a person had first
     * @throws MyNumberException of the first row that is refused; {@link MyNumberException#row} says which
     * @throws IllegalArgumentException if what remains in {@code rows} is not a multiple of 12, the buffers are one, or
     *     they overlap in one array
     * @throws java.nio.BufferOverflowException if less remains in {@code out} than is needed
     * @throws IllegalStateException if the key or the lineage is closed
     */
    public void symbols(ByteBuffer rows, ByteBuffer out, Lineage lineage) {
        whole(rows, out, () -> convert(rows, out, lineage));
    }

    /**
     * Derives the symbol of each text, after a strict parse.
     *
     * @param numbers texts of twelve ASCII digits
     * @return the symbols in the same order; unmodifiable, 16 bytes each
     * @throws MyNumberException for the first row that is refused; see {@link MyNumberException#row}
     * @throws NullPointerException if a row is null; the message names the row
     */
    public List<Symbol> symbols(Iterable<? extends CharSequence> numbers) {
        return list(convert(numbers));
    }

    /**
     * {@link #symbols(Iterable)} of the persons' first numbers.
     * Each number that {@code lineage} lists as new is replaced by the first number of the same person before its
     * symbol is derived.
     *
     * @param numbers texts of twelve ASCII digits
     * @param lineage which number a person had first
     * @return the symbols in the same order; unmodifiable, 16 bytes each
     * @throws MyNumberException of the first row that is refused; {@link MyNumberException#row} says which
     * @throws NullPointerException if a row is null; the message says which
     * @throws IllegalStateException if the key or the lineage is closed
     */
    public List<Symbol> symbols(Iterable<? extends CharSequence> numbers, Lineage lineage) {
        return list(convert(numbers, lineage));
    }

    /**
     * {@code out[16·i .. 16·i+16] := symbol(rows[12·i .. 12·i+12])}. A refused row gives sixteen zeros and a
     * fault.
     *
     * @param rows twelve ASCII digits per row; the caller wipes them
     * @return the symbols, and the rows that were refused
     * @throws IllegalArgumentException if the length is not a multiple of 12
     */
    public Batch convert(byte[] rows) {
        return calling(call -> array(rows, call));
    }

    /**
     * {@link #convert(byte[])} of the persons' first numbers.
     * Each number that {@code lineage} lists as new is replaced by the first number of the same person before its
     * symbol is derived.
     *
     * @param rows twelve ASCII digits a row; the caller wipes them
     * @param lineage which number a person had first
     * @return the symbols, and the rows that have none
     * @throws IllegalArgumentException if the length is not a multiple of 12
     * @throws IllegalStateException if the key or the lineage is closed
     */
    public Batch convert(byte[] rows, Lineage lineage) {
        return calling(lineage, call -> array(rows, call));
    }

    /**
     * {@code out[outAt + 16·i ..] := symbol(rows[rowsAt + 12·i ..])} for each {@code i} below {@code count}. A
     * refused row gives sixteen zeros and a fault.
     *
     * @param rows twelve ASCII digits per row; the caller wipes them
     * @param rowsAt the index of the first row
     * @param out receives the symbols, 16 bytes per row
     * @param outAt the index of the first symbol
     * @param count the number of rows
     * @return the rows that were refused; they are counted from 0, not from {@code rowsAt}
     * @throws IndexOutOfBoundsException if an array is too short for {@code count} rows
     * @throws IllegalArgumentException if rows and symbols overlap in one array
     */
    public Faults convert(byte[] rows, int rowsAt, byte[] out, int outAt, int count) {
        Rows.check(rows, rowsAt, MyNumber.LENGTH, out, outAt, count);
        return calling(call -> Faults.of(call.on(rows, rowsAt, out, outAt, count)));
    }

    /**
     * {@link #convert(byte[], int, byte[], int, int)} of the persons' first numbers.
     * Each number that {@code lineage} lists as new is replaced by the first number of the same person before its
     * symbol is derived.
     *
     * @param rows twelve ASCII digits a row; the caller wipes them
     * @param rowsAt the index where the rows begin
     * @param out where the symbols go, 16 bytes a row
     * @param outAt the index where they begin
     * @param count how many rows
     * @param lineage which number a person had first
     * @return the rows that were refused, counted from 0 whatever {@code rowsAt} is
     * @throws IndexOutOfBoundsException if so many rows do not fit one of the arrays
     * @throws IllegalArgumentException if rows and symbols overlap in one array
     * @throws IllegalStateException if the key or the lineage is closed
     */
    public Faults convert(byte[] rows, int rowsAt, byte[] out, int outAt, int count, Lineage lineage) {
        Rows.check(rows, rowsAt, MyNumber.LENGTH, out, outAt, count);
        return calling(lineage, call -> Faults.of(call.on(rows, rowsAt, out, outAt, count)));
    }

    /**
     * The same for buffers, heap or direct: derives from all rows that remain in {@code rows}. Afterwards both
     * positions are after the bytes that were read and written. Input and output must not overlap. An overlap in one
     * array is refused. In direct and read-only buffers it cannot be detected, and the symbols would be wrong.
     *
     * @param rows twelve ASCII digits per row; the caller wipes them
     * @param out receives the symbols, 16 bytes per row
     * @return the rows that were refused, counted from 0
     * @throws IllegalArgumentException if the rest of {@code rows} is not a multiple of 12, if both are the same
     *     buffer, or if they overlap in one array
     * @throws java.nio.BufferOverflowException if {@code out} is too short
     */
    public Faults convert(ByteBuffer rows, ByteBuffer out) {
        return calling(call -> Rows.buffers(rows, MyNumber.LENGTH, out, call));
    }

    /**
     * {@link #convert(ByteBuffer, ByteBuffer)} of the persons' first numbers.
     * Each number that {@code lineage} lists as new is replaced by the first number of the same person before its
     * symbol is derived.
     *
     * @param rows twelve ASCII digits a row; the caller wipes them
     * @param out where the symbols go, 16 bytes a row
     * @param lineage which number a person had first
     * @return the rows that were refused, counted from 0
     * @throws IllegalArgumentException if what remains in {@code rows} is not a multiple of 12, the buffers are one, or
     *     they overlap in one array
     * @throws java.nio.BufferOverflowException if less remains in {@code out} than is needed
     * @throws IllegalStateException if the key or the lineage is closed
     */
    public Faults convert(ByteBuffer rows, ByteBuffer out, Lineage lineage) {
        return calling(lineage, call -> Rows.buffers(rows, MyNumber.LENGTH, out, call));
    }

    /**
     * Derives the symbol of each text, after a strict parse. A refused text gives sixteen zeros and a fault.
     *
     * @param numbers texts of twelve ASCII digits
     * @return the symbols, and the rows that were refused
     * @throws NullPointerException if a row is null; the message names the row
     */
    public Batch convert(Iterable<? extends CharSequence> numbers) {
        return calling(call -> Rows.texts(numbers, scope.purpose(), call));
    }

    /**
     * {@link #convert(Iterable)} of the persons' first numbers.
     * Each number that {@code lineage} lists as new is replaced by the first number of the same person before its
     * symbol is derived.
     *
     * @param numbers texts of twelve ASCII digits
     * @param lineage which number a person had first
     * @return the symbols, and the rows that have none
     * @throws NullPointerException if a row is null; the message says which
     * @throws IllegalStateException if the key or the lineage is closed
     */
    public Batch convert(Iterable<? extends CharSequence> numbers, Lineage lineage) {
        return calling(lineage, call -> Rows.texts(numbers, scope.purpose(), call));
    }

    private <T> T calling(Function<Rows.Call, T> use) {
        return with(key -> use.apply(call(key, 0)));
    }

    private <T> T calling(Lineage lineage, Function<Rows.Call, T> use) {
        return with(key -> lineage.with(firsts -> use.apply(call(key, firsts))));
    }

    private static Rows.Call call(long key, long lineage) {
        return (from, fromAt, to, toAt, count) -> Native.symbols(key, lineage, from, fromAt, to, toAt, count);
    }

    private Batch array(byte[] rows, Rows.Call call) {
        byte[] out = new byte[Rows.length(Rows.count(rows.length, MyNumber.LENGTH))];
        return new Batch(scope.purpose(), out, Faults.of(call.on(rows, 0, out, 0, out.length / Symbol.LENGTH)));
    }

    /** All symbols, or the fault of the first row that is refused. */
    private static byte[] whole(Batch batch) {
        raise(batch.faults());
        return batch.bytes();
    }

    /** Zeros in place of all symbols if a row is refused. */
    private static void whole(Faults faults, byte[] out, int outAt, int count) {
        if (!faults.isEmpty()) {
            Arrays.fill(out, outAt, outAt + count * Symbol.LENGTH, (byte) 0);
        }
        raise(faults);
    }

    private static void whole(ByteBuffer rows, ByteBuffer out, Supplier<Faults> convert) {
        int rowsAt = rows.position();
        int outAt = out.position();
        Faults faults = convert.get();
        if (!faults.isEmpty()) {
            byte[] zeros = new byte[1024];
            for (int at = outAt; at < out.position(); at += zeros.length) {
                out.put(at, zeros, 0, Math.min(zeros.length, out.position() - at));
            }
            rows.position(rowsAt);
            out.position(outAt);
        }
        raise(faults);
    }

    private static List<Symbol> list(Batch batch) {
        raise(batch.faults());
        return new AbstractList<>() {
            @Override
            public Symbol get(int row) {
                return Symbol.of(batch.purpose(), batch.bytes(), Objects.checkIndex(row, size()) * Symbol.LENGTH);
            }

            @Override
            public int size() {
                return batch.size();
            }
        };
    }

    private static void raise(Faults faults) {
        if (!faults.isEmpty()) {
            throw new MyNumberException(faults.get(0));
        }
    }
}
