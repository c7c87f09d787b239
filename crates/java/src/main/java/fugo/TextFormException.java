package fugo;

import java.util.Optional;

/**
 * Why a text is not the symbol that was expected: {@code corrupted}, or after a good checksum {@code unknown-part},
 * {@code wrong-purpose} or {@code wrong-key}. The message of the last two names purposes and tags. Of bytes: {@code
 * no-symbol}, sixteen zero bytes, which stand for a refused row and are nobody's symbol.
 */
public final class TextFormException extends FugoException {
    private static final long serialVersionUID = 1;

    TextFormException(String kind, String message, long place, long found) {
        super(kind, message, place, found);
    }

    /**
     * The purpose of the symbol, where one of another purpose was expected.
     *
     * @return the purpose found; only of kind {@code wrong-purpose}
     */
    public Optional<Purpose> foundPurpose() {
        return kind().equals("wrong-purpose") && found >= 0 ? Optional.of(Purpose.ofCode((int) found)) : Optional.empty();
    }

    /**
     * The tag of the key that made the symbol, where one of another key was expected.
     *
     * @return the tag found; only of kind {@code wrong-key}
     */
    public Optional<KeyTag> foundTag() {
        return kind().equals("wrong-key") && found >= 0 ? Optional.of(new KeyTag((int) found)) : Optional.empty();
    }

    static TextFormException noSymbol(String where) {
        String message = "sixteen zero bytes are no symbol: they stand for a row that was refused";
        return new TextFormException("no-symbol", where + message, -1, -1);
    }
}
