package fugo;

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

    static TextFormException noSymbol(String where) {
        String message = "sixteen zero bytes are no symbol: they stand for a row that was refused";
        return new TextFormException("no-symbol", where + message, -1, -1);
    }
}
