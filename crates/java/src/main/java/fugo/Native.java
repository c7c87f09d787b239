package fugo;

/**
 * The functions that {@code crates/java/src/*.rs} exports. A handle is a number that the library looks up, never an
 * address. Texts are UTF-8. The callers in this package check the lengths of arrays before each call.
 */
final class Native {
    static {
        NativeLibrary.load();
    }

    private Native() {}

    // scopes.rs
    static native String version();

    static native String level();

    // handles.rs
    static native void close(long handle);

    static native long heldNow();

    // numbers.rs
    static native void parse(byte[] text);

    static native int checkDigit(byte[] body);

    static native int hash(byte[] digits);

    static native String normalize(byte[] text, boolean restore, byte[] digits);

    static native int normalizeRevision();

    static native long fault(byte[] text);

    static native String kind(int code);

    static native String message(int code, int number);

    // scopes.rs
    static native void parseScope(byte[] scope);

    static native void checkScope(int purpose, byte[] id, long epoch);

    static native byte[] label(byte[] scope);

    static native int parsePurpose(byte[] name);

    static native String purposes();

    static native int parseTag(byte[] tag);

    // keys.rs
    static native long rootFromBytes(byte[] bytes);

    static native long rootRandom();

    static native long scopeKey(long root, byte[] scope);

    static native long scopeKeyFromBytes(byte[] scope, byte[] bytes);

    static native boolean sameKey(long a, long b);

    static native int tag(long key);

    static native String scopeOf(long key);

    // symbol_keys.rs
    static native long symbolKey(long key);

    static native long eligibilityKey(long insurers, long eligibility);

    static native long issuerKey(long eligibility);

    static native byte[] symbol(long key, byte[] number);

    static native byte[] symbolFromInsurers(long key, byte[] insurers);

    // flat.rs
    static native int[] symbols(long key, long lineage, byte[] rows, int rowsAt, byte[] out, int outAt, int count);

    static native long translation(long from, long to, byte[] asked);

    static native int[] translate(long translation, long lineage, byte[] rows, int rowsAt, int count);

    static native int[] translated(long translation, byte[] out);

    static native void symbolsFromInsurers(long key, byte[] rows, int rowsAt, byte[] out, int outAt, int count);

    // text.rs
    static native String encode(int purpose, int tag, byte[] symbol);

    static native byte[] decode(int purpose, int tag, byte[] text);

    static native byte[] decodeAny(byte[] text);

    // key_files.rs
    static native long unlock();

    static native void allowTestKeys(long unlock);

    static native void addPassphrase(long unlock, byte[] passphrase);

    static native void addPassphraseFile(long unlock, byte[] path);

    static native void addIdentityFile(long unlock, byte[] path);

    static native long loadKeyFile(byte[] path, long unlock);

    static native long keyFileAt(byte[] address, long unlock);

    static native long openKeyFile(byte[] file, long unlock);

    static native long parseKeyFile(byte[] plaintext);

    static native long keyFile(long key, boolean production);

    static native long deriveKeyFile(long file, byte[] scope, byte[] registry, boolean beside);

    static native boolean isProduction(long file);

    static native long keyOf(long file);

    static native long sealPassphrase(byte[] passphrase);

    static native long sealRecipients(byte[] recipients);

    static native long sealPlaintext();

    static native void createKeyFile(long file, byte[] path, long seal);

    // lineage.rs
    static native long lineage(byte[] pairs);

    static native byte[] first(long lineage, byte[] number);

    static native int lineageLen(long lineage);
}
