package fugo;

/** The permitted use of a key. A key derived from a test key is a test key. */
public enum Use {
    /** For real numbers. */
    PRODUCTION("production"),
    /** For published or invented numbers only. */
    TEST("test");

    private final String word;

    Use(String word) {
        this.word = word;
    }

    /**
     * The word in key files.
     *
     * @return {@code production} or {@code test}
     */
    @Override
    public String toString() {
        return word;
    }
}
