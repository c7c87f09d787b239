package fugo;

/** A change that normalisation made, in the order of its steps. Later revisions may have more. */
public enum Change {
    /** Invisible characters were deleted. */
    INVISIBLES("invisibles"),
    /** Spaces or line ends were trimmed. */
    TRIMMED("trimmed"),
    /** Full-width digits were mapped to ASCII. */
    FULL_WIDTH("full-width"),
    /** Separators between groups of four were dropped. */
    SEPARATORS("separators"),
    /** Leading zeros were restored. */
    ZEROS_RESTORED("zeros-restored");

    private final String word;

    Change(String word) {
        this.word = word;
    }

    static Change ofWord(String word) {
        for (Change change : values()) {
            if (change.word.equals(word)) {
                return change;
            }
        }
        throw new InternalError("the native library reports a change that the Java classes do not know");
    }

    /**
     * The name of the change, as in test vectors and reports.
     *
     * @return {@code invisibles} to {@code zeros-restored}
     */
    @Override
    public String toString() {
        return word;
    }
}
