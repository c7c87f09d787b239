package fugo;

/** The library itself: which version it is, and how it derives on this processor. */
public final class Fugo {
    private Fugo() {}

    /**
     * The version of the classes and of the native library, which are the same.
     *
     * @return such as {@code 0.1.0}
     */
    public static String version() {
        return Native.version();
    }

    /**
     * How columns are derived on this processor, for reports and bug reports. The symbols are the same.
     *
     * @return {@code sha-ni} with the SHA extensions of x86, {@code avx512} or {@code avx2} with sixteen or eight symbols
     *     at a time, {@code portable} otherwise
     */
    public static String level() {
        return Native.level();
    }
}
