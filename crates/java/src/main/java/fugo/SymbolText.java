package fugo;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * {@code part ‖ "1" ‖ 32 data characters ‖ 6 checksum characters}: the text form of a symbol, read
 * without an expected purpose or key. The human-readable part names the purpose and the version. The data is key tag ‖
 * symbol (Bech32m, BIP-350).
 *
 * @param tag the tag of the key that made the symbol
 * @param symbol the symbol, of the purpose that the text names
 */
public record SymbolText(KeyTag tag, Symbol symbol) {
    /**
     * Makes a text form. Neither part may be null.
     *
     * @param tag the tag of the key that made the symbol
     * @param symbol the symbol, of the purpose that the text names
     */
    public SymbolText {
        Objects.requireNonNull(tag);
        Objects.requireNonNull(symbol);
    }

    /**
     * Reads the text form of a symbol of any purpose and key. The text must be exactly the output of {@link
     * #encode}. Every error of up to four substituted characters is detected.
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
     * The text form.
     *
     * @return 44 to 47 characters, by purpose
     */
    public String encode() {
        return symbol.toText(tag);
    }
}
