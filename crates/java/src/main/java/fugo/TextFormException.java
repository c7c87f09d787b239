package fugo;

/**
 * Why a text is not the symbol that was expected: {@code corrupted}, or after a good checksum {@code unknown-part},
 * {@code wrong-purpose} or {@code wrong-key}. The message of the last two names purposes and tags.
 */
public final class TextFormException extends FugoException {
    private static final long serialVersionUID = 1;

    TextFormException(String kind, String message, long place, long found) {
        super(kind, message, place, found);
    }
}
