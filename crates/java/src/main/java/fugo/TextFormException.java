package fugo;

import java.util.Optional;

/**
 * A text is not the expected symbol: {@code corrupted}, or, if the checksum is valid, {@code unknown-part}, {@code
 * wrong-purpose} or {@code wrong-key}. The messages of the last two name purposes and tags. For bytes the kind is
 * {@code no-symbol}: sixteen zero bytes mark a refused row and are never a person's symbol.
 */
public final class TextFormException extends FugoException {
    private static final long serialVersionUID = 1;

    TextFormException(String kind, String message, long place, long found) {
        super(kind, message, place, found);
    }

    /**
     * The purpose of the symbol, if another purpose was expected.
     *
     * @return the purpose found; only of kind {@code wrong-purpose}
     */
    public Optional<Purpose> foundPurpose() {
        return kind().equals("wrong-purpose") && found >= 0 ? Optional.of(Purpose.ofCode((int) found)) : Optional.empty();
    }

    /**
     * The key tag of the symbol, if another tag was expected.
     *
     * @return the tag found; only of kind {@code wrong-key}
     */
    public Optional<KeyTag> foundTag() {
        return kind().equals("wrong-key") && found >= 0 ? Optional.of(new KeyTag((int) found)) : Optional.empty();
    }

    static TextFormException noSymbol(String where) {
        String message = "sixteen zero bytes are not a symbol: they mark a refused row";
        return new TextFormException("no-symbol", where + message, -1, -1);
    }
}
