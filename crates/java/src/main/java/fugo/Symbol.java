package fugo;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Objects;

/**
 * {@code Symbol := HMAC-SHA-256(ScopeKey, message)[0..16]} (RFC 2104; truncation as in NIST SP 800-107): 16 bytes and
 * their purpose.
 *
 * <p>Symbols of one purpose can be sorted (by their unsigned bytes), hashed and joined. Symbols of two purposes are
 * never equal. Symbols of two agencies can still be mixed up: compare their {@linkplain KeyTag key tags}. Treat every
 * symbol as 個人番号. {@link #toString} shows no bytes.
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
     * Makes a symbol from its bytes, for example from a binary column. The purpose must be known.
     *
     * @param purpose the purpose of the symbol
     * @param bytes 16 bytes
     * @return the symbol
     * @throws IllegalArgumentException if the length is not 16
     * @throws TextFormException of kind {@code no-symbol} if all bytes are zero, which marks a refused row
     */
    public static Symbol of(Purpose purpose, byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("the length is " + bytes.length + "; a symbol has 16 bytes");
        }
        return of(purpose, bytes, 0);
    }

    /**
     * Makes a symbol from its bytes in a column.
     *
     * @param purpose the purpose of the symbol
     * @param column symbols, 16 bytes each
     * @param at the index of the symbol's first byte
     * @return the symbol
     * @throws IndexOutOfBoundsException if fewer than 16 bytes are left
     * @throws TextFormException of kind {@code no-symbol} if all bytes are zero, which marks a refused row
     */
    public static Symbol of(Purpose purpose, byte[] column, int at) {
        Symbol symbol = ofAny(purpose, column, at);
        if (symbol.high == 0 && symbol.low == 0) {
            throw TextFormException.noSymbol("");
        }
        return symbol;
    }

    /** Accepts sixteen zero bytes: a text form may hold them. */
    static Symbol ofAny(Purpose purpose, byte[] column, int at) {
        Objects.requireNonNull(purpose);
        ByteBuffer buffer = ByteBuffer.wrap(column);
        return new Symbol(purpose, buffer.getLong(at), buffer.getLong(at + Long.BYTES));
    }

    /**
     * Reads the text form of a symbol with this purpose and key tag.
     *
     * @param text 44 to 47 characters, by purpose; no upper case, no white space
     * @param purpose the purpose expected
     * @param tag the tag expected
     * @return the symbol
     * @throws TextFormException if it has another purpose or tag, or is not the text form of a symbol
     */
    public static Symbol fromText(CharSequence text, Purpose purpose, KeyTag tag) {
        return ofAny(purpose, Native.decode(purpose.code(), tag.number(), Utf8.of(text)), 0);
    }

    /**
     * The text form of the symbol with this key tag: Bech32m (BIP-350) over key tag ‖ symbol.
     *
     * @param tag the tag of the key that made the symbol
     * @return 44 to 47 characters, by purpose
     */
    public String toText(KeyTag tag) {
        return Native.encode(purpose.code(), tag.number(), toBytes());
    }

    /**
     * The purpose of the symbol.
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
     * Compares the unsigned bytes.
     *
     * @param other a symbol of the same purpose
     * @return negative, zero or positive
     * @throws ClassCastException if the purposes differ
     */
    @Override
    public int compareTo(Symbol other) {
        if (purpose != other.purpose) {
            throw new ClassCastException(
                    "symbols of purposes " + purpose + " and " + other.purpose + " cannot be compared");
        }
        int order = Long.compareUnsigned(high, other.high);
        return order != 0 ? order : Long.compareUnsigned(low, other.low);
    }

    /**
     * Compares bytes and purpose with another object.
     *
     * @param other the object to compare with
     * @return true if it is the same symbol
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof Symbol symbol && purpose == symbol.purpose && high == symbol.high && low == symbol.low;
    }

    @Override
    public int hashCode() {
        // The bytes of symbols are uniform, so four of them are a good hash.
        return Long.hashCode(high ^ low);
    }

    /**
     * Only the type.
     *
     * @return {@code AgencySymbol(..)}, by purpose
     */
    @Override
    public String toString() {
        return purpose.symbolName() + "(..)";
    }
}
