package fugo;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * {@code part ‖ "1" ‖ 32 data characters ‖ 6 checksum characters}: what the text form of a symbol says, before it is
 * held against a purpose and a key. The human-readable part names purpose and version; the data is key tag ‖ symbol
 * (Bech32m, BIP-350).
 *
 * @param tag the tag of the key that made the symbol
 * @param symbol the symbol, of the purpose that the text names
 */
public record SymbolText(KeyTag tag, Symbol symbol) {
    /**
     * Both are needed.
     *
     * @param tag the tag of the key that made the symbol
     * @param symbol the symbol, of the purpose that the text names
     */
    public SymbolText {
        Objects.requireNonNull(tag);
        Objects.requireNonNull(symbol);
    }

    /**
     * Reads the text form of a symbol of any purpose and key. Accepts only what {@link #encode} gives, character by
     * character, and finds every error of up to four substituted characters.
     *
     * @param text 44 to 47 characters, by purpose
     * @return tag and symbol
     * @throws TextFormException of kind {@code corrupted} or {@code unknown-part}
     */
    public static SymbolText decode(CharSequence text) {
        ByteBuffer parts = ByteBuffer.wrap(Native.decodeAny(Utf8.of(text)));
        Purpose purpose = Purpose.ofCode(parts.get());
        KeyTag tag = new KeyTag(parts.getInt());
        return new SymbolText(tag, Symbol.ofAny(purpose, parts.array(), parts.position()));
    }

    /**
     * The text.
     *
     * @return 44 to 47 characters, by purpose
     */
    public String encode() {
        return symbol.toText(tag);
    }
}
