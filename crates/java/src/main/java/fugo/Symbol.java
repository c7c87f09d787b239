package fugo;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Objects;

/**
 * {@code Symbol := HMAC-SHA-256(ScopeKey, message)[0..16]} (RFC 2104; truncation as in NIST SP 800-107): 16 bytes and
 * the purpose that they are for.
 *
 * <p>Symbols of one purpose sort by their unsigned bytes, hash and join. The purpose keeps purposes apart, not two
 * agencies of one purpose: {@linkplain KeyTag key tags} do that. Treat every one as 個人番号. {@link #toString} gives no
 * byte.
 */
public final class Symbol implements Comparable<Symbol> {
    /** Length in bytes. */
    public static final int LENGTH = 16;

    private final Purpose purpose;
    private final long high;
    private final long low;

    private Symbol(Purpose purpose, long high, long low) {
        this.purpose = purpose;
        this.high = high;
        this.low = low;
    }

    /**
     * Takes the bytes of a symbol that is known to be of this purpose, from a binary column say.
     *
     * @param purpose what the symbol is for
     * @param bytes 16 bytes
     * @return the symbol
     * @throws IllegalArgumentException if there are not 16
     * @throws TextFormException of kind {@code no-symbol} if all are zero, as those of a refused row are
     */
    public static Symbol of(Purpose purpose, byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("the length is " + bytes.length + "; a symbol has 16 bytes");
        }
        return of(purpose, bytes, 0);
    }

    /**
     * Takes the bytes of a symbol out of a column of them.
     *
     * @param purpose what the symbol is for
     * @param column symbols, 16 bytes each
     * @param at the index of the symbol's first byte
     * @return the symbol
     * @throws IndexOutOfBoundsException if 16 bytes do not follow there
     * @throws TextFormException of kind {@code no-symbol} if all are zero, as those of a refused row are
     */
    public static Symbol of(Purpose purpose, byte[] column, int at) {
        Symbol symbol = ofAny(purpose, column, at);
        if (symbol.high == 0 && symbol.low == 0) {
            throw TextFormException.noSymbol("");
        }
        return symbol;
    }

    /** Also of sixteen zero bytes: a text form may hold them. */
    static Symbol ofAny(Purpose purpose, byte[] column, int at) {
        Objects.requireNonNull(purpose);
        ByteBuffer buffer = ByteBuffer.wrap(column);
        return new Symbol(purpose, buffer.getLong(at), buffer.getLong(at + Long.BYTES));
    }

    /**
     * Reads a text form, which must be of this purpose and of the key that the tag names.
     *
     * @param text 44 to 47 characters, by purpose; no upper case, no white space
     * @param purpose the purpose expected
     * @param tag the tag expected
     * @return the symbol
     * @throws TextFormException if it is another, or none
     */
    public static Symbol fromText(CharSequence text, Purpose purpose, KeyTag tag) {
        return ofAny(purpose, Native.decode(purpose.code(), tag.number(), Utf8.of(text)), 0);
    }

    /**
     * The text form of the symbol under the key that the tag names: Bech32m (BIP-350) over key tag ‖ symbol.
     *
     * @param tag the tag of the key that made the symbol
     * @return 44 to 47 characters, by purpose
     */
    public String toText(KeyTag tag) {
        return Native.encode(purpose.code(), tag.number(), toBytes());
    }

    /**
     * What the symbol is for.
     *
     * @return the purpose
     */
    public Purpose purpose() {
        return purpose;
    }

    /**
     * The sixteen bytes.
     *
     * @return a new array of 16 bytes
     */
    public byte[] toBytes() {
        return ByteBuffer.allocate(LENGTH).putLong(high).putLong(low).array();
    }

    /**
     * The sixteen bytes in hexadecimal.
     *
     * @return 32 characters of {@code 0-9 a-f}
     */
    public String hex() {
        return HexFormat.of().formatHex(toBytes());
    }

    /**
     * The order of the unsigned bytes.
     *
     * @param other a symbol of the same purpose
     * @return negative, zero or positive
     * @throws ClassCastException if the purposes differ: such symbols do not compare
     */
    @Override
    public int compareTo(Symbol other) {
        if (purpose != other.purpose) {
            throw new ClassCastException(
                    "symbols of purposes " + purpose + " and " + other.purpose + " do not compare");
        }
        int order = Long.compareUnsigned(high, other.high);
        return order != 0 ? order : Long.compareUnsigned(low, other.low);
    }

    /**
     * Whether the other is the same symbol of the same purpose.
     *
     * @param other what to compare with
     * @return whether it is the same
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof Symbol symbol && purpose == symbol.purpose && high == symbol.high && low == symbol.low;
    }

    @Override
    public int hashCode() {
        // The bytes of symbols are spread already.
        return Long.hashCode(high ^ low);
    }

    /**
     * The type, and nothing else.
     *
     * @return {@code AgencySymbol(..)}, by purpose
     */
    @Override
    public String toString() {
        return purpose.symbolName() + "(..)";
    }
}
