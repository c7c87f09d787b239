package fugo;

/**
 * A scope is not valid: {@code scope-id}, {@code scope-id-fixed}, {@code epoch-zero}, {@code unknown-purpose} or
 * {@code scope-form}.
 */
public final class ScopeException extends FugoException {
    private static final long serialVersionUID = 1;

    ScopeException(String kind, String message, long place, long found) {
        super(kind, message, place, found);
    }
}
